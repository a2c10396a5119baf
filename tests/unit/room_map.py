"""The map of rooms in docs/architecture, compared with the code.

``python -m tests.unit.room_map`` writes the present arrows into its table, and its drawing.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "architecture" / "README.md"
SOURCE = ROOT / "src" / "stackproof"
WITHOUT_CODE = "images"
"""A folder that the package ships and never imports."""

NOTHING = "nothing of ours"
_WINGS = ("engine", "protocols")
"""Folders whose parts are rooms of their own."""

_ROW = re.compile(r"^\| `(?P<room>[\w/]+)` \| (?P<holds>.*) \| (?P<arrows>[^|]*) \|$", re.MULTILINE)
_DRAWING = re.compile(r"(?<=<!-- drawn by tests/unit/room_map.py -->\n)```mermaid\n.*?```\n", re.DOTALL)

Arrows = Mapping[str, frozenset[str]]
"""The rooms that each room imports."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table.

    Attributes:
        room: Path below the package.
        holds: What is in it, in words.
        arrows: The rooms that it imports.
    """

    room: str
    holds: str
    arrows: frozenset[str]


def rooms_of(source: Path) -> frozenset[str]:
    """Every room of the tree; the parts of a wing count, and the wing where it has modules of its own."""
    folders = {entry for entry in source.iterdir() if entry.is_dir() and entry.name != "__pycache__"}
    return frozenset(room for folder in folders for room in _rooms_in(folder))


def _rooms_in(folder: Path) -> Iterator[str]:
    if folder.name not in _WINGS:
        yield folder.name
        return
    yield from (f"{folder.name}/{part.stem}" for part in folder.iterdir() if (part / "__init__.py").is_file())
    modules = [module.stem for module in folder.glob("*.py") if module.stem != "__init__"]
    yield from {f"engine/{module}" if folder.name == "engine" else folder.name for module in modules}


def room_of(module: str, rooms: frozenset[str]) -> str:
    """The room of a module; nothing for the package itself."""
    parts = module.split(".")[1:]
    names = ("/".join(parts[:length]) for length in (2, 1))
    return next((name for name in names if name in rooms), "")


@cache
def arrows_of_code() -> Arrows:
    """Who imports whom, in every module: deferred imports and those for types count, too."""
    graph = grimp.build_graph("stackproof", cache_dir=None)
    rooms = rooms_of(SOURCE)
    arrows: dict[str, set[str]] = {room: set() for room in rooms}
    for module in graph.modules:
        importer = room_of(module, rooms)
        for imported in graph.find_modules_directly_imported_by(module):
            room = room_of(imported, rooms)
            if importer and room not in {"", importer}:
                arrows[importer].add(room)
    return {room: frozenset(imported) for room, imported in arrows.items()}


def layers_of(project: str) -> tuple[frozenset[str], ...]:
    """The layers of import-linter's contract, from the doors down, as paths below the package."""
    contracts = tomllib.loads(project)["tool"]["importlinter"]["contracts"]
    (layers,) = [contract["layers"] for contract in contracts if contract["type"] == "layers"]
    return tuple(frozenset(_path(module) for module in re.split(r"[|:]", layer)) for layer in layers)


def _path(module: str) -> str:
    return module.strip().removeprefix("stackproof.").replace(".", "/")


def depth_of(room: str, layers: tuple[frozenset[str], ...]) -> int:
    """How far down a room is: the layer that names it, or else the one that names its wing; -1 where none does."""
    for name in (room, room.partition("/")[0]):
        for depth, layer in enumerate(layers):
            if name in layer:
                return depth
    return -1


def rows_of(text: str) -> tuple[Row, ...]:
    """The rows of the page's table."""
    return tuple(
        Row(match["room"], match["holds"], frozenset(re.findall(r"`([\w/]+)`", match["arrows"])))
        for match in _ROW.finditer(text)
    )


def drawing_of(arrows: Arrows, layers: tuple[frozenset[str], ...]) -> str:
    """The rooms by layers, from the doors down. An arrow is left out where a longer way leads to the same room."""
    drawn = [room for room in arrows if room != WITHOUT_CODE]
    lines = ["```mermaid", "flowchart TD"]
    for depth in range(len(layers)):
        level = [f"  {_node(room)}" for room in sorted(drawn) if depth_of(room, layers) == depth]
        together = [f'  subgraph layer{depth}[" "]', *(f"  {node}" for node in level), "  end"]
        lines += together if len(level) > 1 else level
    for room in sorted(drawn, key=lambda room: (depth_of(room, layers), room)):
        lines += [f"  {_id(room)} --> {_id(imported)}" for imported in sorted(_direct(room, arrows))]
    return "\n".join([*lines, "```", ""])


def _direct(room: str, arrows: Arrows) -> frozenset[str]:
    others = arrows[room]
    return frozenset(each for each in others if not any(each in _reached(other, arrows) for other in others - {each}))


def _reached(room: str, arrows: Arrows) -> frozenset[str]:
    return arrows[room].union(*(_reached(each, arrows) for each in arrows[room]))


def _node(room: str) -> str:
    return f"{_id(room)}[{room}]" if "/" in room else room


def _id(room: str) -> str:
    return room.replace("/", "_")


def written(text: str, arrows: Arrows, layers: tuple[frozenset[str], ...]) -> str:
    """The page with these arrows in its table and its drawing."""

    def row(match: re.Match[str]) -> str:
        imported = sorted(arrows.get(match["room"], ()), key=lambda room: (depth_of(room, layers), room))
        names = ", ".join(f"`{room}`" for room in imported) or NOTHING
        return f"| `{match['room']}` | {match['holds']} | {names} |"

    return _DRAWING.sub(lambda _: drawing_of(arrows, layers), _ROW.sub(row, text))


def layers_of_project() -> tuple[frozenset[str], ...]:
    """The layers in pyproject.toml."""
    return layers_of((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8"), arrows_of_code(), layers_of_project()), encoding="utf-8")
