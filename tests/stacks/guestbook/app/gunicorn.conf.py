"""How gunicorn serves the book: one process, for the start-up probe remembers; threads wait for Redis."""

bind = "0.0.0.0:8080"
worker_class = "gthread"
workers = 1
threads = 16
worker_tmp_dir = "/dev/shm"  # noqa: S108 - gunicorn's heartbeat file must not wait for a disk
accesslog = None
graceful_timeout = 3
