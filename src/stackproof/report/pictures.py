"""Draws the pictures of many scenes in parallel: each takes a second."""

import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from stackproof.report.drill_plot import render_drill
from stackproof.report.drill_scene import DrillScene
from stackproof.report.experiment_plot import render_experiment
from stackproof.report.experiment_scene import ExperimentScene

_FEW = 6
"""This many are drawn before other processes have started."""


def pictures(scenes: Sequence[ExperimentScene | DrillScene]) -> Iterator[bytes]:
    """Draw scenes, in their order, as PNG.

    The processes are spawned, not forked: a copy of a process with threads may wait for a lock that is never released.
    """
    processes = min(os.cpu_count() or 1, len(scenes) // _FEW)
    if processes <= 1:
        yield from map(_drawn, scenes)
        return
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_drawn, scenes)


def _drawn(scene: ExperimentScene | DrillScene) -> bytes:
    return render_experiment(scene) if isinstance(scene, ExperimentScene) else render_drill(scene)
