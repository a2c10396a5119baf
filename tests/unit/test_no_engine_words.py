"""No word of one engine stands outside its own folder: everything else asks the port."""

import re
from collections.abc import Iterator
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src" / "stackproof"
ENGINES_OWN = ("engine/docker/", "engine/toxiproxy/", "host/", "images/")
"""The implementations, what prepares a machine for them, and what their images are built from."""

_WORD = re.compile(r"docker|compose|toxi", re.IGNORECASE)
_PICKED = (
    "engine/engines.py",
    re.compile(r'_ENGINES = \{"docker": "stackproof\.engine\.docker\.engine"\}|_DEFAULT = "docker"'),
)
"""The one place that names the engines."""


def engine_words(sources: Path) -> Iterator[str]:
    """Every line with a word of one engine, as ``FILE:LINE: TEXT``."""
    allowed = dict((_PICKED,))
    for file in sorted(each for each in sources.rglob("*") if each.is_file() and "__pycache__" not in each.parts):
        name = file.relative_to(sources).as_posix()
        if name.startswith(ENGINES_OWN):
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            text = allowed[name].sub("", line) if name in allowed else line
            if _WORD.search(text):
                yield f"{name}:{number}: {line.strip()}"


def test_no_word_of_one_engine_stands_outside_its_folder() -> None:
    """A second engine fits in without a change of names, messages or types elsewhere."""
    assert not [*engine_words(SOURCES)]


def test_such_a_word_is_found(tmp_path: Path) -> None:
    """The search sees each word in any case, and leaves the engine's own folder alone."""
    (tmp_path / "engine" / "docker").mkdir(parents=True)
    (tmp_path / "engine" / "docker" / "api.py").write_text("import docker\n", encoding="utf-8")
    (tmp_path / "run.py").write_text("A = 1\nDockerEngine\n# a Compose file\ntoxics = ()\n", encoding="utf-8")
    (tmp_path / "engine" / "engines.py").write_text('_DEFAULT = "docker"\nimport docker\n', encoding="utf-8")
    assert [line.partition(": ")[0] for line in engine_words(tmp_path)] == [
        "engine/engines.py:2",
        "run.py:2",
        "run.py:3",
        "run.py:4",
    ]
