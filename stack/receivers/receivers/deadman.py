"""A dead man's switch: it tells its owner when the signs of life stop.

It works as https://healthchecks.io/docs/http_api/ and https://deadmanssnitch.com/docs do: whoever asks its address is
alive, whatever the request holds; an unknown address is answered with 404; before its first beat a switch says nothing.
"""

import asyncio
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from receivers.behaviour import Behaviours, Vendor
from receivers.inbox import Arrival, Inbox, Told


class State(StrEnum):
    """What a switch thinks of its man."""

    NEW = "new"
    BEATING = "beating"
    MISSING = "missing"


class Period(BaseModel):
    """After how long a silence a switch tells its owner, in seconds."""

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
        """Note a sign of life, and the answer that it got."""
        before, self._state = self._state, State.BEATING
        self._beats += 1
        self._last_beat = datetime.now(UTC).isoformat(timespec="milliseconds")
        self._wind()
        if before is not State.BEATING:
            self._tell("beat" if before is State.NEW else "back", status, body)

    def set_period(self, period_s: float) -> None:
        """Have another period from now on; a switch that waits begins to wait anew."""
        self._period_s = period_s
        if self._state is State.BEATING:
            self._wind()

    def reset(self) -> None:
        """Be as new, and say nothing before the next beat."""
        self.close()
        self._state, self._beats, self._last_beat = State.NEW, 0, ""

    def close(self) -> None:
        """Wait no more."""
        if self._alarm is not None:
            self._alarm.cancel()

    def described(self) -> dict[str, object]:
        """Give its state, as plain data."""
        return {
            "name": self._name,
            "period_s": self._period_s,
            "state": self._state,
            "beats": self._beats,
            "last_beat": self._last_beat,
        }

    def _wind(self) -> None:
        self.close()
        self._alarm = asyncio.get_running_loop().call_later(self._period_s, self._miss)

    def _miss(self) -> None:
        self._state = State.MISSING
        self._tell("missing", 0, {"last_beat": self._last_beat, "period_s": self._period_s})

    def _tell(self, word: str, status: int, body: object) -> None:
        self._inbox.keep(Arrival(Vendor.DEADMAN, self._name, status, Told(status=word), (), body))


class Deadman:
    """All switches, by name."""

    def __init__(self, inbox: Inbox, behaviours: Behaviours, periods: tuple[Period, ...]) -> None:
        self._behaviours = behaviours
        self._switches = {period.name: Switch(inbox, period) for period in periods}

    async def take(self, request: web.Request) -> web.Response:
        """Take a beat."""
        switch = self._switches.get(request.match_info["name"])
        failure = self._behaviours.failure(Vendor.DEADMAN)
        if switch is None:
            return web.Response(status=HTTPStatus.NOT_FOUND, text="(not found)")
        if failure:
            return web.Response(status=failure, text="told to fail")
        switch.beat(HTTPStatus.OK, {"method": request.method, "size_bytes": len(await request.read())})
        await self._behaviours.dawdle(Vendor.DEADMAN)
        return web.Response(text="OK")

    def set_period(self, period: Period) -> bool:
        """Give a switch another period; False where there is none of that name."""
        switch = self._switches.get(period.name)
        if switch is not None:
            switch.set_period(period.period_s)
        return switch is not None

    def reset(self) -> None:
        """Make all switches new."""
        for switch in self._switches.values():
            switch.reset()

    def close(self) -> None:
        """End all waiting."""
        for switch in self._switches.values():
            switch.close()

    def all(self) -> list[dict[str, object]]:
        """Give the state of each, as plain data."""
        return [switch.described() for switch in self._switches.values()]
