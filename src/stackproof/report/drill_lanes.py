"""The panels of a drill's picture that have lanes: states of alerts, and the notifications of receivers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stackproof.judge import seconds
from stackproof.model import AlertState, Message, MessageStatus
from stackproof.report.drawing import BLACK, BLUE, GREEN, GREY, PURPLE, VERMILION, YELLOW, plain, shorten
from stackproof.report.drill_scene import DrillScene, Mailbox
from stackproof.report.mark_lanes import NAME_WIDTH, MarkLane, MarkLanes, MarkStyle, name_rows
from stackproof.report.marks import NamedMoment

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_STATES = {
    AlertState.INACTIVE: (GREEN, 0.2, None),
    AlertState.PENDING: (YELLOW, 0.5, "..."),
    AlertState.FIRING: (VERMILION, 0.84, "////"),
}
_STYLES = {
    MessageStatus.FIRING: ("v", VERMILION, "notified: firing"),
    MessageStatus.RESOLVED: ("^", GREEN, "notified: resolved"),
    MessageStatus.MISSING: ("v", BLACK, "notified: missing"),
    MessageStatus.BACK: ("^", BLUE, "notified: back"),
    MessageStatus.BEAT: ("d", GREY, "first heartbeat"),
    MessageStatus.UNCLEAR: ("X", GREY, "unreadable notification"),
}


def draw_states(axes: Axes, scene: DrillScene) -> None:
    """Draw one row for each alert: the more severe its state, the thicker; a bar under it where it is suppressed."""
    for row, lane in enumerate(scene.lanes):
        for state, from_s, to_s in lane.states:
            colour, height, hatch = _STATES[state]
            axes.barh(
                row,
                to_s - from_s,
                height,
                scene.since(from_s),
                color=colour,
                hatch=hatch,
                edgecolor="#FFFFFF",
                linewidth=0,
                label=str(state),
            )
        for from_s, to_s in lane.suppressed:
            axes.barh(
                row + 0.34, to_s - from_s, 0.16, scene.since(from_s), color=PURPLE, label="suppressed by Alertmanager"
            )
    for from_s, to_s in scene.gaps:
        axes.axvspan(
            scene.since(from_s),
            scene.since(to_s),
            facecolor="#F8F8F8",
            edgecolor=GREY,
            hatch="xx",
            linewidth=0,
            zorder=2.5,
            label="Prometheus did not answer",
        )
    name_rows(axes, [plain(shorten(lane.name, NAME_WIDTH)) for lane in scene.lanes])
    axes.set_ylim(len(scene.lanes) - 0.4, -0.6)
    axes.set_ylabel("alert")


def mailbox_lanes(scene: DrillScene) -> MarkLanes:
    """Notifications, one lane for each receiver: down for firing, up for resolved, hollow if refused."""
    lanes = [MarkLane(_name(box), [_mark(scene, each) for each in box.messages]) for box in scene.mailboxes]
    return MarkLanes("notified", lanes, scene.span)


def _mark(scene: DrillScene, message: Message) -> tuple[NamedMoment, MarkStyle]:
    own = scene.result.view.status_in(message)
    status = message.status if own is None else own
    at_s = scene.since(message.at_s)
    about = "" if own is not None else f" ({', '.join(message.alerts)})"
    shape, colour, label = _STYLES[status]
    label = label if message.was_accepted else f"{label}, refused"
    return NamedMoment(at_s, f"{status or 'unclear'} {seconds(at_s)}{about}"), MarkStyle(
        shape, colour, label, message.was_accepted
    )


def _name(box: Mailbox) -> str:
    name = shorten(box.name, NAME_WIDTH)
    return name if box.promised else f"{name} (not promised)"
