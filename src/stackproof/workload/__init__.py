"""Open-loop load: schedules, the generator in its own process, samples, latencies. It names no protocol.

The names stand in ``__init__.pyi``, and are imported when they are asked for (https://scientific-python.org/specs/spec-0001):
code that needs one of them early, as a boot does, does not wait for the others.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
