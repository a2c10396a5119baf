"""The Compose model, as far as stackproof reads or rewrites it; everything else in a file is kept as it is.

Format: the Compose specification, https://github.com/compose-spec/compose-spec/blob/main/spec.md, in the resolved
form that ``docker compose config`` writes.
"""

import re
from collections.abc import Collection
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_serializer, field_validator, model_validator

from stackproof.engine.port.declaration import AlertingRole
from stackproof.model.stack import ProbeKind

SMALLEST_DISK_BYTES = 8 * 2**20
"""A file system needs this much for itself."""

LARGEST_DISK_BYTES = 2 * 2**30
"""No test should have to fill more than this."""

_SIZE = re.compile(r"(?P<number>\d+)(?P<unit>[kmg]?)b?", re.IGNORECASE)
_UNITS = {"": 0, "k": 10, "m": 20, "g": 30}


class _Kept(BaseModel):
    """A part of a compose file whose other keys pass through untouched."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)


class Attachment(_Kept):
    """A service's attachment to one network."""

    aliases: tuple[str, ...] = ()
    ipv4_address: str | None = None
    ipv6_address: str | None = None


class ComposePort(_Kept):
    """A port opened on the host."""

    target: int
    published: str | None = None
    host_ip: str | None = None
    protocol: str = "tcp"
    mode: str = "ingress"


class Dependency(_Kept):
    """A service waited for."""

    condition: str = "service_started"
    required: bool = True


class OurKeys(BaseModel):
    """A service's keys for stackproof, under ``x-stackproof``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    interpose: bool = True
    probes: dict[ProbeKind, str] = Field(default_factory=dict)


class ResourceLimits(_Kept):
    """What a service may use: processors, and bytes of memory."""

    cpus: float | None = None
    memory: int | None = None

    @field_serializer("memory")
    def _as_text(self, size_bytes: int | None) -> str | None:
        """Compose writes a number here, and reads a text alone."""
        return None if size_bytes is None else str(size_bytes)


class Resources(_Kept):
    """What a service may and must have."""

    limits: ResourceLimits = Field(default_factory=ResourceLimits)


class RestartCondition(_Kept):
    """When a service is started again, in the terms of ``deploy``."""

    condition: str = "any"
    max_attempts: int = 0


class Deploy(_Kept):
    """How a service is deployed."""

    restart_policy: RestartCondition | None = None
    resources: Resources = Field(default_factory=Resources)


class ConfigUse(_Kept):
    """A service's use of a configuration file."""

    source: str
    target: str | None = None


def _ports_of(text: str) -> range:
    """The ports of an entry of ``expose``: ``9000``, ``9000/tcp`` or ``9000-9002``."""
    first, _, last = text.partition("/")[0].partition("-")
    return range(int(first), int(last or first) + 1)


class ComposeService(_Kept):
    """One service."""

    image: str | None = None
    build: dict[str, object] | None = None
    networks: dict[str, Attachment | None] = Field(default_factory=dict)
    ports: tuple[ComposePort, ...] = ()
    configs: tuple[ConfigUse, ...] = ()
    command: tuple[str, ...] | None = None
    expose: tuple[str, ...] = ()
    depends_on: dict[str, Dependency] = Field(default_factory=dict)
    healthcheck: dict[str, object] | None = None
    profiles: tuple[str, ...] = ()
    labels: dict[str, str] = Field(default_factory=dict)
    network_mode: str | None = None
    pid: str | None = None
    ipc: str | None = None
    volumes_from: tuple[str, ...] = ()
    container_name: str | None = None
    hostname: str | None = None
    pull_policy: str | None = None
    restart: str | None = None
    cpus: float | None = None
    mem_limit: int | None = None
    pids_limit: int | None = None
    user: str | None = None
    privileged: bool = False
    read_only: bool = False
    cap_add: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    security_opt: tuple[str, ...] = ()
    deploy: Deploy = Field(default_factory=Deploy)
    ours: OurKeys = Field(default_factory=OurKeys, alias="x-stackproof")

    @field_validator("networks", mode="before")
    @classmethod
    def _null_is_empty(cls, value: object) -> object:
        return {} if value is None else value

    @field_validator("expose", mode="before")
    @classmethod
    def _ports_as_text(cls, value: object) -> object:
        return tuple(str(port) for port in value) if isinstance(value, list | tuple) else value

    @property
    def listens_on(self) -> tuple[int, ...]:
        """TCP ports from ``expose`` and ``ports``, ascending."""
        exposed = {port for text in self.expose if not text.endswith("/udp") for port in _ports_of(text)}
        opened = {port.target for port in self.ports if port.protocol == "tcp"}
        return tuple(sorted(exposed | opened))


class IpamPool(_Kept):
    """One address range of a network."""

    subnet: str | None = None
    ip_range: str | None = None


class Ipam(_Kept):
    """The address ranges of a network."""

    config: tuple[IpamPool, ...] = ()


class ComposeNetwork(_Kept):
    """One network."""

    name: str | None = None
    internal: bool = False
    external: bool = False
    ipam: Ipam = Field(default_factory=Ipam)
    labels: dict[str, str] = Field(default_factory=dict)

    @property
    def subnet(self) -> str | None:
        """The declared CIDR of IPv4, if there is one."""
        declared = (pool.subnet for pool in self.ipam.config if pool.subnet)
        return next((subnet for subnet in declared if ":" not in subnet), None)


class OurVolumeKeys(BaseModel):
    """A volume's keys for stackproof, under ``x-stackproof``.

    Attributes:
        capacity: How much it holds in a run, in bytes; as much as the machine where None. Written ``256m`` or ``1g``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    capacity: int | None = None

    @field_validator("capacity", mode="before")
    @classmethod
    def _in_bytes(cls, value: object) -> object:
        match = _SIZE.fullmatch(str(value))
        size_bytes = int(match["number"]) << _UNITS[match["unit"].lower()] if match else 0
        if not SMALLEST_DISK_BYTES <= size_bytes <= LARGEST_DISK_BYTES:
            raise ValueError("expected a capacity from 8m to 2g, such as 256m")
        return size_bytes


class ComposeVolume(_Kept):
    """One volume."""

    name: str | None = None
    external: bool = False
    driver: str | None = None
    driver_opts: dict[str, str] = Field(default_factory=dict)
    labels: dict[str, str] = Field(default_factory=dict)
    ours: OurVolumeKeys = Field(default_factory=OurVolumeKeys, alias="x-stackproof")

    @model_validator(mode="after")
    def _capacity_alone(self) -> Self:
        if self.ours.capacity is not None and (self.external or self.driver_opts or self.driver not in {None, "local"}):
            raise ValueError("expected x-stackproof: capacity on a volume that has no driver and is not external")
        return self


class OurConfigKeys(BaseModel):
    """A configuration file's keys for stackproof, under ``x-stackproof``.

    Attributes:
        role: What it is to those who watch the stack, where drills run it on a faster clock; else None.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: AlertingRole | None = None


class ComposeConfig(_Kept):
    """One configuration file, mounted into services."""

    file: str | None = None
    ours: OurConfigKeys = Field(default_factory=OurConfigKeys, alias="x-stackproof")


class ComposeFile(_Kept):
    """A whole resolved compose file."""

    name: str
    services: dict[str, ComposeService]
    networks: dict[str, ComposeNetwork] = Field(default_factory=dict)
    volumes: dict[str, ComposeVolume] = Field(default_factory=dict)
    configs: dict[str, ComposeConfig] = Field(default_factory=dict)

    @field_validator("networks", "volumes", "configs", mode="before")
    @classmethod
    def _null_members(cls, value: object) -> object:
        return {name: member or {} for name, member in value.items()} if isinstance(value, dict) else value

    @property
    def capacities(self) -> dict[str, int]:
        """The capacity of each volume that has one, in bytes, by its name."""
        declared = {name: volume.ours.capacity for name, volume in self.volumes.items()}
        return {name: size_bytes for name, size_bytes in declared.items() if size_bytes is not None}

    def without_capacities(self) -> Self:
        """The same file, with ordinary volumes."""
        volumes = {name: each.model_copy(update={"ours": OurVolumeKeys()}) for name, each in self.volumes.items()}
        return self.model_copy(update={"volumes": volumes})

    def with_profiles(self, names: Collection[str]) -> Self:
        """The same file, with the services of these profiles started like the others; ``*`` names all profiles."""
        services = {
            name: each.model_copy(update={"profiles": ()}) if "*" in names or {*names} & {*each.profiles} else each
            for name, each in self.services.items()
        }
        return self.model_copy(update={"services": services})

    def document(self) -> dict[str, object]:
        """The file as plain data, ready to be written."""
        return self.model_dump(by_alias=True, exclude_unset=True, exclude_none=True, mode="json")
