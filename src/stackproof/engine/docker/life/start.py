"""Starts what a declaration declares: its disks and images first, then the stack itself."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from stackproof.engine.docker.compose.compose_declaration import compose_of
from stackproof.engine.docker.images.needed import images_for
from stackproof.engine.docker.life.manifest import RunManifest
from stackproof.engine.docker.life.small_disks import attach_disks
from stackproof.engine.port.order import StartOrder

if TYPE_CHECKING:
    from stackproof.engine.port.life import Report


def start(order: StartOrder, report: "Report") -> RunManifest:
    """Build the images that are missing, and start the stack with proxies in it.

    Raises:
        DeclarationError: The declaration cannot be started as it is.
        EngineError: It did not come up; what was started of it is left.
    """
    compose, stack = compose_of(order.declaration), order.declaration.stack
    with ThreadPoolExecutor(1, "disks") as pool:  # a container makes them, while images are looked for
        disks = pool.submit(attach_disks, order.run, order.folder, compose, report)
        images = images_for(compose, stack.file, report)
        from stackproof.engine.docker.life.launch import Launch, launch  # noqa: PLC0415 - a boot preloads it meanwhile

        wanted = Launch(
            compose=compose,
            stack=stack,
            run=order.run,
            folder=order.folder,
            proxy_image=images.proxy,
            images=images.services,
            ports=order.ports,
            disks=disks.result(),
        )
        return launch(wanted, lambda: report(f"starting {len(stack.standing)} services and their proxies"))
