"""Decides who may store what."""

import logging
import time
from dataclasses import dataclass

from mime_server.metrics import Decided, Metrics
from mime_server.policy_service import PolicyGoneError, PolicyService
from mime_server.refusals import Code, RefusalError
from mime_server.requests import Send
from mime_server.settings import WhenGone

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judge:
    """A policy service that is asked about each file, and what to do without a decision."""

    service: PolicyService
    when_gone: WhenGone
    metrics: Metrics

    async def admit(self, send: Send) -> None:
        """Return if the file is allowed.

        Raises:
            RefusalError: The policy service refuses it; or gives no decision, and files are then refused.
        """
        began = time.monotonic()
        try:
            decision = await self.service.decide(send)
        except PolicyGoneError as gone:
            self._count(Decided.UNAVAILABLE, began)
            if self.when_gone is WhenGone.CLOSED:
                raise RefusalError(Code.POLICY_UNAVAILABLE, f"{gone}; try later") from gone
            log.warning("stored without a decision", extra={"fields": {"reason": str(gone)}})
            return
        self._count(Decided.ALLOWED if decision.allow else Decided.REFUSED, began)
        if not decision.allow:
            reasons = "; ".join(decision.reasons) or "it gives no reason"
            raise RefusalError(Code.POLICY_REFUSED, f"the policy does not allow it: {reasons}")

    def _count(self, decided: Decided, began: float) -> None:
        self.metrics.decisions.labels(decided).inc()
        self.metrics.decision_duration.observe(time.monotonic() - began)


@dataclass(frozen=True, slots=True)
class Policy:
    """The allowed types and users; an empty set allows all. The size is checked earlier, with the framing.

    A judge, if there is one, is asked too.
    """

    types: frozenset[str]
    users: frozenset[str]
    judge: Judge | None = None

    async def admit(self, send: Send) -> None:
        """Return if the file is allowed.

        Raises:
            RefusalError: Its type or user is not allowed, or the judge refuses it.
        """
        if self.types and send.mime_type not in self.types:
            allowed = ", ".join(sorted(self.types))
            raise RefusalError(Code.TYPE_NOT_ALLOWED, f"expected a mime_type among {allowed}, saw {send.mime_type}")
        if self.users and send.user_id not in self.users:
            raise RefusalError(Code.USER_NOT_ALLOWED, f"user {send.user_id!r} may not store files here")
        if self.judge:
            await self.judge.admit(send)

    async def why_closed(self) -> str:
        """Why every file would be refused for lack of a decision, or an empty text."""
        if self.judge is None or self.judge.when_gone is WhenGone.OPEN:
            return ""
        return await self.judge.service.why_not_asked()
