"""Tries the contract of a server, and tells what came of it."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from stackproof.model import StackproofError
from stackproof.protocols.mime.contract.properties import PROPERTIES, Property, Trial
from stackproof.protocols.mime.contract.rendering import as_test, in_words
from stackproof.protocols.mime.contract.search import Failure
from stackproof.protocols.mime.contract.stage import Stage
from stackproof.protocols.mime.contract.terms import BrokenError, Limits
from stackproof.protocols.mime.contract.wire import Server
from stackproof.protocols.target import Target


@dataclass(frozen=True, slots=True)
class Tried:
    """A property that was tried.

    Attributes:
        property: It.
        cases: How many cases were tried.
        took_s: Seconds that it took.
        failure: What broke it, if something did.
    """

    property: Property
    cases: int
    took_s: float
    failure: Failure | None

    def __str__(self) -> str:
        verdict = "FAIL" if self.failure else "ok"
        return f"{verdict:<5}{self.property.id:<14}{self.cases:>6} {self.property.cases}, {self.took_s:.1f} s"


@dataclass(frozen=True, slots=True)
class Contract:
    """What is tried, and on whom.

    Attributes:
        target: ``mime://host:port``.
        seed: The same one tries the same again.
        frames: How many wrong frames are tried; the rest is in proportion.
        limits: What the server's owner decided.
        deadline_s: How long an answer may take, in seconds: a bound on hanging.
        shrink_s: How long a failure is made smaller, in seconds.
    """

    target: str
    seed: int = 0
    frames: int = 2000
    limits: Limits = field(default_factory=Limits)
    deadline_s: float = 10.0
    shrink_s: float = 30.0

    def attempt(self, properties: Sequence[Property] = PROPERTIES) -> Iterator[Tried]:
        """Try properties one after the other, those after a broken one too.

        Raises:
            DeclarationError: The target has another shape.
            StackproofError: Nobody there speaks the protocol, so nothing was tried.
        """
        where = Target.parse(self.target)
        try:
            stage = Stage(Server(where.host, where.port, self.deadline_s), self.limits)
        except BrokenError as error:
            raise StackproofError(
                str(error),
                where=self.target,
                fix="name a server that speaks the protocol of docs/protocol.md: mime://host:port",
            ) from None
        trial = Trial(stage, self.limits, self.seed, self.frames, self.shrink_s)
        for each in properties:
            yield _tried(each, trial)

    def told(self, tried: Tried) -> str:
        """A failure in words, as bytes, and as a test; empty where there is none."""
        failure = tried.failure
        if failure is None:
            return ""
        again = f"seed {self.seed}, case {tried.cases}, made small in {failure.shrunk} more"
        if not failure.script:
            return f"{tried.property.id}: {failure.why}\n{again}"
        test = as_test(self.target, failure.script, self.limits)
        return f"{tried.property.id}: {failure.why}\n{again}; the clients:\n\n{in_words(failure.script)}\n\n{test}"

    def to_json(self, tried: Sequence[Tried]) -> str:
        """All of it as JSON."""
        properties = [
            {
                "property": each.property.id,
                "claim": each.property.claim,
                "cases": each.cases,
                "seconds": round(each.took_s, 3),
                "verdict": "FAIL" if each.failure else "PASS",
                "why": each.failure.why if each.failure else "",
                "script": [repr(step) for step in each.failure.script] if each.failure else [],
                "test": as_test(self.target, each.failure.script, self.limits) if each.failure else "",
            }
            for each in tried
        ]
        return json.dumps({"target": self.target, "seed": self.seed, "properties": properties}, indent=2)


def _tried(each: Property, trial: Trial) -> Tried:
    start_s = time.monotonic()
    found = each.settled(trial)
    return Tried(each, found.cases, time.monotonic() - start_s, found.failure)
