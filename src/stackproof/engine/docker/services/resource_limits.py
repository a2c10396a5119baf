"""What a service may use of the machine: now, as declared, and setting it."""

from stackproof.engine.docker.api_client import connect
from stackproof.engine.docker.compose.layout import upstream_name
from stackproof.engine.docker.compose.model import ComposeFile, ComposeService
from stackproof.engine.docker.containers import RunContainers
from stackproof.engine.docker.life.manifest import RunManifest
from stackproof.engine.port.limits import Limits
from stackproof.model import EngineError

_NANO = 1_000_000_000
_PERIOD_US = 100_000
_UNLIMITED = -1
_ALL_MEMORY = 2**60  # an engine cannot take a limit on memory away again: this is one that no machine meets


def limits_of(containers: RunContainers, service: str) -> Limits:
    """What a service may use now.

    Raises:
        EngineError: It has no container.
    """
    with containers.of(service) as container:
        config = container.attrs["HostConfig"]
    cpus = config["NanoCpus"] / _NANO if config["NanoCpus"] else _from_quota(config["CpuQuota"], config["CpuPeriod"])
    return Limits(cpus, config["Memory"] if 0 < config["Memory"] < _ALL_MEMORY else None)


def _from_quota(quota_us: int, period_us: int) -> float | None:
    return quota_us / (period_us or _PERIOD_US) if quota_us > 0 else None


def declared_limits_of(manifest: RunManifest, service: str) -> Limits:
    """What the run's compose file lets a service use, whatever was set since."""
    declared = declared_service(manifest, service)
    deployed = declared.deploy.resources.limits
    return Limits(declared.cpus or deployed.cpus, declared.mem_limit or deployed.memory)


def declared_service(manifest: RunManifest, service: str) -> ComposeService:
    """A service in the run's compose file."""
    text = (manifest.folder / "compose.yaml").read_text(encoding="utf-8")
    services = ComposeFile.model_validate_json(text).services
    return services[upstream_name(service) if service in manifest.listeners else service]


def set_limits(containers: RunContainers, service: str, limits: Limits) -> None:
    """Set what a service may use, while it runs.

    Raises:
        EngineError: The engine refuses it; a kernel may refuse less memory than is in use.
    """
    with containers.of(service) as container:
        name, config = str(container.id), container.attrs["HostConfig"]
        # An engine takes no quota for a container that was made with a number of processors, and docker-py knows the
        # quota alone. Format: https://docs.docker.com/reference/api/engine/version/v1.44/#operation/ContainerUpdate
        memory = _ALL_MEMORY if limits.memory_bytes is None else limits.memory_bytes
        wanted = {"Memory": memory, "MemorySwap": memory}
        if config["NanoCpus"] and limits.cpus is not None:
            wanted |= {"NanoCpus": round(limits.cpus * _NANO)}
        else:
            quota_us = _UNLIMITED if limits.cpus is None else round(limits.cpus * _PERIOD_US)
            wanted |= {"CpuPeriod": _PERIOD_US, "CpuQuota": quota_us}
        api = connect().api
        response = api.post(f"{api.base_url}/v{api.api_version}/containers/{name}/update", json=wanted)
        if not response.ok:
            raise EngineError(f"expected {service!r} to be limited to {limits}, but: {response.text.strip()}")
