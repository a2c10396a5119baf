"""Proves what a container stack promises, under load and under real faults.

A test imports from here: ``from stackproof import Constant, LoadPlan, Run``. docs/api.md lists every public name. A
module below this package, and every name that is not on that page, may change without notice.

The names stand in ``__init__.pyi`` and are imported when they are first asked for, so that ``import stackproof`` costs
next to nothing (https://scientific-python.org/specs/spec-0001).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
