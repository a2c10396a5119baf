"""Runs commands inside containers, bounded in time: the engine's client for Python cannot bound them."""

import subprocess

from stackproof.model import EngineError


def run_in(container: str, command: tuple[str, ...], timeout_s: float, named: str) -> str:
    """Run a command in a container to its end.

    Args:
        container: Name or id of the container.
        command: The command.
        timeout_s: How long it may take, in seconds.
        named: What it is called in errors.

    Returns:
        All that it printed.

    Raises:
        EngineError: It failed, or did not end in time.
    """
    try:
        done = subprocess.run(
            ("docker", "exec", container, *command), capture_output=True, timeout=timeout_s, check=False
        )
    except subprocess.TimeoutExpired:
        raise EngineError(f"{named} gave no answer within {timeout_s:g} s") from None
    text = done.stdout.decode(errors="replace")
    if done.returncode != 0:
        complaint = done.stderr.decode(errors="replace").strip() or text.strip()
        raise EngineError(f"{named} ended with {done.returncode}: {complaint}")
    return text
