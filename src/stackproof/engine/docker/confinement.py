"""What keeps a service's container from doing more than it must: as the engine has it, and as it was declared."""

from collections.abc import Iterable

from stackproof.engine.docker.client import connect, engine_errors
from stackproof.engine.docker.containers import Containers
from stackproof.engine.docker.limits import declared_limits_of, declared_service, limits_of
from stackproof.engine.docker.standing import Standing
from stackproof.engine.port import Confinement

_NO_NEW_PRIVILEGES = {"no-new-privileges", "no-new-privileges:true", "no-new-privileges=true"}


def confinement_of(containers: Containers, service: str) -> Confinement:
    """What the engine keeps a service's container from.

    Raises:
        EngineError: It has no container.
    """
    with containers.at(service) as container:
        set_, user = container.attrs["HostConfig"], container.attrs["Config"]["User"]
    return Confinement(
        user=user,
        privileged=set_["Privileged"],
        read_only=set_["ReadonlyRootfs"],
        dropped=_capabilities(set_["CapDrop"] or ()),
        added=_capabilities(set_["CapAdd"] or ()),
        no_new_privileges=not _NO_NEW_PRIVILEGES.isdisjoint(set_["SecurityOpt"] or ()),
        limits=limits_of(containers, service),
        processes=_processes(set_["PidsLimit"]),
    )


def declared_confinement_of(standing: Standing, service: str) -> Confinement:
    """What the run's compose file keeps a service's container from; where it names no user, its image's is meant.

    Raises:
        EngineError: The image is not there.
    """
    declared = declared_service(standing, service)
    with engine_errors(f"looking at the image of {service!r}"):
        image = connect().images.get(str(declared.image))
    return Confinement(
        user=declared.user or image.attrs["Config"].get("User", ""),
        privileged=declared.privileged,
        read_only=declared.read_only,
        dropped=_capabilities(declared.cap_drop),
        added=_capabilities(declared.cap_add),
        no_new_privileges=not _NO_NEW_PRIVILEGES.isdisjoint(declared.security_opt),
        limits=declared_limits_of(standing, service),
        processes=_processes(declared.pids_limit),
    )


def _capabilities(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.upper().removeprefix("CAP_") for name in names)


def _processes(limit: int | None) -> int | None:
    return limit if limit and limit > 0 else None
