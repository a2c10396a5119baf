"""What suites have in common that try what they draw."""

import secrets

import pytest


@pytest.fixture(scope="session")
def seed(pytestconfig: pytest.Config) -> int:
    """The option's, or one that is drawn; whoever draws with it tells it."""
    given: int | None = pytestconfig.getoption("--seed")
    return secrets.randbelow(2**32) if given is None else given
