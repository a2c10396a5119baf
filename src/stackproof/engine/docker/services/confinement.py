"""What keeps a service's container from doing more than it has to: in the engine, and as declared."""

from collections.abc import Iterable

from stackproof.engine.docker.api_client import connect, engine_errors
from stackproof.engine.docker.containers import RunContainers
from stackproof.engine.docker.life.manifest import RunManifest
from stackproof.engine.docker.services.resource_limits import declared_limits_of, declared_service, limits_of
from stackproof.engine.port.limits import Confinement

_NO_NEW_PRIVILEGES = {"no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"}


def confinement_of(containers: RunContainers, service: str) -> Confinement:
    """The confinement of a service's container, as the engine has it.

    Raises:
        EngineError: It has no container.
    """
    with containers.of(service) as container:
        config, user = container.attrs["HostConfig"], container.attrs["Config"]["User"]
    return Confinement(
        user=user,
        privileged=config["Privileged"],
        read_only=config["ReadonlyRootfs"],
        dropped=_capabilities(config["CapDrop"] or ()),
        added=_capabilities(config["CapAdd"] or ()),
        no_new_privileges=not _NO_NEW_PRIVILEGES.isdisjoint(config["SecurityOpt"] or ()),
        limits=limits_of(containers, service),
        processes=_processes(config["PidsLimit"]),
    )


def declared_confinement_of(manifest: RunManifest, service: str) -> Confinement:
    """The confinement that the run's compose file declares; where it names no user, the image's is meant.

    Raises:
        EngineError: The image does not exist.
    """
    declared = declared_service(manifest, service)
    with engine_errors(f"looking at the image of {service!r}"):
        image = connect().images.get(str(declared.image))
    return Confinement(
        user=declared.user or image.attrs["Config"].get("User", ""),
        privileged=declared.privileged,
        read_only=declared.read_only,
        dropped=_capabilities(declared.cap_drop),
        added=_capabilities(declared.cap_add),
        no_new_privileges=not _NO_NEW_PRIVILEGES.isdisjoint(declared.security_opt),
        limits=declared_limits_of(manifest, service),
        processes=_processes(declared.pids_limit),
    )


def _capabilities(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.upper().removeprefix("CAP_") for name in names)


def _processes(limit: int | None) -> int | None:
    return limit if limit and limit > 0 else None
