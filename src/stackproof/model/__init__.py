"""The data that all rooms share: frozen dataclasses and enums, no input or output.

The names are in ``__init__.pyi`` and are imported on first use (https://scientific-python.org/specs/spec-0001), so that
code that needs one of them early, such as a boot, does not wait for the others.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
