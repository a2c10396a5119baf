"""Whether random schedules find defects that they were not written for, with any seed, and shrink them.

For each of ten seeds and two seeded defects: was it found, after how many schedules, and how many faults does the
shrunk schedule have? It takes too long for `make test`: ``python -m tests.defects.seeds [--seeds N] [DEFECT ...]``.
"""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.defects.patches import DEFECTS, Defect, prove

SEEDS = (1, 2, 3, 5, 8, 13, 21, 34, 55, 89)
_CLAIM = "suites/chaos/test_schedules.py"
_DEFAULT_DEFECTS = ("sent_again_after_an_error", "names_collide")
_SEARCH_S = 60
_MOST_FAULTS = 2
_BOUND_S = 900.0

_FOUND = re.compile(r"Schedule (\d+), reduced in (\d+) more runs")
_SHOWN = re.compile(r"assert run_schedule\(stack, (FaultSchedule\(.*\))\) == ''")


@dataclass(frozen=True, slots=True)
class SearchOutcome:
    """The outcome for one seed.

    Attributes:
        tried: Schedules that ran until one failed; 0 if none did.
        shrunk: Schedules that ran to shrink it.
        faults: Number of faults in the shrunk schedule.
        shown: The shrunk schedule.
        took_s: Duration in seconds, including start and stop of the stack.
        output: The output of pytest.
    """

    tried: int
    shrunk: int
    faults: int
    shown: str
    took_s: float
    output: str

    @property
    def is_good(self) -> bool:
        """Whether the defect was found and shrunk."""
        return 0 < self.faults <= _MOST_FAULTS

    def __str__(self) -> str:
        if not self.tried:
            return f"not found, {self.took_s:.0f} s"
        words = f"found by schedule {self.tried}, {self.faults} faults after {self.shrunk} more, {self.took_s:.0f} s"
        return f"{words}\n    {self.shown}"


def _search(defect: Defect, seed: int) -> SearchOutcome:
    start_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="stackproof-seeds-") as name:
        folder = Path(name)
        options = ("--seed", str(seed), "--budget", str(_SEARCH_S))
        run = prove(_CLAIM, defect.break_stack(folder), folder, *options, within_s=_BOUND_S)
    took_s = time.monotonic() - start_s
    found, shown = _FOUND.search(run.stdout), _SHOWN.search(run.stdout)
    if run.returncode != 1 or found is None or shown is None:
        return SearchOutcome(0, 0, 0, "", took_s, run.stdout + run.stderr)
    tried, shrunk = map(int, found.groups())
    return SearchOutcome(tried, shrunk, shown[1].count("Step("), shown[1], took_s, run.stdout)


def _all(names: list[str], seeds: tuple[int, ...]) -> Iterator[SearchOutcome]:
    for name in names:
        for seed in seeds:
            outcome = _search(DEFECTS[name], seed)
            print(f"{name}, seed {seed}: {outcome}", flush=True)  # noqa: T201 - a script's output
            if not outcome.is_good:
                print(outcome.output, file=sys.stderr)  # noqa: T201 - as above
            yield outcome


def main() -> int:
    """Search for each defect with each seed; returns 1 if one was not found or not shrunk."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("defect", nargs="*", default=_DEFAULT_DEFECTS, help="defects to search for")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="number of seeds to try")
    given = parser.parse_args()
    outcomes = list(_all(list(given.defect), SEEDS[: given.seeds]))
    return 0 if all(outcome.is_good for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
