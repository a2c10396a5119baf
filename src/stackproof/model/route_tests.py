"""Claims on an Alertmanager configuration: who is told of what, what silences what, how receivers are told."""

from collections.abc import Mapping
from dataclasses import dataclass

from stackproof.model.errors import Location


@dataclass(frozen=True, slots=True)
class Waits:
    """What is claimed of a way that an alert takes; None where nothing is.

    Attributes:
        group_by: Labels that make a group; ``...`` for all.
        group_wait_s: Wait before a new group's first notification, in seconds.
        group_interval_s: Wait before a changed group is told again, in seconds.
        repeat_interval_s: Wait before an unchanged group is told again, in seconds.
    """

    group_by: tuple[str, ...] | None = None
    group_wait_s: float | None = None
    group_interval_s: float | None = None
    repeat_interval_s: float | None = None


@dataclass(frozen=True, slots=True)
class ExpectedDelivery:
    """A receiver that is told.

    Attributes:
        receiver: Its name.
        waits: What is claimed of the way there.
    """

    receiver: str
    waits: Waits = Waits()


@dataclass(frozen=True, slots=True)
class RouteTest:
    """A claim on who is told of an alert.

    Attributes:
        labels: The alert's labels.
        deliveries: Exactly these are told, in this order.
        where: The place of the claim.
    """

    labels: Mapping[str, str]
    deliveries: tuple[ExpectedDelivery, ...]
    where: Location


@dataclass(frozen=True, slots=True)
class InhibitionTest:
    """A claim on what silences what.

    Attributes:
        firing: Labels of the alerts that fire.
        target: Labels of the alert that may be silenced by them.
        silenced: True where it must be, False where it must not.
        where: The place of the claim.
    """

    firing: tuple[Mapping[str, str], ...]
    target: Mapping[str, str]
    silenced: bool
    where: Location


@dataclass(frozen=True, slots=True)
class ReceiverTest:
    """A claim on how a receiver is told.

    Attributes:
        name: The receiver.
        integrations: Exactly these kinds, in this order.
        send_resolved: Whether each is told of the end; None where nothing is claimed.
        where: The place of the claim.
    """

    name: str
    integrations: tuple[str, ...]
    send_resolved: tuple[bool, ...] | None
    where: Location


@dataclass(frozen=True, slots=True)
class RouteTests:
    """What a file of route tests claims.

    Attributes:
        routes: On who is told.
        inhibitions: On what silences what.
        receivers: On how receivers are told.
    """

    routes: tuple[RouteTest, ...] = ()
    inhibitions: tuple[InhibitionTest, ...] = ()
    receivers: tuple[ReceiverTest, ...] = ()
