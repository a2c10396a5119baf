import json
import logging
import sys

from servicekit.logs import JsonFormatter, request_id


def record(message: str, level: int = logging.INFO, **extra: object) -> logging.LogRecord:
    """A log record as a log call makes it."""
    return logging.getLogger("test").makeRecord("test", level, __file__, 1, message, (), None, extra=extra)


def test_a_line_is_one_json_object() -> None:
    """A collector can parse each line on its own, even if a message contains line ends."""
    line = JsonFormatter("mime-server").format(
        record("two\nlines", logging.WARNING, fields={"status": "ok", "size": 3})
    )
    assert "\n" not in line
    entry = json.loads(line)
    assert entry.pop("time").endswith("+00:00")
    assert entry == {
        "level": "warn",
        "service": "mime-server",
        "logger": "test",
        "message": "two\nlines",
        "status": "ok",
        "size": 3,
    }


def test_a_line_names_its_request() -> None:
    """The lines of one request can be found together."""
    token = request_id.set("r-1")
    try:
        assert json.loads(JsonFormatter("s").format(record("m")))["request_id"] == "r-1"
    finally:
        request_id.reset(token)


def test_a_failure_keeps_its_trace() -> None:
    """The log alone shows what went wrong."""
    failed = record("failed")
    try:
        int("why")
    except ValueError:
        failed.exc_info = sys.exc_info()
    assert "ValueError: invalid literal" in json.loads(JsonFormatter("s").format(failed))["exception"]
