"""Power over one proxy of a Toxiproxy.

A change of toxics waits for every open connection of the proxy, and holds a lock that the API needs too. One client
that does not read is enough to hold it for ever. Then the proxy is made anew with the toxics that it shall have;
where even that is stuck, because a new connection waits for the same lock, the process is restarted. So it is where it
has died.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus

import toxiproxy.toxic
from toxiproxy.proxy import Proxy

from stackproof.engine.port import Toxic
from stackproof.engine.toxiproxy.api import ToxiproxyError, ToxiproxyGoneError, ToxiproxyServer, ToxiproxyStuckError
from stackproof.engine.toxiproxy.listener import Listener

__all__ = ["ProxyLink", "ToxiproxyError", "ToxiproxyServer", "ToxiproxyStuckError"]


@dataclass(frozen=True, slots=True)
class _Condition:
    """What a proxy is like, or is to be like."""

    toxics: tuple[Toxic, ...] = ()
    listens: bool = True

    def without(self, name: str) -> "_Condition":
        return replace(self, toxics=tuple(toxic for toxic in self.toxics if toxic.name != name))

    def with_toxic(self, toxic: Toxic) -> "_Condition":
        return replace(self, toxics=(*self.without(toxic.name).toxics, toxic))


class ProxyLink:
    """Implements ``port.LinkControl`` for one proxy.

    Args:
        server: The Toxiproxy that has it.
        name: The proxy's name.

    Raises:
        ToxiproxyError: The server has no such proxy, or cannot be reached.
    """

    def __init__(self, server: ToxiproxyServer, name: str) -> None:
        self._server = server
        self._listener = server.listener(name)
        self._proxy = Proxy(
            name=name, listen=_address_of(self._listener), upstream=self._listener.upstream, enabled=True
        )

    def add(self, toxic: Toxic) -> None:
        """Put a toxic on the link. One of the same name is replaced.

        Raises:
            ToxiproxyError: Toxiproxy refuses it, or cannot be reached.
        """
        with self._server.changing:
            if any(each.name == toxic.name for each in self._present().toxics):
                self.remove(toxic.name)
            self._reach(self._present().with_toxic(toxic), lambda: self._add(toxic))

    def remove(self, name: str) -> None:
        """Take a toxic off the link; nothing happens where it is not there.

        Raises:
            ToxiproxyError: Toxiproxy cannot be reached, or is stuck for good.
        """
        with self._server.changing:
            self._reach(self._present().without(name), lambda: self._remove(name))

    def toxics(self) -> tuple[Toxic, ...]:
        """Toxics on the link now.

        Raises:
            ToxiproxyError: Toxiproxy does not answer, or has lost the proxy.
        """
        return self._condition().toxics

    def cut(self) -> None:
        """Stop listening and drop what is open.

        Raises:
            ToxiproxyError: Toxiproxy cannot be reached, or is stuck for good.
        """
        with self._server.changing:
            self._reach(replace(self._present(), listens=False), self._stop)

    def restore(self) -> None:
        """Listen again; nothing happens where it listens.

        Raises:
            ToxiproxyError: Toxiproxy cannot be reached, or its address is taken.
        """
        with self._server.changing:
            self._reach(replace(self._present(), listens=True), self._listen)

    def is_cut(self) -> bool:
        """True where the link does not listen.

        Raises:
            ToxiproxyError: Toxiproxy does not answer, or has lost the proxy.
        """
        return not self._condition().listens

    def _present(self) -> _Condition:
        """What the proxy is like, as far as can be learned: the change that follows puts right what is wrong."""
        try:
            return self._condition()
        except ToxiproxyStuckError:
            return _Condition()
        except ToxiproxyGoneError:
            self._server.restart()  # it comes back with its proxies, and without any toxic
            return self._condition()
        except ToxiproxyError as error:
            if error.status != HTTPStatus.NOT_FOUND:
                raise
            self._create()  # lost between the two halves of `_make_anew`
            return _Condition()

    def _condition(self) -> _Condition:
        body = self._server.call("GET", f"/proxies/{self._listener.name}").json()
        toxics = (toxiproxy.toxic.Toxic(**toxic) for toxic in body["toxics"])
        return _Condition(
            tuple(Toxic(toxic.name, toxic.type, toxic.attributes, toxic.stream) for toxic in toxics),
            listens=Proxy(**body).enabled,
        )

    def _reach(self, wanted: _Condition, change: Callable[[], None]) -> None:
        try:
            change()
        except ToxiproxyStuckError:
            self._make_anew(wanted)

    def _make_anew(self, wanted: _Condition) -> None:
        neighbours = {link: link._present() for link in self._neighbours()}  # noqa: SLF001 - links of one class
        try:
            self._destroy()
            self._create()
        except ToxiproxyStuckError:
            self._server.restart()
            for link, condition in neighbours.items():
                link._put(condition)  # noqa: SLF001 - links of one class
        self._put(wanted)

    def _neighbours(self) -> tuple["ProxyLink", ...]:
        names = (name for name in self._server.listeners if name != self._listener.name)
        return tuple(ProxyLink(self._server, name) for name in names)

    def _put(self, condition: _Condition) -> None:
        for toxic in condition.toxics:
            self._add(toxic)
        if not condition.listens:
            self._stop()

    def _add(self, toxic: Toxic) -> None:
        with self._server.addressed():
            self._proxy.add_toxic(
                name=toxic.name, type=toxic.type, stream=toxic.stream, attributes=dict(toxic.attributes)
            )

    def _remove(self, name: str) -> None:
        with self._server.addressed(), _absent_is_fine():
            self._proxy.destroy_toxic(name)

    def _stop(self) -> None:
        with self._server.addressed():
            self._proxy.disable()

    def _listen(self) -> None:
        with self._server.addressed():
            self._proxy.enable()

    def _destroy(self) -> None:
        with self._server.addressed(), _absent_is_fine():
            self._proxy.destroy()

    def _create(self) -> None:
        listener = self._listener
        proxy = {"name": listener.name, "listen": _address_of(listener), "upstream": listener.upstream}
        # The library's own `create` lists all proxies first, and one that is stuck makes the list wait for ever.
        self._server.call("POST", "/proxies", proxy)


def _address_of(listener: Listener) -> str:
    return f"{listener.host}:{listener.port}"


@contextmanager
def _absent_is_fine() -> Iterator[None]:
    try:
        yield
    except ToxiproxyError as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
