"""The map of rooms in docs/architecture is the code's; decisions say which of them still stand."""

import re
from pathlib import Path

import pytest

from tests.unit.room_map import (
    PAGE,
    ROOT,
    SOURCE,
    WITHOUT_CODE,
    arrows_of_code,
    depth_of,
    drawing_of,
    layers_of,
    layers_of_project,
    room_of,
    rooms_of,
    rows_of,
    written,
)

WRITE = "write the present arrows with `python -m tests.unit.room_map`"
RECORDS = sorted((ROOT / "docs" / "architecture" / "decisions").glob("0*.md"))
_STATUS = re.compile(r"\A# (\d+)\. [^\n]+\n\n\*\*Status:\*\* (accepted|superseded)\b([^\n]*(?:\n[^\n]+)*)\n")
_LAYERS = """
[[tool.importlinter.contracts]]
type = "layers"
layers = ["stackproof.cli", "stackproof.run | stackproof.engine.docker", "stackproof.model"]
"""
_TABLE = """
| `cli` | commands | `run`, `model` |
| `run` | a run | `model` |
| `model` | data | nothing of ours |
"""


def test_each_room_of_the_tree_has_a_row_and_each_row_a_room() -> None:
    """Nobody looks for a room that the map does not show, or finds one that is not there."""
    rows = [row.room for row in rows_of(PAGE.read_text(encoding="utf-8"))]
    assert sorted(rows) == sorted(rooms_of(SOURCE))


def test_the_table_and_the_drawing_have_the_arrows_of_the_code() -> None:
    """Every import from room to room is drawn, and every arrow is imported somewhere."""
    text = PAGE.read_text(encoding="utf-8")
    assert {row.room: row.arrows for row in rows_of(text)} == arrows_of_code(), WRITE
    assert drawing_of(arrows_of_code(), layers_of_project()) in text, WRITE
    assert written(text, arrows_of_code(), layers_of_project()) == text, WRITE


def test_import_linter_holds_every_room_and_every_arrow_points_down() -> None:
    """The contract in pyproject.toml is the map's: no room is left out of it, and it names no other."""
    layers, rooms = layers_of_project(), rooms_of(SOURCE) - {WITHOUT_CODE}
    assert {room for room in rooms if depth_of(room, layers) < 0} == set()
    assert {name for layer in layers for name in layer} <= rooms
    upward = [
        f"{room} -> {imported}"
        for room, others in arrows_of_code().items()
        for imported in others
        if depth_of(room, layers) >= depth_of(imported, layers) and not room.startswith(f"{imported}/")
    ]
    assert upward == []


def test_a_wrong_map_is_noticed(tmp_path: Path) -> None:
    """Seen to fail: a room without a row, an arrow that nobody imports, and one that nobody drew."""
    for folder in ("cli", "run", "model", "attic", "engine/docker"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "__init__.py").touch()
    rooms = rooms_of(tmp_path)
    assert rooms == {"cli", "run", "model", "attic", "engine/docker"}
    assert room_of("stackproof.engine.docker.images.build", rooms) == "engine/docker"
    assert rooms - {row.room for row in rows_of(_TABLE)} == {"attic", "engine/docker"}
    arrows = {"cli": frozenset({"run", "model"}), "run": frozenset({"model", "attic"}), "model": frozenset[str]()}
    assert {row.room: row.arrows for row in rows_of(_TABLE)} != arrows
    layers = layers_of(_LAYERS)
    assert "| `run` | a run | `attic`, `model` |" in written(_TABLE, arrows, layers)
    assert depth_of("attic", layers) == -1


def test_the_drawing_leaves_out_arrows_that_a_longer_way_shows() -> None:
    """From the doors down; rooms of one layer stand together."""
    arrows = {
        "cli": frozenset({"run", "model"}),
        "run": frozenset({"model"}),
        "engine/docker": frozenset({"model"}),
        "model": frozenset[str](),
    }
    assert drawing_of(arrows, layers_of(_LAYERS)).splitlines() == [
        "```mermaid",
        "flowchart TD",
        "  cli",
        '  subgraph layer1[" "]',
        "    engine_docker[engine/docker]",
        "    run",
        "  end",
        "  model",
        "  cli --> run",
        "  engine_docker --> model",
        "  run --> model",
        "```",
    ]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: record.stem[:4])
def test_a_decision_says_whether_it_stands(record: Path) -> None:
    """One that was overtaken names the record that did it, which is later and exists; the index lists each."""
    status = _STATUS.match(record.read_text(encoding="utf-8"))
    assert status, f"expected a title with a number, and a line '**Status:** accepted' or 'superseded by ...': {record}"
    assert int(status[1]) == int(record.stem[:4])
    others = re.findall(r"\((\d{4})-[\w-]+\.md\)", status[3])
    assert others or status[2] == "accepted"
    assert all(int(other) > int(status[1]) for other in others)
    assert f"]({record.name})" in (record.parent / "README.md").read_text(encoding="utf-8")
