"""Runs commands inside containers with a deadline, which the engine's client for Python cannot set."""

import subprocess

from stackproof.model import EngineError


def run_in(container: str, command: tuple[str, ...], timeout_s: float, description: str) -> str:
    """Run a command in a container to its end, and return its standard output.

    Args:
        container: Name or id of the container.
        command: The command and its arguments.
        timeout_s: How long it may take, in seconds.
        description: What it is called in errors.

    Raises:
        EngineError: It failed, or did not end in time.
    """
    try:
        done = subprocess.run(
            ("docker", "exec", container, *command), capture_output=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired:
        raise EngineError(f"{description} did not end within {timeout_s:g} s") from None
    output = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        complaint = done.stderr.decode(errors="replace").strip() or output.strip()
        raise EngineError(f"{description} ended with {done.returncode}: {complaint}")
    return output
