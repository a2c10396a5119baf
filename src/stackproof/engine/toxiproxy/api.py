"""Speaks to one Toxiproxy, through toxiproxy-python's own classes.

The library keeps its one server in class attributes, waits for ever, and takes a server error for an answer. So its
consumer is replaced by one that asks whichever server the present call is meant for, with a deadline, and that
raises on every answer but a good one.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from functools import cache
from http import HTTPStatus
from threading import RLock

import requests
import toxiproxy.proxy
import toxiproxy.server
from toxiproxy.api import APIConsumer

from stackproof.engine.port import Address
from stackproof.engine.toxiproxy.listener import Listener
from stackproof.model import EngineError

_DEADLINE_S = 5.0
_POLL_S = 0.02


class ToxiproxyError(EngineError):
    """Toxiproxy refused a call, or could not be reached.

    Args:
        message: Server, call, status and body.
        status: HTTP status, or None where no answer came.
        fix: What to do next, if it is known.
    """

    def __init__(self, message: str, *, status: int | None = None, fix: str | None = None) -> None:
        super().__init__(message, fix=fix)
        self.status = status


class ToxiproxyGoneError(ToxiproxyError):
    """Nothing listens where Toxiproxy's API should be: its process is gone."""


class ToxiproxyStuckError(ToxiproxyError):
    """Toxiproxy took a call and gave no answer in time: it waits for a lock that may never be freed."""


@cache
def _lock_of(_address: Address) -> AbstractContextManager[bool]:
    """One lock for each server, however many objects speak to it."""
    return RLock()


class ToxiproxyServer:
    """One Toxiproxy process.

    Safe to use from several threads: changes to one server wait for each other, those to different servers do not.

    Args:
        address: Where its API is reached.
        listeners: The proxies that it is to have, as its start-up configuration names them; needed to bring them
            all back when it has to be restarted.
        restart: Restarts the process and gives back its new address: the last resort when its API is stuck. None
            where nobody can.
        deadline_s: How long one call may take, in seconds.
    """

    def __init__(
        self,
        address: Address,
        listeners: Iterable[Listener] = (),
        *,
        restart: Callable[[], Address] | None = None,
        deadline_s: float = _DEADLINE_S,
    ) -> None:
        self.address = address
        self.listeners = {listener.name: listener for listener in listeners}
        self.changing = _lock_of(address)
        self._restart = restart
        self._deadline_s = deadline_s

    def call(self, method: str, path: str, json: object = None) -> requests.Response:
        """Make one call of the HTTP API.

        Raises:
            ToxiproxyStuckError: It did not answer within the deadline.
            ToxiproxyGoneError: It cannot be reached.
            ToxiproxyError: It answered with an error.
        """
        where = f"Toxiproxy at {self.address}: {method} {path}"
        try:
            response = self._send(method, path, json)
        except requests.Timeout as error:
            if isinstance(error, requests.ConnectTimeout):  # an address that nobody has any more
                raise ToxiproxyGoneError(f"{where}: {error}") from error
            raise ToxiproxyStuckError(f"{where}: no answer within {self._deadline_s:g} s") from error
        except requests.ConnectionError as error:
            raise ToxiproxyGoneError(f"{where}: {error}", fix="see whether its container runs") from error
        except requests.RequestException as error:
            raise ToxiproxyError(f"{where}: {error}", fix="see whether its container runs") from error
        if response.ok:
            return response
        seen = f"{where}: expected success, saw status {response.status_code}: {response.text.strip()}"
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE:  # its own time-out, 25 s
            raise ToxiproxyStuckError(seen, status=response.status_code)
        raise ToxiproxyError(seen, status=response.status_code)

    def _send(self, method: str, path: str, json: object) -> requests.Response:
        with requests.Session() as session:
            session.trust_env = False  # an HTTP proxy of the user's is not on the way to loopback
            return session.request(method, f"http://{self.address}{path}", json=json, timeout=self._deadline_s)

    def listener(self, name: str) -> Listener:
        """The proxy of this name, as it was configured, or else as it is.

        Raises:
            ToxiproxyError: There is none.
        """
        if name in self.listeners:
            return self.listeners[name]
        body = self.call("GET", f"/proxies/{name}").json()
        host, _, port = body["listen"].rpartition(":")
        return Listener(name, host, int(port), body["upstream"])

    @contextmanager
    def addressed(self) -> Iterator[None]:
        """Everything that toxiproxy-python does inside goes to this server."""
        token = _addressed.set(self)
        try:
            yield
        finally:
            _addressed.reset(token)

    def version(self) -> str:
        """Its version, as it says itself.

        Raises:
            ToxiproxyError: It does not answer.
        """
        return str(self.call("GET", "/version").json()["version"])

    def wait_ready(self, within_s: float) -> None:
        """Wait until the API answers.

        Raises:
            ToxiproxyError: It did not within the bound.
        """
        deadline = time.monotonic() + within_s
        while True:
            try:
                self.version()
            except ToxiproxyError as error:
                if time.monotonic() >= deadline:
                    raise ToxiproxyError(f"not ready within {within_s:g} s: {error.message}", fix=error.fix) from error
            else:
                return
            time.sleep(_POLL_S)

    def restart(self, within_s: float = 10.0) -> None:
        """Restart the process: all connections through it end, all its toxics are gone, its proxies come back.

        Raises:
            ToxiproxyStuckError: Nothing here can restart it.
            ToxiproxyError: It did not come back within the bound.
        """
        if self._restart is None:
            raise ToxiproxyStuckError(f"Toxiproxy at {self.address} is stuck or gone", fix="restart its container")
        self.address = self._restart()
        self.wait_ready(within_s)


_addressed: ContextVar[ToxiproxyServer | None] = ContextVar("addressed", default=None)


class _Consumer(APIConsumer):  # type: ignore[misc]  # the library has no types
    """Sends the library's calls to the server that is addressed; without one, the library is as it was."""

    @classmethod
    def get(cls, url: str, params: object = None, **kwargs: object) -> requests.Response:
        server = _addressed.get()
        return server.call("GET", url) if server else super().get(url, params, **kwargs)

    @classmethod
    def post(cls, url: str, data: object = None, json: object = None, **kwargs: object) -> requests.Response:
        server = _addressed.get()
        return server.call("POST", url, json) if server else super().post(url, data, json, **kwargs)

    @classmethod
    def delete(cls, url: str, **kwargs: object) -> requests.Response:
        server = _addressed.get()
        return server.call("DELETE", url) if server else super().delete(url, **kwargs)


# Both modules look the name up when they call it.
toxiproxy.proxy.APIConsumer = _Consumer
toxiproxy.server.APIConsumer = _Consumer
