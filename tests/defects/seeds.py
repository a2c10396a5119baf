"""Whether random schedules find defects that they were not made for, whatever the seed, and show them small.

For each of ten seeds and two seeded defects: was it found, after how many schedules, and with how many faults is it
shown? No part of `make test`, for it takes its time: ``python -m tests.defects.seeds [--seeds N] [DEFECT ...]``.
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
_SOUGHT = ("sent_again_after_an_error", "names_collide")
_SEARCH_S = 60
_MOST_FAULTS = 2
_BOUND_S = 900.0

_FOUND = re.compile(r"Schedule (\d+), reduced in (\d+) more runs")
_SHOWN = re.compile(r"assert run_schedule\(stack, (FaultSchedule\(.*\))\) == ''")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one seed.

    Attributes:
        tried: Schedules that ran until one failed; 0 where none did.
        shrunk: Schedules that ran to make it small.
        faults: Faults of the one that is shown.
        shown: It.
        took_s: Seconds for all of it, the stack's coming up and going included.
        said: All that pytest said.
    """

    tried: int
    shrunk: int
    faults: int
    shown: str
    took_s: float
    said: str

    @property
    def is_good(self) -> bool:
        """True where the defect was found, and is shown small."""
        return 0 < self.faults <= _MOST_FAULTS

    def __str__(self) -> str:
        if not self.tried:
            return f"not found, {self.took_s:.0f} s"
        words = f"found by schedule {self.tried}, {self.faults} faults after {self.shrunk} more, {self.took_s:.0f} s"
        return f"{words}\n    {self.shown}"


def _search(defect: Defect, seed: int) -> Outcome:
    start_s = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="stackproof-seeds-") as name:
        folder = Path(name)
        options = ("--seed", str(seed), "--budget", str(_SEARCH_S))
        run = prove(_CLAIM, defect.break_stack(folder), folder, *options, within_s=_BOUND_S)
    took_s = time.monotonic() - start_s
    found, shown = _FOUND.search(run.stdout), _SHOWN.search(run.stdout)
    if run.returncode != 1 or found is None or shown is None:
        return Outcome(0, 0, 0, "", took_s, run.stdout + run.stderr)
    tried, shrunk = map(int, found.groups())
    return Outcome(tried, shrunk, shown[1].count("Step("), shown[1], took_s, run.stdout)


def _all(names: list[str], seeds: tuple[int, ...]) -> Iterator[Outcome]:
    for name in names:
        for seed in seeds:
            outcome = _search(DEFECTS[name], seed)
            print(f"{name}, seed {seed}: {outcome}", flush=True)  # noqa: T201 - a script's answer
            if not outcome.is_good:
                print(outcome.said, file=sys.stderr)  # noqa: T201 - as above
            yield outcome


def main() -> int:
    """Look for each defect with each seed; 1 where one was not found, or is not shown small."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("defect", nargs="*", default=_SOUGHT, help="which to look for")
    parser.add_argument("--seeds", type=int, default=len(SEEDS), help="how many of the seeds to try")
    given = parser.parse_args()
    outcomes = list(_all(list(given.defect), SEEDS[: given.seeds]))
    return 0 if all(outcome.is_good for outcome in outcomes) else 1


if __name__ == "__main__":
    sys.exit(main())
