"""Lets entries through, one after the other; it has no port, and waits for Redis to come back where it is gone."""

import logging
import signal
import threading

import redis

from guestbook.book import open_book

_WAIT_S = 1
_PAUSE_S = 0.5
_log = logging.getLogger("moderator")


def main() -> None:
    """Work until a signal stops it."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    book = open_book()
    _log.info("letting entries through")
    while not stop.is_set():
        try:
            book.let_one_through(_WAIT_S)
        except redis.RedisError as error:
            _log.warning("no answer from Redis: %s", error)
            stop.wait(_PAUSE_S)


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    main()
