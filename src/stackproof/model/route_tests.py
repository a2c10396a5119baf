"""Claims about an Alertmanager configuration: deliveries, inhibitions and receivers."""

from collections.abc import Mapping
from dataclasses import dataclass

from stackproof.model.errors import Location


@dataclass(frozen=True, slots=True)
class Waits:
    """The claimed grouping and waits of a delivery; None where nothing is claimed.

    Attributes:
        group_by: Labels to group by; ``...`` for all.
        group_wait_s: Wait before the first notification of a new group, in seconds.
        group_interval_s: Wait before the next notification of a changed group, in seconds.
        repeat_interval_s: Wait before the next notification of an unchanged group, in seconds.
    """

    group_by: tuple[str, ...] | None = None
    group_wait_s: float | None = None
    group_interval_s: float | None = None
    repeat_interval_s: float | None = None


@dataclass(frozen=True, slots=True)
class ExpectedDelivery:
    """A claimed delivery to a receiver.

    Attributes:
        receiver: The receiver's name.
        waits: The claimed grouping and waits.
    """

    receiver: str
    waits: Waits = Waits()


@dataclass(frozen=True, slots=True)
class RouteTest:
    """A claim about the deliveries of an alert.

    Attributes:
        labels: The alert's labels.
        deliveries: Exactly these, in this order.
        where: Where the claim is.
    """

    labels: Mapping[str, str]
    deliveries: tuple[ExpectedDelivery, ...]
    where: Location


@dataclass(frozen=True, slots=True)
class InhibitionTest:
    """A claim about inhibition.

    Attributes:
        firing: Labels of the firing alerts.
        target: Labels of the alert that they may mute.
        muted: True if they must mute it, False if they must not.
        where: Where the claim is.
    """

    firing: tuple[Mapping[str, str], ...]
    target: Mapping[str, str]
    muted: bool
    where: Location


@dataclass(frozen=True, slots=True)
class ReceiverTest:
    """A claim about a receiver.

    Attributes:
        name: The receiver's name.
        integrations: Exactly these kinds, in this order.
        send_resolved: The value for each integration; None if nothing is claimed.
        where: Where the claim is.
    """

    name: str
    integrations: tuple[str, ...]
    send_resolved: tuple[bool, ...] | None
    where: Location


@dataclass(frozen=True, slots=True)
class RouteTests:
    """The claims of a route test file.

    Attributes:
        routes: About deliveries.
        inhibitions: About inhibitions.
        receivers: About receivers.
    """

    routes: tuple[RouteTest, ...] = ()
    inhibitions: tuple[InhibitionTest, ...] = ()
    receivers: tuple[ReceiverTest, ...] = ()
