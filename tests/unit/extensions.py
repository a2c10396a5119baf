"""The lists of docs/extending: which files an extension consists of, and a copy of the example under another name."""

import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "docs" / "extending"
_ROW = re.compile(r"^\| (`[^|]*`) \| (?!what it holds)[^|]+\|$", re.MULTILINE)
_PLACEHOLDER = re.compile(r"\b([A-Z]+) `([a-z_]+)`")


@dataclass(frozen=True, slots=True)
class Extension:
    """A page of docs/extending.

    Attributes:
        names: The example's names by the words that stand for them.
        files: Each row's files; one of a row is enough. Words in capitals stand for names, a star for any.
    """

    names: Mapping[str, str]
    files: tuple[tuple[str, ...], ...]

    @property
    def own(self) -> tuple[str, ...]:
        """Files that the extension has for itself."""
        return tuple(file for (file, *_) in self.files if self._is_own(file))

    @property
    def shared(self) -> tuple[str, ...]:
        """Files in which it has a line."""
        return tuple(file for (file, *_) in self.files if not self._is_own(file) and "*" not in file)

    def _is_own(self, file: str) -> bool:
        return any(word in file for word in self.names)

    def path(self, file: str, names: Mapping[str, str]) -> str:
        """A path with names for the words; of pages, names have hyphens."""
        for word, name in names.items():
            file = file.replace(word, name.replace("_", "-") if "docs/checks" in file else name)
        return file


def read_extension(name: str) -> Extension:
    """The page of this name."""
    text = (PAGES / f"{name}.md").read_text(encoding="utf-8")
    files = tuple(tuple(re.findall(r"`([^`]+)`", cell)) for cell in _ROW.findall(text))
    return Extension(dict(_PLACEHOLDER.findall(text)), files)


def missing_parts(extension: Extension, root: Path) -> list[str]:
    """Rows of the list of which the example has no file, or no line in a shared one."""
    name = list(extension.names.values())[-1]
    spellings = (name, name.replace("_", "-"))

    def exists(file: str) -> bool:
        found = [found for found in root.glob(extension.path(file, extension.names)) if found.is_file()]
        if file in extension.own:
            return bool(found)
        return any(spelling in each.read_text(encoding="utf-8") for each in found for spelling in spellings)

    return [" or ".join(row) for row in extension.files if not any(map(exists, row))]


def copied_tree(into: Path) -> Path:
    """A scratch checkout: every file that Git knows, as it is now."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=60,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, into / name)
    return into


def add_copy(extension: Extension, root: Path, toy: str) -> set[str]:
    """Add the example once more under another name: its own files, and a line in each shared one; what was touched."""
    (word, name) = list(extension.names.items())[-1]
    names = {**extension.names, word: toy}
    touched = set()
    for file in extension.own:
        text = (root / extension.path(file, extension.names)).read_text(encoding="utf-8")
        path = extension.path(file, names)
        (root / path).write_text(_renamed(text, name, toy), encoding="utf-8")
        touched.add(path)
    for file in extension.shared:
        lines = (root / file).read_text(encoding="utf-8").splitlines(keepends=True)
        new = [part for line in lines for part in (line, *_line_of_toy(line, name, toy))]
        (root / file).write_text("".join(new), encoding="utf-8")
        touched.add(file)
    return touched


def _line_of_toy(line: str, name: str, toy: str) -> tuple[str, ...]:
    """The toy's line after that of the example: a row of a table, or an entry of a mapping."""
    spelling = re.escape(name).replace("_", "[-_]")
    starts = re.match(rf'(\| \[[\w/-]*{spelling}\]\(|    "{spelling}": )', line)
    return (_renamed(line, name, toy),) if starts else ()


def _renamed(text: str, name: str, toy: str) -> str:
    for old, new in ((name, toy), (name.replace("_", "-"), toy.replace("_", "-"))):
        text = re.sub(rf"(?<![a-zA-Z]){re.escape(old)}(?![a-zA-Z])", new, text)
    return text
