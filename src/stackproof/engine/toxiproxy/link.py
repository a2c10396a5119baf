"""Control of one proxy of a Toxiproxy.

A change of toxics waits for every open connection of the proxy, and holds a lock that the API needs too. One client
that does not read is enough to hold it indefinitely. Then the proxy is recreated with the toxics that it has to have.
Where even that is stuck, because a new connection waits for the same lock, the process is restarted; so it is where it
died.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from stackproof.engine.port.links import ForeignEffect, LinkEffect
from stackproof.engine.toxiproxy.api import ToxiproxyError, ToxiproxyGoneError, ToxiproxyServer, ToxiproxyStuckError
from stackproof.engine.toxiproxy.effects import effect_of, toxic_of


@dataclass(frozen=True, slots=True)
class _Condition:
    """The condition that a proxy is in, or has to be in."""

    effects: tuple[LinkEffect, ...] = ()
    listens: bool = True

    def without(self, name: str) -> "_Condition":
        return replace(self, effects=tuple(effect for effect in self.effects if effect.name != name))

    def with_effect(self, effect: LinkEffect) -> "_Condition":
        return replace(self, effects=(*self.without(effect.name).effects, effect))


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

    def add(self, effect: LinkEffect) -> None:
        """Put an effect on the link. One of the same name is replaced.

        Raises:
            EngineError: It is a foreign effect.
            ToxiproxyError: Toxiproxy refuses it, or cannot be reached.
        """
        with self._server.changing:
            if any(each.name == effect.name for each in self._present().effects):
                self.remove(effect.name)
            self._change(self._present().with_effect(effect), lambda: self._add(effect))

    def remove(self, name: str) -> None:
        """Take an effect off the link. Does nothing where there is none of this name.

        Raises:
            ToxiproxyError: Toxiproxy cannot be reached, or is stuck for good.
        """
        with self._server.changing:
            self._change(self._present().without(name), lambda: self._server.delete_toxic(self._name, name))

    def effects(self) -> tuple[LinkEffect, ...]:
        """Every effect that is on the link now.

        Raises:
            ToxiproxyError: Toxiproxy does not respond, or has lost the proxy.
        """
        return self._condition().effects

    def cut(self) -> None:
        """Stop listening, and drop every open connection.

        Raises:
            ToxiproxyError: Toxiproxy cannot be reached, or is stuck for good.
        """
        with self._server.changing:
            self._change(replace(self._present(), listens=False), self._stop)

    def restore(self) -> None:
        """Listen again. Does nothing where it listens.

        Raises:
            ToxiproxyError: Toxiproxy cannot be reached, or its address is taken.
        """
        with self._server.changing:
            wanted = replace(self._present(), listens=True)
            self._change(wanted, lambda: self._server.switch_proxy(self._name, enabled=True))

    def is_cut(self) -> bool:
        """True where the link does not listen.

        Raises:
            ToxiproxyError: Toxiproxy does not respond, or has lost the proxy.
        """
        return not self._condition().listens

    @property
    def _name(self) -> str:
        return self._listener.name

    def _present(self) -> _Condition:
        """The proxy's condition, as far as it can be learned; the change that follows corrects what is wrong."""
        try:
            return self._condition()
        except ToxiproxyStuckError:
            return _Condition()
        except ToxiproxyGoneError:
            self._server.restart()  # it comes back with its proxies, and without any toxic
            return self._condition()
        except ToxiproxyError as error:
            if not error.is_absence:
                raise
            self._server.create_proxy(self._listener)  # lost between the two halves of `_recreate`
            return _Condition()

    def _condition(self) -> _Condition:
        state = self._server.proxy(self._name)
        return _Condition(tuple(map(effect_of, state.toxics)), listens=state.proxy.enabled)

    def _change(self, wanted: _Condition, change: Callable[[], None]) -> None:
        try:
            change()
        except ToxiproxyStuckError:
            self._recreate(wanted)

    def _recreate(self, wanted: _Condition) -> None:
        neighbours = {link: link._present() for link in self._neighbours()}  # noqa: SLF001 - links of one class
        try:
            self._server.delete_proxy(self._name)
            self._server.create_proxy(self._listener)
        except ToxiproxyStuckError:
            self._server.restart()
            for link, condition in neighbours.items():
                link._put(condition)  # noqa: SLF001 - links of one class
        self._put(wanted)

    def _neighbours(self) -> tuple["ProxyLink", ...]:
        names = (name for name in self._server.listeners if name != self._name)
        return tuple(ProxyLink(self._server, name) for name in names)

    def _put(self, condition: _Condition) -> None:
        for effect in condition.effects:
            if not isinstance(effect.kind, ForeignEffect):
                self._add(effect)
        if not condition.listens:
            self._stop()

    def _add(self, effect: LinkEffect) -> None:
        self._server.add_toxic(self._name, toxic_of(effect))

    def _stop(self) -> None:
        self._server.switch_proxy(self._name, enabled=False)
