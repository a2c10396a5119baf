"""Reads the template files that an Alertmanager configuration names.

Source: https://prometheus.io/docs/alerting/latest/configuration/#file-layout-and-global-settings (``templates``).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from glob import glob
from pathlib import Path

from stackproof.documents.text_files import read_text
from stackproof.model.file_problem import FileProblemError
from stackproof.model.monitoring import TemplateFile


@dataclass(frozen=True, slots=True)
class TemplateFiles:
    """What was found.

    Attributes:
        files: The files that can be read.
        complete: Whether each pattern names at least one file, and all could be read.
    """

    files: tuple[TemplateFile, ...]
    complete: bool


def read_template_files(configuration: Path, patterns: Iterable[str]) -> TemplateFiles:
    """Read template files; those of a container's file system are often not here, which is no problem.

    Args:
        configuration: The configuration that names them; relative patterns are relative to its folder.
        patterns: The patterns.
    """
    files: dict[Path, TemplateFile] = {}
    complete = True
    for pattern in patterns:
        names = sorted(glob(str(configuration.parent / pattern)))  # noqa: PTH207 - the pattern may begin anywhere
        complete = complete and bool(names)
        for name in names:
            try:
                files[Path(name)] = TemplateFile(Path(name), read_text(Path(name)))
            except FileProblemError:
                complete = False
    return TemplateFiles(tuple(files.values()), complete)
