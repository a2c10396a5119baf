"""How each receiver behaves: normally, or as badly as requested."""

import asyncio
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Vendor(StrEnum):
    """A receiver."""

    SLACK = "slack"
    PAGERDUTY = "pagerduty"
    MAIL = "mail"
    DEADMAN = "deadman"


class Mode(StrEnum):
    """How it behaves."""

    OK = "ok"
    FAIL = "fail"
    """It refuses, whatever the message."""
    SLOW = "slow"
    """It answers correctly, but late."""


class Behaviour(BaseModel):
    """How one receiver behaves.

    Attributes:
        mode: Normal, failing or slow.
        seconds: How late a slow one answers; with status 429, the value of ``Retry-After``.
        status: What a failing one answers: an HTTP status (RFC 9110), or for mail a reply (RFC 5321).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Mode = Mode.OK
    seconds: Annotated[float, Field(ge=0, le=600)] = 5.0
    status: Annotated[int, Field(ge=400, le=599)] = 500


class BehaviourChange(Behaviour):
    """A change to one receiver's behaviour."""

    receiver: Vendor


USUAL_FAILURES = {Vendor.MAIL: 451}
"""What a failing receiver answers if the change names no status; 500 for all others."""


class Behaviours:
    """How all receivers behave now."""

    def __init__(self) -> None:
        self._now = {vendor: Behaviour(status=USUAL_FAILURES.get(vendor, 500)) for vendor in Vendor}

    def set(self, change: BehaviourChange) -> None:
        """Apply a change."""
        usual = USUAL_FAILURES.get(change.receiver, 500)
        status = change.status if "status" in change.model_fields_set else usual
        self._now[change.receiver] = Behaviour(mode=change.mode, seconds=change.seconds, status=status)

    def all(self) -> dict[str, object]:
        """The behaviour of each, as plain data."""
        return {vendor: behaviour.model_dump(mode="json") for vendor, behaviour in self._now.items()}

    def failure(self, vendor: Vendor) -> int:
        """The status of a failing receiver; 0 if it does not fail."""
        return self._now[vendor].status if self._now[vendor].mode is Mode.FAIL else 0

    def retry_after_s(self, vendor: Vendor) -> int:
        """When to retry after a 429, in whole seconds."""
        return max(1, round(self._now[vendor].seconds))

    async def delay(self, vendor: Vendor) -> None:
        """Wait before the answer if the receiver is slow."""
        if self._now[vendor].mode is Mode.SLOW:
            await asyncio.sleep(self._now[vendor].seconds)
