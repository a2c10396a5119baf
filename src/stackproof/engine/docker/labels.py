"""Labels of everything of ours in the engine, by which it is found and removed."""

RUN = "org.stackproof.run"
"""Id of the run that made it. What does not carry this label is not ours and is never touched."""

SERVICE = "org.stackproof.service"
"""Name of the service in the compose file."""

ROLE = "org.stackproof.role"
"""What a container is to its service: ROLE_SERVICE, ROLE_PROXY or ROLE_HELPER."""

ROLE_SERVICE = "service"
"""The service itself."""

ROLE_PROXY = "proxy"
"""The Toxiproxy before it."""

ROLE_HELPER = "helper"
"""A helper at it."""

HELPER = "org.stackproof.helper"
"""Name of a helper at its service."""

FOLDER = "org.stackproof.folder"
"""The run's folder on the host."""

IMAGE = "org.stackproof.image"
"""Short name of an image, on the images that we build."""
