"""A timer with microsecond precision. Event loops round to a millisecond: the whole gap at 1,000 requests a second."""

import asyncio
import ctypes
import os
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Protocol

_CLOCK_MONOTONIC = 1
_TFD_TIMER_ABSTIME = 1
_NANOSECONDS = 1_000_000_000
_COARSE_S = 0.003


class Timer(Protocol):
    """Calls back once at a moment; it can be set again and again."""

    def set(self, at_s: float) -> None:
        """Call back at this moment on the monotonic clock; replaces any moment set before."""

    def close(self) -> None:
        """Stop calling back."""


def precise_timer(callback: Callable[[], None]) -> Timer:
    """Return the most precise timer of this machine, on the running event loop."""
    loop = asyncio.get_running_loop()
    if sys.platform == "linux" and ctypes.sizeof(ctypes.c_long) == ctypes.sizeof(ctypes.c_int64):
        return FdTimer(loop, callback)
    return YieldTimer(loop, callback)


class _Timespec(ctypes.Structure):
    """``struct timespec``: on 64-bit Linux both parts are long."""

    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class _Itimerspec(ctypes.Structure):
    """``struct itimerspec``: the interval of repetitions, and the first expiry."""

    _fields_ = (("interval", _Timespec), ("value", _Timespec))


class FdTimer:
    """Linux's timerfd (timerfd_create(2)), which wakes the event loop like a socket.

    Python offers it as ``os.timerfd_create`` from 3.13 on; while older versions are supported, the C library is called.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd: int = self._libc.timerfd_create(_CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create failed")
        self._spec = _Itimerspec()
        self._spec_address = ctypes.byref(self._spec)
        self._callback = callback
        self._loop = loop
        loop.add_reader(self._fd, self._expired)

    def set(self, at_s: float) -> None:
        """Call back at this moment on the monotonic clock; replaces any moment set before."""
        # Zero would disarm the timer; a moment in the past expires at once.
        at_ns = max(1, round(at_s * _NANOSECONDS))
        self._spec.value.seconds, self._spec.value.nanoseconds = divmod(at_ns, _NANOSECONDS)
        self._libc.timerfd_settime(self._fd, _TFD_TIMER_ABSTIME, self._spec_address, None)

    def close(self) -> None:
        """Stop calling back."""
        self._loop.remove_reader(self._fd)
        os.close(self._fd)

    def _expired(self) -> None:
        with suppress(BlockingIOError):  # it was set again after the loop saw it expire
            os.read(self._fd, 8)
            self._callback()


class YieldTimer:
    """For any system: sleeps until shortly before the moment, then yields to the event loop until it has come."""

    def __init__(self, loop: asyncio.AbstractEventLoop, callback: Callable[[], None]) -> None:
        self._loop = loop
        self._callback = callback
        self._handle: asyncio.Handle | None = None
        self._at_s = 0.0

    def set(self, at_s: float) -> None:
        """Call back at this moment on the monotonic clock; replaces any moment set before."""
        self.close()
        self._at_s = at_s
        sleep_s = at_s - time.monotonic() - _COARSE_S
        self._handle = self._loop.call_later(sleep_s, self._near) if sleep_s > 0 else self._loop.call_soon(self._near)

    def close(self) -> None:
        """Stop calling back."""
        if self._handle is not None:
            self._handle.cancel()

    def _near(self) -> None:
        if time.monotonic() < self._at_s:
            self._handle = self._loop.call_soon(self._near)
        else:
            self._handle = None
            self._callback()
