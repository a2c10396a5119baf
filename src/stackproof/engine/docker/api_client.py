"""The one way to the engine's API, with its errors as ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from stackproof.model import EngineError

if TYPE_CHECKING:
    from docker import DockerClient

_TIMEOUT_S = 60


@contextmanager
def engine_errors(doing: str) -> Iterator[None]:
    """Raise errors of docker-py as EngineError.

    Args:
        doing: What is being done, to complete "while ...".

    Raises:
        EngineError: The engine refused, or does not answer.
    """
    from docker.errors import APIError, DockerException  # noqa: PLC0415 - slow to import, needed late
    from requests import RequestException  # noqa: PLC0415 - slow to import, needed late

    try:
        yield
    except APIError as error:
        raise EngineError(f"the container engine refused while {doing}: {error.explanation or error}") from None
    except (DockerException, RequestException) as error:
        raise EngineError(
            f"expected the container engine to answer while {doing}, but: {error}", fix="run `stackproof doctor`"
        ) from None


@cache
def connect() -> "DockerClient":
    """A client of the engine that the environment names (DOCKER_HOST), one for the whole process.

    Raises:
        EngineError: No engine answers.
    """
    import docker  # noqa: PLC0415 - slow to import, needed late

    with engine_errors("connecting to it"):
        return docker.from_env(timeout=_TIMEOUT_S)
