"""Tests the contract on a server, property by property."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from stackproof.model import StackproofError
from stackproof.protocols.contract_offer import PropertyResult
from stackproof.protocols.mime.contract.breaches import ContractBrokenError
from stackproof.protocols.mime.contract.properties import PROPERTIES, ContractProperty, PropertyTrial, TrialSettings
from stackproof.protocols.mime.contract.raw_connection import ServerAddress
from stackproof.protocols.mime.contract.rendering import as_test, as_text
from stackproof.protocols.mime.contract.tested_server import TestedServer
from stackproof.protocols.mime.mime_target import mime_target
from stackproof.protocols.mime.terms import MimeLimits


@dataclass(frozen=True, slots=True)
class Contract:
    """The contract, ready to be tested on one server.

    Attributes:
        target: ``mime://host:port``.
        seed: The same seed tries the same cases.
        frames: How many wrong frames are tried; the number of other cases is in proportion.
        limits: What the server's owner decided.
        deadline_s: How long an answer may take, in seconds: a bound on hanging.
        shrink_s: How long a failure is made smaller, in seconds.
    """

    target: str
    seed: int = 0
    frames: int = 2000
    limits: MimeLimits = field(default_factory=MimeLimits)
    deadline_s: float = 10.0
    shrink_s: float = 30.0

    def check(self, properties: Sequence[ContractProperty] = PROPERTIES) -> Iterator[PropertyResult]:
        """Test properties in turn, those after a broken one too.

        Raises:
            DeclarationError: The target is malformed.
            StackproofError: No server answers that speaks the protocol, so nothing was tested.
        """
        where = mime_target(self.target)
        try:
            server = TestedServer(ServerAddress(where.host, where.port, self.deadline_s), self.limits)
        except ContractBrokenError as error:
            raise StackproofError(
                str(error),
                where=self.target,
                fix="name a server that speaks the protocol of docs/protocol.md: mime://host:port",
            ) from None
        trial = TrialSettings(server, self.limits, self.seed, self.frames, self.shrink_s)
        for each in properties:
            start_s = time.monotonic()
            tried = each.check(trial)
            yield self._result(each, tried, time.monotonic() - start_s)

    def _result(self, tested: ContractProperty, trial: PropertyTrial, took_s: float) -> PropertyResult:
        failure = trial.failure
        if failure is None:
            return PropertyResult(tested.id, tested.claim, trial.cases, tested.unit, took_s)
        test = as_test(self.target, failure.case, self.limits)
        explanation = (
            f"{tested.id}: {failure.why}\nseed {self.seed}, case {trial.cases}, made small in {failure.shrunk} more"
        )
        if failure.case:
            explanation += f"; the clients:\n\n{as_text(failure.case)}\n\n{test}"
        return PropertyResult(
            id=tested.id,
            claim=tested.claim,
            cases=trial.cases,
            unit=tested.unit,
            took_s=took_s,
            why=failure.why,
            script=tuple(map(repr, failure.case)),
            test=test,
            explanation=explanation,
        )
