"""How each receiver behaves: well, or as badly as it was told to."""

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
    """It answers as it should, late."""


class Behaviour(BaseModel):
    """How one receiver behaves.

    Attributes:
        mode: In which way.
        seconds: How late a slow one answers; with status 429, what ``Retry-After`` says.
        status: What a failing one answers: an HTTP status (RFC 9110), or for mail a reply (RFC 5321).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Mode = Mode.OK
    seconds: Annotated[float, Field(ge=0, le=600)] = 5.0
    status: Annotated[int, Field(ge=400, le=599)] = 500


class Order(Behaviour):
    """An order to one receiver."""

    receiver: Vendor


USUAL_FAILURES = {Vendor.MAIL: 451}
"""What a failing receiver answers where the order does not say; else 500."""


class Behaviours:
    """How all receivers behave now."""

    def __init__(self) -> None:
        self._now = {vendor: Behaviour(status=USUAL_FAILURES.get(vendor, 500)) for vendor in Vendor}

    def set(self, order: Order) -> None:
        """Obey an order."""
        status = order.status if "status" in order.model_fields_set else USUAL_FAILURES.get(order.receiver, 500)
        self._now[order.receiver] = Behaviour(mode=order.mode, seconds=order.seconds, status=status)

    def all(self) -> dict[str, object]:
        """Give the behaviour of each, as plain data."""
        return {vendor: behaviour.model_dump(mode="json") for vendor, behaviour in self._now.items()}

    def failure(self, vendor: Vendor) -> int:
        """Give what the receiver answers whatever the message; 0 where it does not fail."""
        return self._now[vendor].status if self._now[vendor].mode is Mode.FAIL else 0

    def retry_after_s(self, vendor: Vendor) -> int:
        """Give when a client that is told 429 may come again, in whole seconds."""
        return max(1, round(self._now[vendor].seconds))

    async def dawdle(self, vendor: Vendor) -> None:
        """Wait as long as a slow receiver does."""
        if self._now[vendor].mode is Mode.SLOW:
            await asyncio.sleep(self._now[vendor].seconds)
