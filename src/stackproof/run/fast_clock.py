"""A stack whose alerting runs on a quicker clock: the same rules, routes and scraping, compressed.

Nobody's files are touched: the run's folder gets compressed copies, and the run's compose file names those.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from stackproof.alerts.compression.compressed_files import (
    compress_routing,
    compress_rules,
    compress_scraping,
    prometheus_flags,
)
from stackproof.engine.docker.compose.model import ComposeConfig, ComposeFile, ComposeService, ConfigRole
from stackproof.model import DeclarationError, Location

_FOLDER = "clock"
_Compress = Callable[[str, float, Path], str]
_COMPRESS: Mapping[ConfigRole, _Compress] = {
    ConfigRole.RULES: compress_rules,
    ConfigRole.ROUTING: compress_routing,
    ConfigRole.SCRAPING: compress_scraping,
}


def quickened(compose: ComposeFile, factor: float, folder: Path) -> ComposeFile:
    """Let the alerting of a stack run a number of times as fast.

    Args:
        compose: The resolved compose file; its configs say their role under ``x-stackproof``.
        factor: How many times as fast; 1 leaves all as it is.
        folder: The run's folder, which takes the compressed copies.

    Raises:
        DeclarationError: No config says a role, or one cannot be read or compressed; the error names file and line.
    """
    if factor == 1:
        return compose
    roles = {name: config for name, config in compose.configs.items() if config.ours.role}
    if not roles:
        raise DeclarationError(
            "expected configs with x-stackproof: {role: rules}, routing or scraping, saw none to quicken",
            fix="give Prometheus and Alertmanager their files as Compose configs, and say each one's role",
        )
    copies = {name: _compressed(name, config, factor, folder / _FOLDER) for name, config in roles.items()}
    scraping = {name for name, config in roles.items() if config.ours.role is ConfigRole.SCRAPING}
    services = {name: _with_flags(service, scraping, factor) for name, service in compose.services.items()}
    return compose.model_copy(update={"configs": {**compose.configs, **copies}, "services": services})


def _compressed(name: str, config: ComposeConfig, factor: float, folder: Path) -> ComposeConfig:
    role = config.ours.role
    if role is None or config.file is None:
        raise DeclarationError(f"expected a file of the config {name!r}, which has a role", fix="give it file: PATH")
    source = Path(config.file)
    try:
        text = source.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DeclarationError(f"cannot be read: {error}", where=Location(source)) from None
    folder.mkdir(exist_ok=True)
    copy = folder / f"{name}.yaml"
    copy.write_text(_COMPRESS[role](text, factor, source), encoding="utf-8")
    copy.chmod(0o644)  # whoever runs in the container reads it
    return config.model_copy(update={"file": str(copy.absolute())})


def _with_flags(service: ComposeService, scraping: set[str], factor: float) -> ComposeService:
    """Prometheus has clocks on its command line, too, and takes none of them twice."""
    if scraping.isdisjoint(use.source for use in service.configs):
        return service
    flags = prometheus_flags(factor)
    ours = {flag.partition("=")[0] for flag in flags}
    kept = (each for each in service.command or () if each.partition("=")[0] not in ours)
    return service.model_copy(update={"command": (*kept, *flags)})
