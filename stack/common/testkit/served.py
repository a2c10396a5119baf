"""Runs an asynchronous service in a thread, so that a test can use it like any client."""

import asyncio
import threading
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager
from typing import Generic, TypeVar

T = TypeVar("T")
WITHIN_S = 60.0
"""Bounds a hang; no test waits that long."""


class Served(Generic[T]):
    """A service that runs until `stop`; `value` is what its context yields, such as its ports."""

    def __init__(self, service: AbstractAsyncContextManager[T]) -> None:
        self._service = service
        self._started: Future[T] = Future()
        self._loop = asyncio.new_event_loop()
        self._stop_asked = asyncio.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        self.value = self._started.result(WITHIN_S)

    def ask_to_stop(self) -> None:
        """Start to stop the service, without waiting for it."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop_asked.set)

    def stop(self) -> None:
        """Stop the service."""
        self.ask_to_stop()
        self._thread.join(WITHIN_S)
        if self._thread.is_alive():
            raise AssertionError(f"the service did not stop within {WITHIN_S} s")

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            try:
                runner.run(self._serve())
            except Exception as error:
                if self._started.done():
                    raise
                self._started.set_exception(error)

    async def _serve(self) -> None:
        async with self._service as value:
            self._started.set_result(value)
            await self._stop_asked.wait()
