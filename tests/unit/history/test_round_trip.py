"""What was seen is what is read back."""

import json
import tempfile
import threading
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stackproof.history import FILE_NAME, Header, History, Recorded, read
from stackproof.model import (
    AlertEntry,
    AlertReading,
    CheckResult,
    Drill,
    DrillScope,
    Entry,
    Event,
    Handling,
    HistoryError,
    LoadReport,
    Message,
    Outcome,
    ProbeReading,
    Sample,
    SeriesReading,
)

_moments = st.datetimes(timezones=st.just(UTC))
_texts = st.dictionaries(st.text(), st.text(), max_size=3)
entries: st.SearchStrategy[list[Entry]] = st.lists(
    st.one_of(
        st.from_type(Sample),
        st.builds(Event, wall=_moments, detail=_texts),
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
    if isinstance(entry, Event):
        return repr((entry.kind, entry.at_s, entry.wall.isoformat(), entry.subject, entry.detail))
    return repr(entry)


def _by_type(seen: Sequence[Entry]) -> list[list[str]]:
    kinds = (Event, Sample, LoadReport, ProbeReading, CheckResult, AlertEntry)
    return [[_text(entry) for entry in seen if isinstance(entry, kind)] for kind in kinds]


def _read_back(recorded: Recorded) -> list[list[str]]:
    kept = (recorded.events, recorded.samples, recorded.loads, recorded.readings, recorded.checks, recorded.alerts)
    return [[_text(entry) for entry in entries] for entries in kept]


@given(seen=entries, batch=entries)
def test_a_history_says_what_was_seen(header: Header, seen: list[Entry], batch: list[Entry]) -> None:
    """Every entry comes back as it was, NaN and odd characters too, in the order in which it was seen."""
    with tempfile.TemporaryDirectory() as folder:
        with History.create(Path(folder), header) as history:
            for entry in seen:
                history.append(entry)
            history.extend(batch)
        recorded = read(Path(folder))
    assert recorded.header == header
    assert not recorded.torn
    assert _read_back(recorded) == _by_type([*seen, *batch])


def test_a_history_without_alerts_is_read(tmp_path: Path, header: Header) -> None:
    """A record of before there were drills is read as ever, and a line of it has not changed."""
    with History.create(tmp_path, header) as history:
        history.append(CheckResult("t", "PASS"))
    assert (tmp_path / FILE_NAME).read_text().splitlines()[
        1
    ] == '{"type":"check","id":"t","verdict":"PASS","message":""}'
    assert read(tmp_path).alerts == ()


@given(seen=entries)
def test_every_line_is_plain_json(header: Header, seen: list[Entry]) -> None:
    """Any tool that reads JSON Lines reads a history: each line is one object that names its type."""
    with tempfile.TemporaryDirectory() as folder:
        with History.create(Path(folder), header) as history:
            history.extend(seen)
        lines = (Path(folder) / FILE_NAME).read_text().split("\n")[:-1]

    def refuse(constant: str) -> None:
        pytest.fail(f"{constant} is no JSON")

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
        history.append(CheckResult("t", "PASS"))
        assert read(tmp_path).checks == (CheckResult("t", "PASS"),)


def test_a_history_is_never_written_over(tmp_path: Path, header: Header) -> None:
    """Two runs in one folder would mix: the second is refused, and the first stays as it was."""
    History.create(tmp_path, header).close()
    with pytest.raises(HistoryError, match="holds a history"):
        History.create(tmp_path, header)
    assert read(tmp_path).header == header


def test_a_closed_history_takes_no_more(tmp_path: Path, header: Header) -> None:
    """Evidence that comes too late is refused aloud, not dropped; closing again is harmless."""
    history = History.create(tmp_path, header)
    history.close()
    history.close()
    with pytest.raises(HistoryError, match="closed"):
        history.append(CheckResult("t", "PASS"))


def test_the_end_is_the_last_thing_seen(tmp_path: Path, header: Header) -> None:
    """A run lasts until the last thing that it saw ended."""
    with History.create(tmp_path, header) as history:
        history.append(Sample("s", 101, 101, 107.5, Outcome.OK))
    assert read(tmp_path).ended_s == 107.5
