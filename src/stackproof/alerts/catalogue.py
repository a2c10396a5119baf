"""Every check that there is: whatever file lies in ``checks/`` is found."""

from importlib import import_module
from pkgutil import iter_modules

from stackproof.alerts import checks
from stackproof.alerts.check import Check

CHECKS: tuple[Check, ...] = tuple(
    sorted(
        (import_module(f"{checks.__name__}.{module.name}").CHECK for module in iter_modules(checks.__path__)),
        key=lambda check: check.id,
    )
)
"""Every check, by id."""
