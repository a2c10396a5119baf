"""The traffic that goes on while something is broken: pages over the gateway, and small files to the socket server.

Neither is a stream that an objective is judged on: promises are not made for broken stacks.
"""

from collections.abc import Callable

from stackproof import Constant, HttpRequest, LoadPlan, Run, Trust, Upload

LONG_ENOUGH_S = 300.0
# The harness shares two processors with all that it breaks: how late it may be says nothing of who survives a fault.
LAG_LIMIT_S = 1.0
DEADLINE_S = 12.0
"""Longer than any time-out of the stack's own: whoever needs more hangs."""

Loads = Callable[[str], LoadPlan]


def files_over(stack: Run, link: str, per_s: float) -> LoadPlan:
    """A load of small files over a link of the socket server, such as ``public_net/mime-server:65432``."""
    return LoadPlan(
        f"mime://{stack.entry(link)}",
        Constant(per_s, LONG_ENOUGH_S),
        f"files over {link}",
        upload=Upload(size_bytes=2048),
        deadline_s=DEADLINE_S,
        lag_limit_s=LAG_LIMIT_S,
    )


def pages_of(stack: Run, path: str, per_s: float) -> LoadPlan:
    """A load of pages over the gateway, each at this path."""
    return LoadPlan(
        f"https://{stack.entry('public_net/gateway:443')}{path}",
        Constant(per_s, LONG_ENOUGH_S),
        f"pages of {path}",
        request=HttpRequest(trust=Trust.ANYONE),
        deadline_s=DEADLINE_S,
        lag_limit_s=LAG_LIMIT_S,
    )
