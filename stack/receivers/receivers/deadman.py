"""A dead man's switch: notifies its owner when the heartbeats stop.

It works like https://healthchecks.io/docs/http_api/ and https://deadmanssnitch.com/docs: any request to its URL is a
heartbeat, whatever it contains; an unknown URL is answered with 404; before its first heartbeat a switch is silent.
"""

import asyncio
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from receivers.behaviour import Behaviours, Vendor
from receivers.inbox import AlertNames, Arrival, Inbox


class State(StrEnum):
    """Whether heartbeats arrive."""

    NEW = "new"
    BEATING = "beating"
    MISSING = "missing"


class Period(BaseModel):
    """How long a switch waits for the next heartbeat before it notifies its owner, in seconds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,64}$")]
    period_s: Annotated[float, Field(gt=0, le=30 * 86_400)]


class Switch:
    """One switch."""

    def __init__(self, inbox: Inbox, period: Period) -> None:
        self._inbox = inbox
        self._name = period.name
        self._period_s = period.period_s
        self._state = State.NEW
        self._beats = 0
        self._last_beat = ""
        self._alarm: asyncio.TimerHandle | None = None

    def beat(self, status: int, body: object) -> None:
        """Record a heartbeat, and the answer to it."""
        before, self._state = self._state, State.BEATING
        self._beats += 1
        self._last_beat = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._restart_timer()
        if before is not State.BEATING:
            self._notify("beat" if before is State.NEW else "back", status, body)

    def set_period(self, period_s: float) -> None:
        """Use another period from now on; a running wait is restarted."""
        self._period_s = period_s
        if self._state is State.BEATING:
            self._restart_timer()

    def reset(self) -> None:
        """Reset to new: silent until the next heartbeat."""
        self.close()
        self._state, self._beats, self._last_beat = State.NEW, 0, ""

    def close(self) -> None:
        """Stop waiting."""
        if self._alarm is not None:
            self._alarm.cancel()

    def described(self) -> dict[str, object]:
        """Its state, as plain data."""
        return {
            "name": self._name,
            "period_s": self._period_s,
            "state": self._state,
            "beats": self._beats,
            "last_beat": self._last_beat,
        }

    def _restart_timer(self) -> None:
        self.close()
        self._alarm = asyncio.get_running_loop().call_later(self._period_s, self._miss)

    def _miss(self) -> None:
        self._state = State.MISSING
        self._notify("missing", 0, {"last_beat": self._last_beat, "period_s": self._period_s})

    def _notify(self, event: str, status: int, body: object) -> None:
        self._inbox.keep(Arrival(Vendor.DEADMAN, self._name, status, AlertNames(status=event), (), body))


class Deadman:
    """All switches, by name."""

    def __init__(self, inbox: Inbox, behaviours: Behaviours, periods: tuple[Period, ...]) -> None:
        self._behaviours = behaviours
        self._switches = {period.name: Switch(inbox, period) for period in periods}

    async def take(self, request: web.Request) -> web.Response:
        """Accept a heartbeat."""
        switch = self._switches.get(request.match_info["name"])
        failure = self._behaviours.failure(Vendor.DEADMAN)
        if switch is None:
            return web.Response(status=HTTPStatus.NOT_FOUND, text="(not found)")
        if failure:
            return web.Response(status=failure, text="set to fail")
        switch.beat(HTTPStatus.OK, {"method": request.method, "size_bytes": len(await request.read())})
        await self._behaviours.delay(Vendor.DEADMAN)
        return web.Response(text="OK")

    def set_period(self, period: Period) -> bool:
        """Set a switch's period; False if no switch has that name."""
        switch = self._switches.get(period.name)
        if switch is not None:
            switch.set_period(period.period_s)
        return switch is not None

    def reset(self) -> None:
        """Reset all switches."""
        for switch in self._switches.values():
            switch.reset()

    def close(self) -> None:
        """Stop waiting."""
        for switch in self._switches.values():
            switch.close()

    def all(self) -> list[dict[str, object]]:
        """The state of each, as plain data."""
        return [switch.described() for switch in self._switches.values()]
