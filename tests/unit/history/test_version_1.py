"""A run that was recorded in format 1 is judged to the same verdict, for the same reasons, with the same summary.

Each record in ``recorded/`` was made by a version of stackproof that wrote format 1; the file next to it holds what
that version judged. ``shipped-*`` are whole runs of the shipped stack: its suites, and its service levels while a cut
link was held. The others were written by hand with its recorder: faults confirmed and not, without evidence, unhealed,
healed by their bound, the same fault again, parts of a schedule, experiments that held, failed, never injected their
fault or were judged twice, exemptions, measured times, tried properties, drills of all kinds, exempt alerts, and a torn
end.
"""

import gzip
import json
import re
from pathlib import Path

import pytest

from stackproof.history import FILE_NAME, Recorded, read
from stackproof.judge import judge_run
from stackproof.model import (
    Drill,
    ExperimentEnded,
    FaultHealed,
    FaultInjected,
    HistoryError,
    LoadStarted,
    Measured,
    Note,
    PartLeftOut,
    Profile,
    PropertyTried,
)
from stackproof.report.summary import summarise

FOLDER = Path(__file__).parent / "recorded"
RECORDS = sorted(each.name.removesuffix(".jsonl.gz") for each in FOLDER.glob("*.jsonl.gz"))

# What the judge says in other words since then, old and new.
REWORDED = (
    (r"it was not seen to bite \(", "it was not confirmed ("),
    (r"it was not seen healed", "its healing was not recorded"),
    (r"('[^']*') was not seen healed", r"the healing of \1 was not recorded"),
    (r"' was not seen to bite: ", "' was not confirmed: "),
    (r"was told, though nobody promised it that", "was notified, though no drill promises that"),
    (r"got what the vendor refuses: ", "got what the vendor would refuse: "),
    (r"was never told that it resolved", "was never notified that it resolved"),
    (r"it does not fire any more, so nobody", "it no longer fires, so nobody"),
    (r"resolved: it fires still", "resolved: it still fires"),
    (
        r"was told( that it resolved)? after (.*), theory has (.*), and (.*) is the bound",
        r"was notified\1 after \2; theory gives \3, the bound is \4",
    ),
    (r"was told that it resolved", "was notified that it resolved"),
    (r"was not told(.*), but (.*)$", r"was not notified\1, but \2 was"),
    (r"was not told, nor was anybody else", "was not notified, nor was anyone else"),
    (r"was not told: it refused (\d+) messages", r"was not notified: it refused \1 notifications"),
    (r"was not told", "was not notified"),
    (r"got the same message", "got the same notification"),
    (r"got no one message that has (.*), too", r"got no single notification that includes \1"),
    (r"was told in the near miss", "was notified in the near miss"),
    (r"nobody watched the receivers to the end", "the receivers were not watched to the end"),
    (r"Prometheus was not seen to have such a rule", "Prometheus did not show such a rule"),
    (r"a message does not tell them apart", "a notification does not distinguish them"),
    (r"less than the (.*) to detect$", r"less than the \1 to detect it"),
    (r"so nothing was there to silence", "so there was nothing to inhibit"),
    (r"so that the silence ends was not tried", "so the end of the inhibition was not tried"),
    (r"was told of (\S+) (.*) after it fired itself", r"was notified of \1 \2 after it fired itself"),
)


def _today(reason: str) -> str:
    """A reason of then in today's words."""
    for old, new in REWORDED:
        while (changed := re.sub(old, new, reason)) != reason:
            reason = changed
    return reason


def _read(folder: Path, name: str) -> Recorded:
    (folder / FILE_NAME).write_bytes(gzip.decompress((FOLDER / f"{name}.jsonl.gz").read_bytes()))
    return read(folder)


@pytest.mark.parametrize("name", RECORDS)
def test_an_old_record_is_judged_as_it_was(tmp_path: Path, name: str) -> None:
    """Verdict, reasons and summary are those of the version that recorded it."""
    expected = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    recorded = _read(tmp_path, name)
    assert recorded.header.format == 1
    judged = judge_run(recorded, Profile(recorded.header.profile or Profile.QUICK))
    assert judged.verdict == expected["verdict"]
    assert list(judged.reasons) == list(map(_today, expected["reasons"]))
    assert json.loads(json.dumps(summarise(recorded, judged).to_json())) == expected["summary"]


def test_there_are_old_records() -> None:
    """The test above is not empty, and has a record of each verdict."""
    verdicts = {json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))["verdict"] for name in RECORDS}
    assert verdicts == {"PASS", "FAIL", "INCONCLUSIVE"}


def test_old_events_become_typed_events(tmp_path: Path) -> None:
    """What shared a text is linked by an id: the same fault twice has two, and each verdict belongs to one."""
    events = _read(tmp_path, "faults").events
    injected = [each for each in events if isinstance(each, FaultInjected)]
    assert len({each.injection for each in injected}) == len(injected)
    killed = [each.injection for each in injected if str(each.fault) == "kill shop"]
    assert [each.injection for each in events if isinstance(each, FaultHealed) if each.injection in killed] == killed
    ended = [each.faults[0].injection for each in events if isinstance(each, ExperimentEnded)]
    assert ended.count(killed[0]) == 1
    assert killed[1] not in ended
    (bound_s,) = {each.bound_s for each in events if isinstance(each, FaultHealed)} - {None}
    assert bound_s == 610.5
    (left_out,) = (each for each in events if isinstance(each, PartLeftOut))
    assert (left_out.part_of, left_out.reason) == ("storm", "its target is gone")
    assert [(each.what, each.took_s) for each in events if isinstance(each, Measured)] == [("ready after", 1.3)]
    assert [(each.name, each.cases) for each in events if isinstance(each, PropertyTried)] == [("wrong frames", 2000)]
    (note,) = (each for each in events if isinstance(each, Note))
    assert (note.subject, note.detail["seed"]) == ("schedule", "7")


def test_old_drills_are_linked_to_their_cause(tmp_path: Path) -> None:
    """A drill that named its fault or its load gets the id of that one which began within the drill."""
    recorded = _read(tmp_path, "drills")
    drills = {each.id: each for each in recorded.alerts if isinstance(each, Drill)}
    faults = {each.injection: str(each.fault) for each in recorded.events if isinstance(each, FaultInjected)}
    loads = {each.load: each.stream for each in recorded.events if isinstance(each, LoadStarted)}
    assert faults[drills["down"].cause] == "kill shop"
    assert loads[drills["near"].cause] == drills["near"].fault
    assert drills["later"].cause == ""


HEADER = b'{"type":"header","run":"r","stack":{"name":"s","file":"c"},"objectives":[],"started":"2026-01-02T00:00:00Z","started_s":0,"format":1}\n'  # noqa: E501 - one line of a record


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'"kind":"fault_injected","subject":""', "KIND TARGET"),
        (b'"kind":"alerts_seen","subject":"nowhere"', "nowhere"),
        (b'"kind":"unheard_of","subject":""', "kind"),
    ],
)
def test_an_old_event_that_makes_no_sense_is_refused(tmp_path: Path, line: bytes, says: str) -> None:
    """A record that does not say what was injected, or what was watched, cannot be judged."""
    event = b'{"type":"event","at_s":1,"wall":"2026-01-02T00:00:00Z",%b}\n' % line
    (tmp_path / FILE_NAME).write_bytes(HEADER + event)
    with pytest.raises(HistoryError, match=says):
        read(tmp_path)
