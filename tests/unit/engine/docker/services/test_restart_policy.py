"""Whether a service is restarted is read as Compose reads it."""

import pytest

from stackproof.engine.docker.compose.model import ComposeService
from stackproof.engine.docker.services.restart_policy import declared_policy


@pytest.mark.parametrize(
    ("service", "policy"),
    [
        ({}, ("no", 0)),
        ({"restart": "always"}, ("always", 0)),
        ({"restart": "on-failure:3"}, ("on-failure", 3)),
        ({"restart": "no", "deploy": {"restart_policy": {"condition": "any"}}}, ("no", 0)),
        ({"deploy": {"restart_policy": {"condition": "on-failure", "max_attempts": 2}}}, ("on-failure", 2)),
        ({"deploy": {"restart_policy": {"condition": "any"}}}, ("always", 0)),
        ({"deploy": {"restart_policy": {"condition": "none"}}}, ("no", 0)),
    ],
)
def test_a_restart_policy_is_converted_to_the_engines_own(service: dict[str, object], policy: tuple[str, int]) -> None:
    """Its name, and its bound on tries where there is one."""
    assert declared_policy(ComposeService.model_validate(service)) == policy
