"""The panels of a drill's picture that have lanes: states of alerts, and what receivers were told.

A row is one unit high. What must not be mixed up differs in shape as well as in colour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from stackproof.judge import seconds
from stackproof.model import AlertState, Message, MessageStatus
from stackproof.report.drawing import BLACK, BLUE, EDGE, GREEN, GREY, PURPLE, VERMILION, YELLOW, plain, shorten
from stackproof.report.drill_scene import DrillScene, Mailbox
from stackproof.report.experiment_lanes import NAME_WIDTH, draw_names, name_rows
from stackproof.report.marks import Mark, levels_of, place
from stackproof.report.panels import TICK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEVEL: Final = 0.75  # rows from one level of names to the next
_STATES = {
    AlertState.INACTIVE: (GREEN, 0.2, None),
    AlertState.PENDING: (YELLOW, 0.5, "..."),
    AlertState.FIRING: (VERMILION, 0.84, "////"),
}
_MARKS = {
    MessageStatus.FIRING: ("v", VERMILION, "told that it fires"),
    MessageStatus.RESOLVED: ("^", GREEN, "told that it resolved"),
    MessageStatus.MISSING: ("v", BLACK, "told that it is missing"),
    MessageStatus.BACK: ("^", BLUE, "told that it is back"),
    MessageStatus.BEAT: ("d", GREY, "first sign of life"),
    MessageStatus.UNCLEAR: ("X", GREY, "a message that nobody can read"),
}


def ends(scene: DrillScene) -> tuple[float, float]:
    """Both ends of the time axis."""
    return scene.since(scene.begins_s), scene.since(scene.ends_s)


def draw_states(axes: Axes, scene: DrillScene) -> None:
    """One row an alert: the more it says, the thicker it is; what Alertmanager suppressed lies under a bar."""
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
        for from_s, to_s in lane.muted:
            axes.barh(
                row + 0.34, to_s - from_s, 0.16, scene.since(from_s), color=PURPLE, label="suppressed by Alertmanager"
            )
    for from_s, to_s in scene.unseen:
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


class Mailboxes:
    """What receivers got, one lane a receiver, laid out.

    Args:
        scene: The scene on whose clock it is.
    """

    def __init__(self, scene: DrillScene) -> None:
        self._scene = scene
        self._boxes = scene.mailboxes
        self._placed = [place([self._mark(each) for each in box.messages], *ends(scene)) for box in self._boxes]
        self._bases: list[float] = []
        top = 0.0
        for placed in self._placed:
            top += 1 + levels_of(placed) * LEVEL
            self._bases.append(top - 0.5)
        self.rows = top + 0.2

    def draw(self, axes: Axes) -> None:
        """Draw them: downwards that it fires, upwards that it is over, hollow what the receiver refused."""
        for base, box, placed in zip(self._bases, self._boxes, self._placed, strict=True):
            draw_names(axes, placed, base)
            for message in box.messages:
                self._draw(axes, message, base)
        axes.set_yticks(self._bases, [plain(_name(box)) for box in self._boxes], fontsize=TICK)
        axes.tick_params(axis="y", length=0)
        for base in self._bases[:-1]:
            axes.axhline(base + 0.5, color=GREY, linewidth=0.4, alpha=0.5)
        axes.set_ylim(self.rows - 0.1, -0.1)
        axes.set_ylabel("told")

    def _draw(self, axes: Axes, message: Message, base: float) -> None:
        shape, colour, label = _MARKS[self._says(message)]
        axes.plot(
            self._scene.since(message.at_s),
            base,
            shape,
            color=colour,
            markersize=7,
            markeredgecolor=EDGE if message.was_taken else colour,
            markeredgewidth=0.4 if message.was_taken else 1.5,
            fillstyle="full" if message.was_taken else "none",
            label=label if message.was_taken else f"{label}, and refused it",
        )

    def _says(self, message: Message) -> MessageStatus:
        said = self._scene.result.view.says(message)
        return message.status if said is None else said

    def _mark(self, message: Message) -> Mark:
        at_s = self._scene.since(message.at_s)
        ours = self._scene.result.view.says(message) is not None
        about = "" if ours else f" ({', '.join(message.alerts)})"
        return Mark(at_s, f"{self._says(message) or 'unclear'} {seconds(at_s)}{about}")


def _name(box: Mailbox) -> str:
    name = shorten(box.name, NAME_WIDTH)
    return name if box.promised else f"{name} (not promised)"
