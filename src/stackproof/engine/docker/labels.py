"""Labels that everything of ours in the container engine carries, so that it can be found and removed."""

RUN = "org.stackproof.run"
"""Id of the run that made it. Whatever carries no such label is not ours and is never touched."""

SERVICE = "org.stackproof.service"
"""Name of the service, as the stack's compose file has it."""

ROLE = "org.stackproof.role"
"""What a container is to its service: ROLE_SERVICE, ROLE_PROXY or ROLE_HELPER."""

ROLE_SERVICE = "service"
"""The service itself."""

ROLE_PROXY = "proxy"
"""The Toxiproxy before it."""

ROLE_HELPER = "helper"
"""A container that a fault put beside it."""

HELPER = "org.stackproof.helper"
"""Name of a helper at its service."""

FOLDER = "org.stackproof.folder"
"""The run's folder on the host."""

IMAGE = "org.stackproof.image"
"""Short name of an image, on the images that we build."""
