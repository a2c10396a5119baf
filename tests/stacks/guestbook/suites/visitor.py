"""The guestbook as its visitors see it: over the link that meets the faults."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import requests

from stackproof import wait_until

SEEN_WITHIN_S = 30.0
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True)
class Visitor:
    """A person with a browser.

    Attributes:
        url: Where the book is.
    """

    url: str

    def read(self) -> str:
        """The page; an error answer is an error."""
        return self._ask("GET", self.url).text

    def read_time_s(self) -> float:
        """How long the page takes, in seconds."""
        start_s = time.monotonic()
        self.read()
        return time.monotonic() - start_s

    def write(self, words: str) -> None:
        """Put an entry into the book."""
        self._ask("POST", f"{self.url}entries", {"words": words})

    def wait_to_read(self, words: str) -> None:
        """Read the page until it holds these words."""
        eventually(lambda: words in self.read(), f"{words!r} to be on the page")

    @staticmethod
    def _ask(method: str, url: str, form: dict[str, str] | None = None) -> requests.Response:
        with requests.Session() as browser:
            browser.trust_env = False
            answer = browser.request(method, url, data=form, timeout=_PATIENCE_S, allow_redirects=False)
        answer.raise_for_status()
        return answer


def eventually(holds: Callable[[], bool], wanted: str) -> None:
    """Wait until something holds."""
    assert wait_until(holds, within_s=SEEN_WITHIN_S).in_time, f"expected {wanted} within {SEEN_WITHIN_S:g} s"
