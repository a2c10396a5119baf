"""Pictures of many scenes: each takes a second, so that they are drawn side by side."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from stackproof.report.drill_plot import render_drill
from stackproof.report.drill_scene import DrillScene
from stackproof.report.experiment_plot import render_scene
from stackproof.report.scene import Scene

_FEW = 6
"""So many are drawn before other processes have come up."""


def pictures(scenes: Sequence[Scene | DrillScene]) -> Iterator[bytes]:
    """Draw scenes, in their order, as PNG.

    Processes that draw begin anew: a copy of one that has threads may wait for a lock that nobody will release.
    """
    processes = min(os.cpu_count() or 1, len(scenes) // _FEW)
    if processes <= 1:
        yield from map(_drawn, scenes)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_drawn, scenes)


def _drawn(scene: Scene | DrillScene) -> bytes:
    return render_scene(scene) if isinstance(scene, Scene) else render_drill(scene)
