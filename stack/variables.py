"""Prints the table of variables in compose.yaml. README.md contains a copy, and a test compares the two."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

from ruamel.yaml import YAML

COMPOSE_FILE = Path(__file__).with_name("compose.yaml")
VARIABLE = re.compile(r"\$\{([A-Z0-9_]+):?-([^}]*)\}")


def uses(node: object, path: str = "") -> Iterator[tuple[str, str, str]]:
    """The uses of variables in a document: name, default and dotted path."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from uses(value, f"{path}.{key}" if path else str(key))
    elif isinstance(node, list):
        for value in node:
            yield from uses(value, path)
    elif isinstance(node, str):
        yield from ((name, default, path) for name, default in VARIABLE.findall(node))


def table(compose_file: Path) -> str:
    """The table in Markdown, one row per variable, in the order of the file."""
    rows: dict[tuple[str, str], list[str]] = {}
    for name, default, path in uses(YAML(typ="safe").load(compose_file)):
        place = path.removeprefix("services.")
        places = rows.setdefault((name, default), [])
        if place not in places:
            places.append(place)
    lines = ["| variable | default | sets |", "|---|---|---|"]
    lines += [
        f"| `{name}` | {f'`{default}`' if default else ''} | {', '.join(places)} |"
        for (name, default), places in rows.items()
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(table(COMPOSE_FILE))
