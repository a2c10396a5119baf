"""Every check of the port, role by role."""

from collections.abc import Mapping
from types import MappingProxyType

from tests.conformance import addresses, alterations, helpers, life, limits, links, processes, tools
from tests.conformance.subject import Check

_ROLES = (life, links, processes, helpers, limits, addresses, alterations, tools)
_PREFIX = "check_"

CHECKS: Mapping[str, Check] = MappingProxyType(
    {
        name.removeprefix(_PREFIX): value
        for role in _ROLES
        for name, value in vars(role).items()
        if name.startswith(_PREFIX)
    }
)
"""Each check by its claim."""
