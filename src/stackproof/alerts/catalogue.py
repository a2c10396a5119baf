"""Every check: each module in a family folder below ``checks/`` is found, so a new check needs no entry here."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules

from stackproof.alerts import checks
from stackproof.alerts.check import Check


def check_modules() -> Iterator[str]:
    """Names of all modules with a check, as ``stackproof.alerts.checks.FAMILY.NAME``."""
    for family in iter_modules(checks.__path__, f"{checks.__name__}."):
        yield from (module.name for module in iter_modules(import_module(family.name).__path__, f"{family.name}."))


CHECKS: tuple[Check, ...] = tuple(
    sorted((import_module(module).CHECK for module in check_modules()), key=lambda check: check.id)
)
"""Every check, by id."""
