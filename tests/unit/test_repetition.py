"""No declared address or subnet is written a second time."""

import re
import subprocess
from collections.abc import Iterator, Mapping
from ipaddress import ip_network

from ruamel.yaml import YAML

from stack.variables import COMPOSE_FILE, uses

ROOT = COMPOSE_FILE.parents[1]
PLACES = ("ipv4_address", "subnet", "ip_range")
MAY_REPEAT: Mapping[str, str] = {
    "stack/compose.yaml": "it declares them",
    "stack/README.md": "its table of variables is generated from them",
    "tests/defects/isolation/address_repeated.patch": "the defect that must be caught",
}
"""Files that may name a declared address or subnet, and why."""


def declared() -> frozenset[str]:
    """Every address and subnet that the stack declares, as the default of a variable."""
    document = YAML(typ="safe").load(COMPOSE_FILE)
    return frozenset(default for _, default, place in uses(document) if place.rpartition(".")[2] in PLACES)


def repeated(files: Mapping[str, str], words: frozenset[str]) -> Iterator[str]:
    """Each of these words in a file that may not name it."""
    for name, text in files.items():
        if name not in MAY_REPEAT:
            yield from (f"{name}: {word}" for word in sorted(words) if _alone(word).search(text))


def _alone(word: str) -> re.Pattern[str]:
    """The word itself, not as a part of a longer address."""
    return re.compile(rf"(?<![\d.]){re.escape(word)}(?![\d/]|\.\d)")


def tracked() -> dict[str, str]:
    """Every tracked file's text, by its path."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=60).stdout
    files = (ROOT / name for name in listed.decode().split("\0") if name)
    return {
        file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8", errors="replace")
        for file in files
        if file.is_file()
    }


def test_no_declared_address_or_subnet_is_repeated_anywhere() -> None:
    """To move a network is to change one variable: neither the harness nor a suite knows its address."""
    words = declared()
    assert all(ip_network(word) for word in words)
    assert list(repeated(tracked(), words)) == []


def test_an_address_that_is_repeated_is_found() -> None:
    """Seen to fail: it is reported with its file; a file with a reason is not."""
    (word, *_) = sorted(declared())
    files = {"src/there.py": f"HOST = '{word}'", "src/other.py": f"{word}9", "stack/compose.yaml": word}
    assert list(repeated(files, frozenset({word}))) == [f"src/there.py: {word}"]
