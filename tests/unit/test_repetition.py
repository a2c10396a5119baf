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
    "stack/README.md": "its table of variables is made of them",
    "tests/defects/isolation/address_repeated.patch": "the defect that is to be caught",
}
"""Files that may name a declared address or subnet, and why."""


def declared() -> frozenset[str]:
    """Every address and subnet that the stack declares, as the default of a variable."""
    document = YAML(typ="safe").load(COMPOSE_FILE)
    return frozenset(default for _, default, place in uses(document) if place.rpartition(".")[2] in PLACES)


def repeated(files: Mapping[str, str], words: frozenset[str]) -> Iterator[str]:
    """Where one of these words stands that may not stand there."""
    for name, text in files.items():
        if name not in MAY_REPEAT:
            yield from (f"{name}: {word}" for word in sorted(words) if _alone(word).search(text))


def _alone(word: str) -> re.Pattern[str]:
    """The word itself, and not as a part of a longer address."""
    return re.compile(rf"(?<![\d.]){re.escape(word)}(?![\d/]|\.\d)")


def tracked() -> dict[str, str]:
    """Every text that Git keeps, by its path."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, timeout=60).stdout
    files = (ROOT / name for name in listed.decode().split("\0") if name)
    return {
        file.relative_to(ROOT).as_posix(): file.read_text(encoding="utf-8", errors="replace")
        for file in files
        if file.is_file()
    }


def test_no_declared_address_or_subnet_is_repeated_anywhere() -> None:
    """Whoever moves a network changes one variable, and neither the harness nor a suite knows where it was."""
    words = declared()
    assert all(ip_network(word) for word in words)
    assert list(repeated(tracked(), words)) == []


def test_an_address_that_is_repeated_is_found() -> None:
    """With the file it stands in; those that have a reason are left alone."""
    (word, *_) = sorted(declared())
    files = {"src/there.py": f"HOST = '{word}'", "src/other.py": f"{word}9", "stack/compose.yaml": word}
    assert list(repeated(files, frozenset({word}))) == [f"src/there.py: {word}"]
