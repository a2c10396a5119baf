"""What answers say of claims."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from stackproof.alerts.meaning.facts import Facts, Part, absolute
from tests.engine.meaning_answers import Answer


class Verdict(StrEnum):
    """What an answer says of a claim."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    SILENT = "silent"


def verdict_of(is_true: bool) -> Verdict:  # noqa: FBT001 - what is judged
    """Confirmed if it is true, else refuted."""
    return Verdict.CONFIRMED if is_true else Verdict.REFUTED


def is_empty(given: Sequence[Answer]) -> Verdict:
    """The answer has no samples."""
    return verdict_of(not given[0].samples)


def fits(answer: Answer, facts: Facts, *, values: bool) -> Verdict:
    """Whether each sample is one of a part: with its labels, and its value too if that is asked."""
    if not answer.samples:
        return Verdict.SILENT
    return verdict_of(
        all(
            any(
                _can_be(part, sample.labels) and (not values or absolute(part).holds(sample.value))
                for part in facts.parts
            )
            for sample in answer.samples
        )
    )


def _can_be(part: Part, labels: Mapping[str, str]) -> bool:
    known = part.labels
    return (
        all(known.can_have(name) for name in labels)
        and known.sure <= labels.keys()
        and all(labels.get(name, "") in values for name, values in known.values.items() if known.can_have(name))
    )


def all_are(answer: Answer, value: float) -> Verdict:
    """Each sample of the answer has this value."""
    if not answer.samples:
        return Verdict.SILENT
    return verdict_of(all(sample.value == value for sample in answer.samples))


def empty_though_both(given: Sequence[Answer]) -> Verdict:
    """The first answer has no samples, though both others have some."""
    node, left, right = given
    if node.samples:
        return Verdict.REFUTED
    return Verdict.CONFIRMED if left.samples and right.samples else Verdict.SILENT


def fails_though_both(given: Sequence[Answer]) -> Verdict:
    """Which of several series exist is only likely, so an answer without error refutes nothing."""
    node, left, right = given
    return Verdict.CONFIRMED if left.samples and right.samples and "match" in node.error else Verdict.SILENT


def same_though_right(given: Sequence[Answer]) -> Verdict:
    """The first two answers are the same, though the third has samples."""
    node, left, right = given
    if not node.is_like(left):
        return Verdict.REFUTED
    return Verdict.CONFIRMED if left.samples and right.samples else Verdict.SILENT


def exists_if_selected(given: Sequence[Answer]) -> Verdict:
    """The first answer has samples if each of the others has two or more of each series."""
    node, *selected = given
    if not all(each.samples and all(sample.value >= 2 for sample in each.samples) for each in selected):
        return Verdict.SILENT
    return verdict_of(bool(node.samples))
