"""Runs promtool, amtool and amlint on files, in one container of the tools image without network."""

import io
import re
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from stackproof.engine.engines import default_engine
from stackproof.model import EngineError

_TIMEOUT_S = 60.0
_FIX = "run `stackproof setup`, or leave the tools out with --no-tools"
# Files are passed through a pipe, so user ids and the engine's location do not matter.
_SCRIPT = r"""
mkdir -p /tmp/files && cd /tmp/files && tar -xf - || exit 3
for folder in */; do
    set -- "$folder"*
    case "$folder" in
        *.rules/) promtool check rules "$1" >said 2>&1 ;;
        *.config/) promtool check config --syntax-only "$1" >said 2>&1 ;;
        *.routes/) amtool check-config "$1" >said 2>&1 ;;
        *.metrics/) promtool check metrics <"$1" >said 2>&1 ;;
        *.lint/) amlint check --format json --exit-zero "$1" >said 2>/dev/null ;;
    esac
    printf '\n\001%s %s\n' "${folder%%.*}" "$?"
    cat said
done
"""
_ANSWER = re.compile(r"^\x01(\d+) (\d+)\n", re.MULTILINE)


class AlertTool(StrEnum):
    """A check by a tool; the value selects it in the script."""

    RULES = "rules"
    CONFIG = "config"
    ROUTES = "routes"
    LINT = "lint"
    METRICS = "metrics"

    @property
    def program(self) -> str:
        """The program that does it."""
        return {AlertTool.ROUTES: "amtool", AlertTool.LINT: "amlint"}.get(self, "promtool")


@dataclass(frozen=True, slots=True)
class ToolQuestion:
    """A file and the check to run on it.

    Attributes:
        tool: The check.
        file: The file.
    """

    tool: AlertTool
    file: Path


@dataclass(frozen=True, slots=True)
class ToolAnswer:
    """The result of a tool's check of a file.

    Attributes:
        question: The file and the check.
        ok: True if the tool found nothing wrong.
        text: The tool's output.
    """

    question: ToolQuestion
    ok: bool
    text: str


def ask_tools(questions: Sequence[ToolQuestion]) -> tuple[ToolAnswer, ...]:
    """Run tools on files.

    Raises:
        EngineError: No engine answers, the image is missing (it is not built here, because that takes minutes), or the
            container failed.
    """
    if not questions:
        return ()
    toolbox = default_engine().toolbox
    if not toolbox.is_built():
        raise EngineError("the image of promtool and amtool is not there", fix=_FIX)
    try:
        done = toolbox.run(("sh", "-c", _SCRIPT), _packed(questions), _TIMEOUT_S)
    except TimeoutError:
        raise EngineError(f"promtool and amtool gave no answer within {_TIMEOUT_S:.0f} s", fix=_FIX) from None
    if done.code != 0:
        raise EngineError(f"promtool and amtool could not be run: {done.errors[-300:]}", fix=_FIX)
    return _answers(questions, done.output.decode(errors="replace"))


def _packed(questions: Sequence[ToolQuestion]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for number, question in enumerate(questions):
            content = question.file.read_bytes()
            member = tarfile.TarInfo(f"{number:06}.{question.tool}/{question.file.name}")
            member.size, member.mode = len(content), 0o644
            archive.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def _answers(questions: Sequence[ToolQuestion], text: str) -> tuple[ToolAnswer, ...]:
    marks = list(_ANSWER.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return tuple(
        ToolAnswer(questions[int(mark[1])], ok=mark[2] == "0", text=text[mark.end() : end].strip())
        for mark, end in zip(marks, ends, strict=True)
    )
