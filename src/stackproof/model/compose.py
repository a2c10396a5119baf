"""The Compose model, as far as stackproof reads or rewrites it; all else in a file is kept as it is.

Format: the Compose specification, https://github.com/compose-spec/compose-spec/blob/main/spec.md, in the resolved
form that ``docker compose config`` writes.
"""

from pydantic import BaseModel, ConfigDict, Field, field_validator

from stackproof.model.stack import ProbeKind


class _Kept(BaseModel):
    """A part of a compose file whose other keys pass through untouched."""

    model_config = ConfigDict(extra="allow", frozen=True, populate_by_name=True)


class Attachment(_Kept):
    """How a service is attached to one network."""

    aliases: tuple[str, ...] = ()
    ipv4_address: str | None = None


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
    """What a service tells stackproof, under ``x-stackproof``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    interpose: bool = True
    probes: dict[ProbeKind, str] = Field(default_factory=dict)


class ComposeService(_Kept):
    """One service."""

    image: str | None = None
    build: dict[str, object] | None = None
    networks: dict[str, Attachment | None] = Field(default_factory=dict)
    ports: tuple[ComposePort, ...] = ()
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
    pull_policy: str | None = None
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
        exposed = {int(text.split("/")[0]) for text in self.expose if not text.endswith("/udp")}
        opened = {port.target for port in self.ports if port.protocol == "tcp"}
        return tuple(sorted(exposed | opened))


class Pool(_Kept):
    """One address range of a network."""

    subnet: str | None = None
    ip_range: str | None = None


class Ipam(_Kept):
    """The address ranges of a network."""

    config: tuple[Pool, ...] = ()


class ComposeNetwork(_Kept):
    """One network."""

    name: str | None = None
    internal: bool = False
    external: bool = False
    ipam: Ipam = Field(default_factory=Ipam)
    labels: dict[str, str] = Field(default_factory=dict)

    @property
    def subnet(self) -> str | None:
        """The declared CIDR, if there is one."""
        return next((pool.subnet for pool in self.ipam.config if pool.subnet), None)


class ComposeVolume(_Kept):
    """One volume."""

    name: str | None = None
    external: bool = False
    labels: dict[str, str] = Field(default_factory=dict)


class ComposeFile(_Kept):
    """A whole resolved compose file."""

    name: str
    services: dict[str, ComposeService]
    networks: dict[str, ComposeNetwork] = Field(default_factory=dict)
    volumes: dict[str, ComposeVolume] = Field(default_factory=dict)

    @field_validator("networks", "volumes", mode="before")
    @classmethod
    def _null_members(cls, value: object) -> object:
        return {name: member or {} for name, member in value.items()} if isinstance(value, dict) else value

    def document(self) -> dict[str, object]:
        """The file as plain data, ready to be written."""
        return self.model_dump(by_alias=True, exclude_unset=True, exclude_none=True, mode="json")
