"""The contract of the socket protocol, as a suite asks for it."""

import pytest

from stackproof.model import StackproofError
from stackproof.testing.stored_files import MIME_PROPERTIES, mime_contract


def test_the_contract_has_the_limits_of_the_server() -> None:
    """What is not given is the documented default."""
    contract = mime_contract("mime://localhost:1", 7, 100, max_size_bytes=10, refusals=("policy_refused",))
    assert (contract.limits.max_size_bytes, contract.limits.refusals) == (10, ("policy_refused",))
    assert mime_contract("mime://localhost:1").limits.max_size_bytes == 100 * 1024 * 1024
    assert "wrong-frames" in MIME_PROPERTIES


def test_a_contract_without_a_server_is_an_error() -> None:
    """Nothing was tested, so nothing may pass."""
    with pytest.raises(StackproofError):
        list(mime_contract("mime://127.0.0.1:9").check())
