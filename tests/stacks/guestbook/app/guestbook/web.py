"""The pages, and the probes that show their state."""

import os

import redis
from flask import Flask, Response, redirect, render_template_string, request
from werkzeug.wrappers import Response as AnyResponse

from guestbook.book import open_book

_LONGEST = 500
_PAGE = """<!doctype html>
<title>{{ title }}</title>
<h1>{{ title }}</h1>
<form method="post" action="/entries"><input name="words" maxlength="500" required><button>Write</button></form>
<ol>{% for entry in entries %}<li>{{ entry }}</li>{% endfor %}</ol>
"""


def make_app() -> Flask:
    """The application, as gunicorn wants it."""
    app = Flask(__name__)
    book = open_book()
    title, shown = os.environ["GUESTBOOK_TITLE"], int(os.environ["GUESTBOOK_SHOWN"])
    started = False

    @app.get("/")
    def page() -> str:
        return render_template_string(_PAGE, title=title, entries=book.newest(shown))

    @app.post("/entries")
    def write() -> AnyResponse:
        words = request.form.get("words", "").strip()
        if not 0 < len(words) <= _LONGEST:
            return _plain(f"expected 1 to {_LONGEST} characters", 400)
        book.write(words)
        return redirect("/", code=303)

    @app.get("/health/live")
    def live() -> Response:
        return _plain("works", 200)

    @app.get("/health/ready")
    def ready() -> Response:
        return _plain("ready", 200) if book.is_there() else _plain("no answer from Redis", 503)

    @app.get("/health/startup")
    def startup() -> Response:
        nonlocal started
        started = started or book.is_there()
        return _plain("started", 200) if started else _plain("Redis was not seen yet", 503)

    @app.errorhandler(redis.RedisError)
    def without_redis(error: redis.RedisError) -> Response:
        app.logger.warning("no answer from Redis: %s", error)
        return _plain("the book is closed for a moment", 503)

    return app


def _plain(text: str, status: int) -> Response:
    return Response(text + "\n", status, mimetype="text/plain")
