"""The process of a load: ``python -m stackproof.workload.worker``, started by ``stackproof.workload.load``.

Its standard input brings a plan (a line with the size, then the bytes), then ``go AT`` (seconds on the monotonic clock)
and perhaps ``stop``, one a line. If the input ends, the parent has died, and the process ends at once. It writes frames
to its standard output.
"""

import asyncio
import gc
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from stackproof.model import Sample, StackproofError
from stackproof.protocols.ledger import Acknowledged
from stackproof.workload.frames import Failed, Finished, Packer, Ready, encode
from stackproof.workload.generator import Generator
from stackproof.workload.plan import LoadPlan, decode_plan
from stackproof.workload.tally import LoadTally

_FLUSH_S = 0.1
_YOUNG_OBJECTS = 50_000
_NICENESS = -10
_AUTOGROUP = Path("/proc/self/autogroup")


class Output(asyncio.BaseProtocol):
    """Standard output that never blocks the load: what the parent has not read yet is kept in memory."""

    def __init__(self) -> None:
        self._transport: asyncio.WriteTransport | None = None
        self._flushed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Called by the event loop."""
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's are of no class of asyncio's

    def connection_lost(self, _error: Exception | None) -> None:
        """Called by the event loop."""
        self._flushed.set_result(None)

    def write(self, data: bytes) -> None:
        """Write as soon as the pipe takes it."""
        if data and self._transport is not None:
            self._transport.write(data)

    async def close(self) -> None:
        """Write the rest, then close."""
        if self._transport is not None:
            self._transport.close()
            await self._flushed


class Worker:
    """Runs one load.

    Args:
        plan: The load.
        output: Takes its frames.
    """

    def __init__(self, plan: LoadPlan, output: Output) -> None:
        self._tally = LoadTally(plan)
        self._packer = Packer()
        self._planned = plan.schedule.planned
        self._output = output
        self._stopped = False
        self._generator = Generator(plan, self._record)

    async def run(self, start_s: float, commands: asyncio.StreamReader) -> None:
        """Run the load, and write its frames."""
        flushing = asyncio.create_task(self._flush_often())
        listening = asyncio.create_task(self._follow(commands))
        await self._generator.run(start_s)
        flushing.cancel()
        listening.cancel()
        sent, dropped = self._generator.sent, self._generator.dropped
        planned = sent + dropped if self._stopped else self._planned
        self._output.write(self._packer.take())
        self._output.write(encode(Finished(self._tally.report(planned, dropped), self._tally.summary())))

    def _record(self, sample: Sample, acknowledged: Acknowledged | None) -> None:
        self._tally.add(sample)
        self._packer.add(sample, acknowledged)

    async def _flush_often(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_S)
            self._output.write(self._packer.take())

    async def _follow(self, commands: asyncio.StreamReader) -> None:
        while line := await commands.readline():
            if line == b"stop\n":
                self._stopped = True
                self._generator.stop()
        _orphaned()


async def main() -> None:
    """Follow the commands on standard input."""
    loop = asyncio.get_running_loop()
    _, output = await loop.connect_write_pipe(Output, sys.stdout.buffer)
    loop.set_exception_handler(lambda _loop, context: _fail(output, context))
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin.buffer)
    try:
        size = await commands.readline()
        if not size:
            return  # the process was not needed
        size_bytes = int(size)
        worker = Worker(decode_plan(await commands.readexactly(size_bytes)), output)
        _raise_priority()
        _tune_garbage_collection()
        output.write(encode(Ready()))
        command, _, at_s = (await commands.readline()).partition(b" ")
        if command == b"go":
            await worker.run(float(at_s), commands)
    except StackproofError as error:
        output.write(encode(Failed(str(error))))
    await output.close()


def _raise_priority() -> None:
    """Raise this process's priority, if allowed: a generator that waits for a processor measures itself.

    If Linux groups tasks by session, niceness counts only within the session, and the session has a niceness of its own
    (sched(7), "The autogroup feature"); this process leads its session.
    """
    with suppress(OSError):
        os.nice(_NICENESS)
    with suppress(OSError):
        _AUTOGROUP.write_text(str(_NICENESS), encoding="ascii")


def _tune_garbage_collection() -> None:
    """Exempt what is loaded by now from garbage collection, and make collections rare."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 100)


def _orphaned() -> None:
    os._exit(1)  # the parent is gone, and nothing of ours outlives the process


def _fail(output: Output, context: dict[str, Any]) -> None:
    """Report an error that nothing caught, and end: the load would be incomplete."""
    output.write(encode(Failed(f"the load generator broke: {context.get('exception') or context.get('message')!r}")))
    asyncio.get_running_loop().call_later(_FLUSH_S, _orphaned)


def _run() -> None:
    try:
        import uvloop  # noqa: PLC0415 - optional: it doubles the rate that can be held
    except ImportError:
        asyncio.run(main())
    else:
        uvloop.run(main())


if __name__ == "__main__":
    _run()
