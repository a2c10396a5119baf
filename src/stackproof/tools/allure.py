"""Generates the report's pages with Allure, in the tools image."""

import io
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path

from stackproof.engine.docker.images.build import TOOLS, ensure_image
from stackproof.model import EngineError

_HISTORY = "history.jsonl"
_TIMEOUT_S = 300.0
_FIX = "run `stackproof doctor`; the results are kept, and `stackproof report` generates the pages from them"


def generate(results: Iterable[Path], history: Path, report: Path, title: str) -> None:
    """Generate one HTML report from Allure results, and add the run to the history that its trends show.

    Results and pages are passed through pipes, so user ids and the engine's location do not matter.

    Args:
        results: Folders of Allure results, of one run or of several suites.
        history: File of earlier runs; it is created if it is missing.
        report: Folder of the pages; its contents are replaced.
        title: The report's name.

    Raises:
        EngineError: The generator could not be run.
    """
    image = ensure_image(TOOLS, lambda _line: None)
    command = ["docker", "run", "--interactive", "--rm", "--network=none", image, "allure-report"]
    try:
        done = subprocess.run(
            [*command, "--report-name", title],
            input=_packed(results, history),
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise EngineError(f"the report generator did not finish within {_TIMEOUT_S:.0f} s", fix=_FIX) from None
    if done.returncode != 0:
        output = done.stderr.decode(errors="replace").strip()[-500:]
        raise EngineError(f"the report generator failed: {output}", fix=_FIX)
    _unpack(done.stdout, history, report)


def _packed(results: Iterable[Path], history: Path) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for folder in results:
            for file in sorted(folder.iterdir()):
                archive.add(file, f"results/{file.name}")
        if history.exists():
            archive.add(history, _HISTORY)
    return packed.getvalue()


def _unpack(pages: bytes, history: Path, report: Path) -> None:
    report.mkdir(parents=True, exist_ok=True)
    with tarfile.open(fileobj=io.BytesIO(pages)) as archive:
        for member in archive.getmembers():
            content = archive.extractfile(member)
            if content is None:
                continue
            target = history if member.name == _HISTORY else report / Path(member.name).relative_to("report")
            target.parent.mkdir(parents=True, exist_ok=True)
            partial = target.with_name(f".{target.name}.partial")
            partial.write_bytes(content.read())
            partial.replace(target)
