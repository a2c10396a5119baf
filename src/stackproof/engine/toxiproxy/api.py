"""Calls the HTTP API of one Toxiproxy, each call with a deadline.

toxiproxy-python, whose classes hold what the API returns, keeps its one server in class attributes, has no time-outs,
and takes a server error for an answer: so its own client is not used.
Format: https://github.com/Shopify/toxiproxy#http-api
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from threading import RLock

import requests
from toxiproxy.proxy import Proxy
from toxiproxy.toxic import Toxic

from stackproof.engine.port.addresses import Address
from stackproof.engine.toxiproxy.listener import Listener
from stackproof.machine.waiting import wait_until
from stackproof.model import EngineError

_DEADLINE_S = 5.0
_POLL_S = 0.02


class ToxiproxyError(EngineError):
    """Toxiproxy refused a call, or could not be reached.

    Args:
        message: Server, call, status and body.
        status: HTTP status, or None where no response came.
        fix: What to do next, if it is known.
    """

    def __init__(self, message: str, *, status: int | None = None, fix: str | None = None) -> None:
        super().__init__(message, fix=fix)
        self.status = status

    @property
    def is_absence(self) -> bool:
        """True where what was asked for does not exist."""
        return self.status == HTTPStatus.NOT_FOUND


class ToxiproxyGoneError(ToxiproxyError):
    """Nothing listens at the address of the API: the process is gone."""


class ToxiproxyStuckError(ToxiproxyError):
    """Toxiproxy took a call and did not respond in time: it waits for a lock that may never be freed."""


@dataclass(frozen=True, slots=True)
class ProxyState:
    """A proxy as Toxiproxy has it.

    Attributes:
        proxy: Its address and upstream, and whether it listens.
        toxics: The toxics on it.
    """

    proxy: Proxy
    toxics: tuple[Toxic, ...]


@cache
def _lock_of(_address: Address) -> AbstractContextManager[bool]:
    """One lock for each server, however many objects call it."""
    return RLock()


class ToxiproxyServer:
    """One Toxiproxy process.

    Safe to use from several threads: changes to one server wait for each other, those to different servers do not.

    Args:
        address: The address of its API.
        listeners: The proxies that it has to have, as its start-up configuration names them; needed to bring them all
            back when it has to be restarted.
        restart: Restarts the process and returns its new address: the last resort when its API is stuck. None where
            that is impossible.
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
        """Make one call.

        Raises:
            ToxiproxyStuckError: It did not respond within the deadline.
            ToxiproxyGoneError: It cannot be reached.
            ToxiproxyError: It responded with an error.
        """
        where = f"Toxiproxy at {self.address}: {method} {path}"
        try:
            response = self._send(method, path, json)
        except requests.Timeout as error:
            if isinstance(error, requests.ConnectTimeout):  # nobody has the address any more
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
            session.trust_env = False  # an HTTP proxy of the user's is not on the way
            return session.request(method, f"http://{self.address}{path}", json=json, timeout=self._deadline_s)

    def proxy(self, name: str) -> ProxyState:
        """A proxy and its toxics.

        Raises:
            ToxiproxyError: There is none of this name, or the call fails.
        """
        body = self.call("GET", f"/proxies/{name}").json()
        return ProxyState(Proxy(**body), tuple(Toxic(**toxic) for toxic in body["toxics"]))

    def create_proxy(self, listener: Listener) -> None:
        """Create a proxy. Raises ToxiproxyError where the call fails."""
        self.call(
            "POST", "/proxies", {"name": listener.name, "listen": listener.address, "upstream": listener.upstream}
        )

    def delete_proxy(self, name: str) -> None:
        """Delete a proxy; nothing happens where there is none. Raises ToxiproxyError where the call fails."""
        self._delete(f"/proxies/{name}")

    def switch_proxy(self, name: str, *, enabled: bool) -> None:
        """Let a proxy listen or not; where not, its connections are dropped. Raises ToxiproxyError on failure."""
        self.call("POST", f"/proxies/{name}", {"enabled": enabled})

    def add_toxic(self, proxy: str, toxic: Toxic) -> None:
        """Put a toxic on a proxy. Raises ToxiproxyError where it has one of this name, or the call fails."""
        self.call("POST", f"/proxies/{proxy}/toxics", vars(toxic))

    def delete_toxic(self, proxy: str, name: str) -> None:
        """Take a toxic off a proxy; nothing happens where there is none. Raises ToxiproxyError on failure."""
        self._delete(f"/proxies/{proxy}/toxics/{name}")

    def _delete(self, path: str) -> None:
        try:
            self.call("DELETE", path)
        except ToxiproxyError as error:
            if not error.is_absence:
                raise

    def listener(self, name: str) -> Listener:
        """The listener of this name, as it was configured, or else as the server has it.

        Raises:
            ToxiproxyError: There is none.
        """
        if name in self.listeners:
            return self.listeners[name]
        proxy = self.proxy(name).proxy
        host, _, port = proxy.listen.rpartition(":")
        return Listener(name, host, int(port), proxy.upstream)

    def version(self) -> str:
        """Its version.

        Raises:
            ToxiproxyError: It does not respond.
        """
        return str(self.call("GET", "/version").json()["version"])

    def wait_ready(self, within_s: float) -> None:
        """Wait until the API responds.

        Raises:
            ToxiproxyError: It did not within this many seconds.
        """

        def error() -> ToxiproxyError | None:
            try:
                self.version()
            except ToxiproxyError as error:
                return error
            return None

        waited = wait_until(error, lambda seen: seen is None, within_s=within_s, poll_s=_POLL_S)
        if waited.seen is not None:
            raise ToxiproxyError(
                f"not ready within {within_s:g} s: {waited.seen.message}", fix=waited.seen.fix
            ) from waited.seen

    def restart(self, within_s: float = 10.0) -> None:
        """Restart the process: all connections through it end, all its toxics are gone, its proxies come back.

        Raises:
            ToxiproxyStuckError: Nothing here can restart it.
            ToxiproxyError: It did not come back within this many seconds.
        """
        if self._restart is None:
            raise ToxiproxyStuckError(f"Toxiproxy at {self.address} is stuck or gone", fix="restart its container")
        self.address = self._restart()
        self.wait_ready(within_s)
