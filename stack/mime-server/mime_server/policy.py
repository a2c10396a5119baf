"""Who may store what."""

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
    """A policy service that is asked about each file, and what holds when it gives no decision."""

    service: PolicyService
    when_gone: WhenGone
    metrics: Metrics

    async def admit(self, send: Send) -> None:
        """Let a file in.

        Raises:
            RefusalError: The policy refuses it, or could not be asked and is closed then.
        """
        began = time.monotonic()
        try:
            decision = await self.service.decide(send)
        except PolicyGoneError as gone:
            self._count(Decided.UNAVAILABLE, began)
            if self.when_gone is WhenGone.CLOSED:
                raise RefusalError(Code.POLICY_UNAVAILABLE, f"{gone}; try later") from gone
            log.warning("let in without a decision", extra={"fields": {"reason": str(gone)}})
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
    """The types and users that are let in; an empty set lets all in. Size is looked at earlier, with the framing.

    Where there is a judge it is asked, too.
    """

    types: frozenset[str]
    users: frozenset[str]
    judge: Judge | None = None

    async def admit(self, send: Send) -> None:
        """Let a file in.

        Raises:
            RefusalError: Its type or its user is not allowed, or the judge refuses it.
        """
        if self.types and send.mime_type not in self.types:
            allowed = ", ".join(sorted(self.types))
            raise RefusalError(Code.TYPE_NOT_ALLOWED, f"expected a mime_type among {allowed}, saw {send.mime_type}")
        if self.users and send.user_id not in self.users:
            raise RefusalError(Code.USER_NOT_ALLOWED, f"user {send.user_id!r} may not store files here")
        if self.judge:
            await self.judge.admit(send)

    async def why_closed(self) -> str:
        """Find out whether every file would be refused, for want of who decides: why, or an empty text."""
        if self.judge is None or self.judge.when_gone is WhenGone.OPEN:
            return ""
        return await self.judge.service.why_not_asked()
