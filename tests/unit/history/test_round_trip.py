"""What was recorded is what is read back."""

import json
import tempfile
import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof import model
from stackproof.history import FILE_NAME, Header, History, Recorded, moment_at, moment_of, new_id, now, read
from stackproof.model import (
    AlertEntry,
    AlertReading,
    CheckResult,
    Drill,
    DrillScope,
    Entry,
    Event,
    FaultSpec,
    Handling,
    HistoryError,
    LoadReport,
    Message,
    Note,
    Outcome,
    ProbeReading,
    Sample,
    SeriesReading,
    Verdict,
)

_moments = st.datetimes(timezones=st.just(UTC))
_texts = st.dictionaries(st.text(), st.text(), max_size=3)

st.register_type_strategy(FaultSpec, st.builds(FaultSpec, parameters=_texts))


def _is_event(kind: object) -> bool:
    return isinstance(kind, type) and issubclass(kind, Event) and kind is not Event


EVENTS: list[type[Event]] = list(filter(_is_event, (getattr(model, name) for name in model.__all__)))


def _event(kind: type[Event]) -> st.SearchStrategy[Event]:
    """Events of a kind, with any fields."""
    return st.builds(kind, wall=_moments, **({"detail": _texts} if kind is Note else {}))


entries: st.SearchStrategy[list[Entry]] = st.lists(
    st.one_of(
        st.from_type(Sample),
        *map(_event, EVENTS),
        st.from_type(LoadReport),
        st.from_type(ProbeReading),
        st.from_type(CheckResult),
        st.builds(AlertReading, labels=_texts),
        st.builds(Handling, labels=_texts),
        st.from_type(Message),
        st.from_type(SeriesReading),
        st.builds(Drill, labels=_texts),
        st.from_type(DrillScope),
    ),
    max_size=20,
)


def _text(entry: Entry) -> str:
    """NaN is not equal to itself, and UTC has several names."""
    return repr(replace(entry, wall=entry.wall.astimezone(UTC).replace(fold=0)) if isinstance(entry, Event) else entry)


def _by_type(seen: Sequence[Entry]) -> list[list[str]]:
    kinds = (Event, Sample, LoadReport, ProbeReading, CheckResult, AlertEntry)
    return [[_text(entry) for entry in seen if isinstance(entry, kind)] for kind in kinds]


def _read_back(recorded: Recorded) -> list[list[str]]:
    kept = (recorded.events, recorded.samples, recorded.loads, recorded.readings, recorded.checks, recorded.alerts)
    return [[_text(entry) for entry in entries] for entries in kept]


@given(seen=entries, batch=entries)
def test_a_history_gives_back_what_was_recorded(header: Header, seen: list[Entry], batch: list[Entry]) -> None:
    """Every entry comes back as it was, NaN and odd characters too, in the order in which it was recorded."""
    with tempfile.TemporaryDirectory() as folder:
        with History.create(Path(folder), header) as history:
            for entry in seen:
                history.append(entry)
            history.extend(batch)
        recorded = read(Path(folder))
    assert recorded.header == header
    assert not recorded.torn
    assert _read_back(recorded) == _by_type([*seen, *batch])


def test_a_line_names_its_type_first(tmp_path: Path, header: Header) -> None:
    """A check is one line with these fields; a record without drills has no alerts."""
    with History.create(tmp_path, header) as history:
        history.append(CheckResult("t", Verdict.PASS))
    assert (tmp_path / FILE_NAME).read_text().splitlines()[
        1
    ] == '{"type":"check","id":"t","verdict":"PASS","message":"","objective":"","repeats_objective":false}'
    assert read(tmp_path).alerts == ()


@given(seen=entries)
def test_every_line_is_plain_json(header: Header, seen: list[Entry]) -> None:
    """Any tool that reads JSON Lines reads a history: each line is one object that names its type."""
    with tempfile.TemporaryDirectory() as folder:
        with History.create(Path(folder), header) as history:
            history.extend(seen)
        lines = (Path(folder) / FILE_NAME).read_text().split("\n")[:-1]

    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is not JSON")

    types = [json.loads(line, parse_constant=refuse)["type"] for line in lines]
    assert types[0] == "header"
    assert len(types) == 1 + len(seen)


def test_threads_share_a_history(tmp_path: Path, header: Header) -> None:
    """What several load generators record at once is all there, line by line whole."""

    def record(thread: int) -> None:
        for number in range(50):
            history.extend([Sample(f"s{thread}", number, number, number, Outcome.OK)] * 10)

    with History.create(tmp_path, header) as history:
        threads = [threading.Thread(target=record, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(read(tmp_path).samples) == 8 * 50 * 10


def test_an_entry_is_on_its_way_to_disk_at_once(tmp_path: Path, header: Header) -> None:
    """Another process sees an entry as soon as it was recorded: nothing waits in a buffer that a crash would empty."""
    with History.create(tmp_path, header) as history:
        history.append(CheckResult("t", Verdict.PASS))
        assert read(tmp_path).checks == (CheckResult("t", Verdict.PASS),)


def test_a_history_is_never_written_over(tmp_path: Path, header: Header) -> None:
    """Two runs in one folder would mix: the second is refused, and the first stays as it was."""
    History.create(tmp_path, header).close()
    with pytest.raises(HistoryError, match="holds a history"):
        History.create(tmp_path, header)
    assert read(tmp_path).header == header


def test_a_closed_history_takes_no_more(tmp_path: Path, header: Header) -> None:
    """Evidence that comes too late is an error, not dropped; closing again is harmless."""
    history = History.create(tmp_path, header)
    history.close()
    history.close()
    with pytest.raises(HistoryError, match="closed"):
        history.append(CheckResult("t", Verdict.PASS))


def test_the_end_is_the_last_observation(tmp_path: Path, header: Header) -> None:
    """A run lasts until the last thing that it observed ended."""
    with History.create(tmp_path, header) as history:
        history.append(Sample("s", 101, 101, 107.5, Outcome.OK))
    assert read(tmp_path).ended_s == 107.5


def test_moments_agree_on_both_clocks() -> None:
    """A moment that is known on one clock gets the same distance from now on the other."""
    this = now()
    earlier = moment_at(this.at_s - 60)
    assert abs((this.wall - earlier.wall).total_seconds() - 60) < 1
    same = moment_of(int(this.wall.timestamp() * 1e9))
    assert same.at_s == pytest.approx(this.at_s, abs=1)
    assert same.wall == pytest.approx(this.wall, abs=datetime.resolution)


def test_ids_differ() -> None:
    """Two injections of one fault are never taken for one."""
    assert new_id() != new_id()
