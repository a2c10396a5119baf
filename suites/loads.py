"""The traffic during faults: pages through the gateway, and small files to the socket server.

No objective is judged on these streams: objectives are not promised while something is broken.
"""

from collections.abc import Callable

from stackproof import Constant, HttpRequest, LoadPlan, Run, Trust, Upload

LONG_ENOUGH_S = 300.0
# The harness shares two processors with the stack that it breaks: its own lag does not matter here.
LAG_LIMIT_S = 1.0
DEADLINE_S = 12.0
"""Longer than any time-out of the stack: a request that takes longer hangs."""

Loads = Callable[[str], LoadPlan]


def files_over(stack: Run, link: str, per_s: float) -> LoadPlan:
    """A load of small files over a link of the socket server, such as ``public_net/mime-server:65432``."""
    return LoadPlan(
        f"mime://{stack.entry(link)}",
        Constant(per_s, LONG_ENOUGH_S),
        f"files over {link}",
        request=Upload(size_bytes=2048),
        deadline_s=DEADLINE_S,
        lag_limit_s=LAG_LIMIT_S,
    )


def pages_of(stack: Run, path: str, per_s: float) -> LoadPlan:
    """A load of pages through the gateway, each at this path."""
    return LoadPlan(
        f"https://{stack.entry('public_net/gateway:443')}{path}",
        Constant(per_s, LONG_ENOUGH_S),
        f"pages of {path}",
        request=HttpRequest(trust=Trust.ANYONE),
        deadline_s=DEADLINE_S,
        lag_limit_s=LAG_LIMIT_S,
    )
