"""The socket protocol of docs/protocol.md: what a load sends, a client, and the contract.

The names stand in ``__init__.pyi``, and are imported when they are asked for (https://scientific-python.org/specs/spec-0001).
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
