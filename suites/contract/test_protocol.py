"""The socket server keeps docs/protocol.md for any input, over both of its networks."""

import pytest

from stackproof import MIME_PROPERTIES, Count, Profile, Run, mime_contract
from suites.contract.inside import SERVER, unharmed

LINKS = ("public_net/mime-server:65432", "private_net/mime-server:65432")
FRAMES = {Profile.QUICK: 2000, Profile.NIGHTLY: 20_000}
"""Wrong frames over each link; conversations and crowds are in proportion."""


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("name", MIME_PROPERTIES)
def test_the_socket_protocol_holds(stack: Run, count: Count, seed: int, name: str, link: str) -> None:
    """Each answer is documented and in time; the store matches the model; the server stays within its limits."""
    contract = mime_contract(f"mime://{stack.entry(link)}", seed, FRAMES[stack.settings.profile])
    with unharmed(stack):
        (result,) = contract.check([MIME_PROPERTIES[name]])
        count(f"{name} over {link}", result.cases)
        assert not result.why, result.explanation


@pytest.mark.parametrize(
    ("file", "seen"),
    [
        ("/dev/shm/left", "touched outside the storage folder"),  # noqa: S108 - in the server's own container
        ("/storage/left", "left in the storage folder"),
    ],
)
def test_a_file_that_a_server_leaves_behind_is_noticed(stack: Run, file: str, seen: str) -> None:
    """Seen to fail: a file that was not stored is put there on purpose."""
    try:
        with pytest.raises(AssertionError, match=seen), unharmed(stack):
            stack.engine.exec(SERVER, ("touch", file))
    finally:
        stack.engine.exec(SERVER, ("rm", file))
