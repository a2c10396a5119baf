"""Settings whose values a vendor limits to a list, and the values that they get."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from stackproof.alerts.routing.alert_index import AlertIndex
from stackproof.alerts.routing.setting_text import UnknownTextError, setting_text
from stackproof.model.monitoring import Integration, Routing

_PLACEHOLDER = re.compile(r"\$[{(A-Z]|__|<|%")  # another check reports it; its final value is unknown
_MAX_ALERTS = 200  # for one setting


@dataclass(frozen=True, slots=True)
class Limited:
    """A setting whose values are listed by its vendor.

    Attributes:
        kind: The kind of integration.
        key: The setting.
        known: The values.
        accepts: Whether a value is one of them.
        result: What happens to another value.
        certain: True if the vendor refuses another value.
    """

    kind: str
    key: str
    known: str
    accepts: Callable[[str], bool]
    result: str
    certain: bool = True


@dataclass(frozen=True, slots=True)
class Unaccepted:
    """A value that the vendor does not accept.

    Attributes:
        value: The value.
        alerts: Names of alerts that cause it; none if it is written so.
        several: True if it arises only in a notification of several alerts.
    """

    value: str
    alerts: tuple[str, ...] = ()
    several: bool = False


def arriving(routing: Routing, index: AlertIndex) -> dict[str, int]:
    """For each receiver, the alerts that surely reach it."""
    found: dict[str, int] = {}
    for arrival in index.arrivals(routing.route) if index.alerts else ():
        receiver = arrival.route.receiver
        found[receiver] = found.get(receiver, 0) | arrival.alerts.sure
    return found


def unaccepted(integration: Integration, limited: Limited, alerts: int, index: AlertIndex) -> Iterator[Unaccepted]:
    """The values of a setting that the vendor does not accept.

    Args:
        integration: The integration.
        limited: The setting.
        alerts: The alerts that surely reach it.
        index: All alerts.
    """
    template = integration.fields.get(limited.key, "")
    if not template or ("{{" not in template and _PLACEHOLDER.search(template)):
        return
    if "{{" not in template:
        if not limited.accepts(template):
            yield Unaccepted(template)
        return
    yield from _templated(template, limited, alerts, index)


def _templated(template: str, limited: Limited, alerts: int, index: AlertIndex) -> Iterator[Unaccepted]:
    names: dict[str, list[str]] = {}
    some = False
    for place, alert in enumerate(index.of(alerts)):
        if place >= _MAX_ALERTS:
            break
        try:
            one, two = (setting_text(template, alert.value, count) for count in (1, 2))
        except UnknownTextError:
            continue
        if one != two and limited.accepts(one) and not limited.accepts(two) and not some:
            some = True
            yield Unaccepted(two, (alert.rule.name,), several=True)
        if not limited.accepts(one):
            names.setdefault(one, []).append(alert.rule.name)
    if not some:
        yield from _repeats(template, limited)
    for value, of in names.items():
        yield Unaccepted(value, tuple(dict.fromkeys(of)))


def _repeats(template: str, limited: Limited) -> Iterator[Unaccepted]:
    """A value for several alerts that no label can make right: the same text once for each."""
    example = limited.known.split(", ")[0]
    try:
        one, two = (setting_text(template, lambda _label: example, count) for count in (1, 2))
    except UnknownTextError:
        return
    if one != two and limited.accepts(one) and not limited.accepts(two):
        yield Unaccepted(two, (), several=True)
