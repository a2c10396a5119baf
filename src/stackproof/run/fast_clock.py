"""A stack whose alerting runs on a faster clock: the same rules, routes and scraping, compressed.

The declared files are not touched: the run's folder gets compressed copies, and the run's declaration names those.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from stackproof.alerts.compression.compressed_files import (
    compress_routing,
    compress_rules,
    compress_scraping,
    prometheus_flags,
)
from stackproof.engine.port import AlertingFile, AlertingRole, Declaration
from stackproof.model import DeclarationError, Location

_FOLDER = "clock"
_Compress = Callable[[str, float, Path], str]
_COMPRESS: Mapping[AlertingRole, _Compress] = {
    AlertingRole.RULES: compress_rules,
    AlertingRole.ROUTING: compress_routing,
    AlertingRole.SCRAPING: compress_scraping,
}


def on_fast_clock(declaration: Declaration, factor: float, folder: Path) -> Declaration:
    """Let the alerting of a stack run a number of times as fast.

    Args:
        declaration: The stack; its alerting files have their roles under ``x-stackproof``.
        factor: How many times as fast; 1 changes nothing.
        folder: The run's folder, which takes the compressed copies.

    Raises:
        DeclarationError: No file has a role, or one cannot be read or compressed; the error names file and line.
    """
    if factor == 1:
        return declaration
    if not declaration.alerting:
        raise DeclarationError(
            "expected configs with x-stackproof: {role: rules}, routing or scraping, saw none to run on a faster clock",
            fix="declare the files of Prometheus and Alertmanager as `configs`, each with its role",
        )
    copies = {file.name: _compressed(file, factor, folder / _FOLDER) for file in declaration.alerting}
    fast = declaration.with_paths(copies)
    for file in declaration.alerting:
        if file.role is AlertingRole.SCRAPING:  # Prometheus has clocks on its command line, too
            fast = fast.with_arguments(file.name, tuple(prometheus_flags(factor)))
    return fast


def _compressed(file: AlertingFile, factor: float, folder: Path) -> Path:
    if file.path is None:
        raise DeclarationError(
            f"expected a file for the config {file.name!r}, which has a role", fix="give it file: PATH"
        )
    try:
        text = file.path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationError(f"cannot be read: {error}", where=Location(file.path)) from None
    folder.mkdir(exist_ok=True)
    copy = folder / f"{file.name}.yaml"
    copy.write_text(_COMPRESS[file.role](text, factor, file.path), encoding="utf-8")
    copy.chmod(0o644)  # so that any user in the container can read it
    return copy.absolute()
