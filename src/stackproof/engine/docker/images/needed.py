"""The images that a run needs, built where they are missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stackproof.engine.docker.compose.model import ComposeFile
from stackproof.engine.docker.images.build import FAULTS, TOXIPROXY, ensure_image, local_images
from stackproof.engine.docker.images.services import ensure_service_images


@dataclass(frozen=True, slots=True)
class RunImages:
    """Images by their full names.

    Attributes:
        proxy: Toxiproxy's.
        services: The image of each service that is built, or that uses the image of one that is, by service name.
    """

    proxy: str
    services: Mapping[str, str]


def images_for(compose: ComposeFile, stack_file: Path, report: Callable[[str], None]) -> RunImages:
    """Build what is missing; an image whose inputs did not change is never built twice.

    A service that is not started with the stack gets none: Compose builds it when it is started by hand.

    Raises:
        DeclarationError: A build context is missing.
        EngineError: A build failed, or no engine answers.
    """
    wanted = {service.image for service in compose.services.values() if not service.profiles}
    builds = {
        name: service.build
        for name, service in compose.services.items()
        if service.build is not None and (not service.profiles or service.image in wanted - {None})
    }
    local = local_images()
    ensure_image(FAULTS, report, local)  # for helpers: a build in the middle of an experiment would spoil its times
    proxy, built = ensure_image(TOXIPROXY, report, local), ensure_service_images(stack_file, builds, report, local)
    return RunImages(proxy, {**_shared(compose, built), **built})


def _shared(compose: ComposeFile, built: Mapping[str, str]) -> dict[str, str]:
    """Images of services that build none and name that of one that does, as several workers of one program do."""
    by_tag = {compose.services[name].image: image for name, image in built.items()}
    return {name: by_tag[service.image] for name, service in compose.services.items() if service.image in by_tag}
