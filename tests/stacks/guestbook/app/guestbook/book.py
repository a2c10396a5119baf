"""The book in Redis: what was written waits in one list, what was let through stands in another."""

import os

import redis

_WAITING = "book:waiting"
_SHOWN = "book:shown"
_ANSWER_WITHIN_S = 2.0


class Book:
    """The entries.

    Args:
        client: A connection to Redis that gives text back.
    """

    def __init__(self, client: redis.Redis) -> None:
        self._redis = client

    def write(self, words: str) -> None:
        """Put down an entry, to be let through."""
        self._redis.rpush(_WAITING, words)

    def newest(self, limit: int) -> list[str]:
        """The entries that were let through, newest first."""
        return self._redis.lrange(_SHOWN, 0, limit - 1)

    def let_one_through(self, wait_s: int) -> None:
        """Show the entry that waits longest, if one comes within this time."""
        self._redis.blmove(_WAITING, _SHOWN, wait_s, src="LEFT", dest="LEFT")

    def is_there(self) -> bool:
        """Tell whether Redis answers."""
        try:
            return bool(self._redis.ping())
        except redis.RedisError:
            return False


def open_book() -> Book:
    """The book that the environment names; nothing is asked of it yet."""
    address = os.environ["GUESTBOOK_REDIS"]
    return Book(
        redis.Redis.from_url(
            address,
            decode_responses=True,
            socket_timeout=_ANSWER_WITHIN_S,
            socket_connect_timeout=_ANSWER_WITHIN_S,
        )
    )
