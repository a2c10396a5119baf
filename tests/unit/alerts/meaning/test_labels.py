"""Whatever labels a series has that a set admits, an operator's set admits the labels of the result."""

from hypothesis import given
from hypothesis import strategies as st

from stackproof.alerts.meaning.labels import LabelSet

_NAMES = ("a", "b", "c", "d")
_VALUES = ("x", "y", "z")
_SERIES = st.dictionaries(st.sampled_from(_NAMES), st.sampled_from(_VALUES))
_SOME = st.frozensets(st.sampled_from(_NAMES))
Labels = dict[str, str]


@st.composite
def admitting(draw: st.DrawFn, series: Labels) -> LabelSet:
    """A set of labels that admits a series."""
    names = frozenset(series)
    sure = names & draw(_SOME)
    values = {
        name: draw(st.frozensets(st.sampled_from((*_VALUES, "")))) | {series.get(name, "")} for name in draw(_SOME)
    }
    if draw(st.booleans()):
        return LabelSet(names | draw(_SOME), sure=sure, values=values)
    return LabelSet(None, draw(_SOME) - names, sure, values)


@st.composite
def admitted(draw: st.DrawFn) -> tuple[LabelSet, Labels]:
    """A set of labels and a series that it admits."""
    series = draw(_SERIES)
    return draw(admitting(series)), series


def _admits(labels: LabelSet, series: Labels) -> bool:
    return (
        all(labels.can_have(name) for name in series)
        and labels.sure <= series.keys()
        and all(series.get(name, "") in known for name, known in labels.values.items() if labels.can_have(name))
    )


@given(admitted(), _SOME)
def test_by_and_without_admit_what_they_keep(drawn: tuple[LabelSet, Labels], names: frozenset[str]) -> None:
    """`by` keeps these labels, `without` the others."""
    labels, series = drawn
    assert _admits(labels, series)
    assert _admits(labels.limited(names), {name: value for name, value in series.items() if name in names})
    assert _admits(labels.lacking(names), {name: value for name, value in series.items() if name not in names})


@given(
    admitted(), st.sampled_from(_NAMES), st.sampled_from((*_VALUES, "")), st.frozensets(st.sampled_from((*_VALUES, "")))
)
def test_a_label_that_is_set_is_admitted(
    drawn: tuple[LabelSet, Labels], name: str, value: str, others: frozenset[str]
) -> None:
    """A replaced label has the new value, and "" removes it."""
    labels, series = drawn
    changed = {**series, name: value} if value else {each: known for each, known in series.items() if each != name}
    assert _admits(labels.having([name]), changed)
    assert _admits(labels.with_values(name, others | {value}), changed)
    assert not value or _admits(labels.having([name]).with_sure([name]), changed)


@given(admitted(), admitted())
def test_an_or_admits_the_series_of_both_sides(left: tuple[LabelSet, Labels], right: tuple[LabelSet, Labels]) -> None:
    """Whichever side has them."""
    (mine, series), (theirs, other) = left, right
    assert _admits(mine.either(theirs), series)
    assert _admits(mine.either(theirs), other)


@given(st.data(), _SERIES)
def test_a_match_by_all_labels_admits_what_both_sides_admit(data: st.DataObject, series: Labels) -> None:
    """Both sides of a match have the same labels."""
    mine, theirs = data.draw(admitting(series)), data.draw(admitting(series))
    assert _admits(mine.both(theirs), series)


@given(admitted(), admitted(), st.none() | _SOME, _SOME)
def test_series_that_match_are_never_said_to_differ(
    left: tuple[LabelSet, Labels],
    right: tuple[LabelSet, Labels],
    matched: frozenset[str] | None,
    ignored: frozenset[str],
) -> None:
    """By `on`, by `ignoring`, and by all labels."""
    (mine, series), (theirs, other) = left, right
    names = [name for name in _NAMES if (matched is None or name in matched) and name not in ignored]
    if all(series.get(name) == other.get(name) for name in names):
        assert mine.conflict(theirs, matched, ignored) is None


@given(admitted())
def test_the_name_of_the_metric_is_always_possible(drawn: tuple[LabelSet, Labels]) -> None:
    """A recorded series has a name, though its rule's expression has only the labels that it groups by."""
    assert drawn[0].can_have("__name__")
    assert drawn[0].limited(["__name__"]).can_have("__name__")
