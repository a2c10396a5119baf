"""How long an alert takes in theory, from a fault to the notification; drills compare their measurements with it."""

from dataclasses import dataclass
from math import ceil
from typing import Final

from stackproof.model import DeclarationError, Drill

LATE_FACTOR: Final = 3.0
LATE_LEAST_S: Final = 10.0
"""A notification is late after ``LATE_FACTOR`` times the theory plus this many seconds."""

_EVEN = 1e-9


@dataclass(frozen=True, slots=True)
class Timing:
    """The parts of the time from a fault to a notification, and back; all in seconds of the same clock.

    Attributes:
        scrape_interval_s: From one scrape to the next.
        evaluation_interval_s: From one evaluation of the rule's group to the next.
        for_s: The rule's ``for``.
        group_wait_s: The route's ``group_wait``.
        window_s: Range that the rule's expression looks back over; 0 if it uses the last sample only.
        window_share: Share of that range that the fault must fill before the threshold is crossed; see
            ``window_share``.
        evaluations: Evaluations in sequence: 1, plus one for each recording rule of another group.
        scrape_timeout_s: How long a scrape of a hanging target takes to fail; 0 if it fails at once.
        keep_firing_for_s: The rule's ``keep_firing_for``.
        group_interval_s: The route's ``group_interval``.
    """

    scrape_interval_s: float
    evaluation_interval_s: float
    for_s: float = 0.0
    group_wait_s: float = 0.0
    window_s: float = 0.0
    window_share: float = 0.0
    evaluations: int = 1
    scrape_timeout_s: float = 0.0
    keep_firing_for_s: float = 0.0
    group_interval_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Detection:
    """The longest times from the injection of a fault, in seconds.

    Attributes:
        pending_s: Until the alert is pending.
        firing_s: Until it fires.
        received_s: Until the receiver is notified.
    """

    pending_s: float
    firing_s: float
    received_s: float


def theoretical_detection(timing: Timing) -> Detection:
    """The longest that an alert should take if nothing but its settings delays it.

    Sum of:

    - one scrape interval, and the time that the scrape of a hanging target takes: the fault may come just after a
      scrape, and the next one is the first to see it;
    - ``window_share * window_s``: a rate over a range crosses its threshold once enough of the range is bad. This is
      the SRE workbook's detection time, "((1 - SLO) / error ratio) x window x burn rate"
      (https://sre.google/workbook/alerting-on-slos/, "Alert on burn rate");
    - one evaluation interval for each evaluation in sequence: the sample may come just after one;
    - ``for``, rounded up to whole evaluation intervals: an alert fires at the first evaluation at which it was active
      for as long (https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/, "Defining alerting
      rules"; ``rules/alerting.go`` compares ``ts.Sub(a.ActiveAt) >= r.holdDuration``);
    - ``group_wait``: Alertmanager waits for other alerts of a new group
      (https://prometheus.io/docs/alerting/latest/configuration/#route).

    On average the two phases cost half: a drill may well take less.
    """
    seen_s = timing.scrape_interval_s + timing.scrape_timeout_s
    pending_s = seen_s + timing.window_share * timing.window_s + timing.evaluations * timing.evaluation_interval_s
    firing_s = pending_s + _whole(timing.for_s, timing.evaluation_interval_s)
    return Detection(pending_s, firing_s, firing_s + timing.group_wait_s)


def theoretical_resolution(timing: Timing) -> float:
    """The longest that it should take from the healing to the notification that it resolved, in seconds.

    Sum of one scrape interval; ``(1 - window_share) * window_s``, after which so much of the bad time has left the
    range that the threshold is met again; the evaluations; ``keep_firing_for`` in whole evaluation intervals; and
    ``group_interval``, at whose ticks Alertmanager notifies of changes in a group.
    """
    seen_s = timing.scrape_interval_s + timing.evaluations * timing.evaluation_interval_s
    clean_s = (1 - timing.window_share) * timing.window_s
    kept_s = _whole(timing.keep_firing_for_s, timing.evaluation_interval_s)
    return seen_s + clean_s + kept_s + timing.group_interval_s


def window_share(threshold: float, level: float) -> float:
    """Share of a range that must be bad before its average crosses a threshold.

    Args:
        threshold: The alert's threshold, such as a burn rate of 14.4 on a budget of 0.1 %: 0.0144.
        level: The level that the fault causes: 0.5 if every second request fails.

    Raises:
        DeclarationError: The fault does not exceed the threshold, so that the alert can never fire.
    """
    if level <= threshold or threshold < 0:
        raise DeclarationError(
            f"expected a fault that exceeds the threshold of {threshold:g}, saw one that reaches {level:g}",
            fix="make the fault larger: an average never exceeds all of its parts",
        )
    return threshold / level


def deadline_s(expected_s: float) -> float:
    """After how many seconds a notification counts as late: something hangs then, and not only a slow machine."""
    return LATE_FACTOR * expected_s + LATE_LEAST_S


def bound_s(drill: Drill, theory_s: float) -> float:
    """How long a drill's notifications may take, in seconds: its own bound, or else one derived from theory."""
    return deadline_s(theory_s) if drill.within_s is None else drill.within_s


def _whole(length_s: float, interval_s: float) -> float:
    """A length in whole intervals, rounded up."""
    return ceil(length_s / interval_s - _EVEN) * interval_s if interval_s > 0 else length_s
