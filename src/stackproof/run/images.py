"""The images that a run needs, made where they are missing."""

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
        services: That of each service that is built, or has the image of one that is, by service name.
    """

    proxy: str
    services: Mapping[str, str]


def images_for(compose: ComposeFile, stack_file: Path, tell: Callable[[str], None]) -> RunImages:
    """Make what is missing; an image whose inputs did not change is never made twice.

    A service that is not started with the stack gets none: whoever starts it by hand has Compose build it.

    Raises:
        DeclarationError: A build context is not there.
        EngineError: A build failed, or no engine answers.
    """
    wanted = {service.image for service in compose.services.values() if not service.profiles}
    builds = {
        name: service.build
        for name, service in compose.services.items()
        if service.build is not None and (not service.profiles or service.image in wanted - {None})
    }
    local = local_images()
    ensure_image(FAULTS, tell, local)  # for the helpers: a build in the middle of an experiment would spoil its times
    proxy, built = ensure_image(TOXIPROXY, tell, local), ensure_service_images(stack_file, builds, tell, local)
    return RunImages(proxy, {**_shared(compose, built), **built})


def _shared(compose: ComposeFile, built: Mapping[str, str]) -> dict[str, str]:
    """The images of services that build none and name that of one that does, as several workers of one program do."""
    by_tag = {compose.services[name].image: image for name, image in built.items()}
    return {name: by_tag[service.image] for name, service in compose.services.items() if service.image in by_tag}
