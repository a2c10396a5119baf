"""The port: what stackproof asks of any engine, one small protocol a role.

``Engine`` starts stacks and finds those that run; ``RunningStack`` is one of them. An engine may lack parts
(``Capability``). The names stand in ``__init__.pyi`` and are imported when they are asked for, so that a boot does not
wait for what it does not need. How to add an engine: docs/extending/engine.md.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
