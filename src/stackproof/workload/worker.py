"""The process that a load runs in: ``python -m stackproof.workload.worker``, started by ``stackproof.workload.load``.

On its standard input it gets a plan (a line with its size, then its bytes), then ``go AT`` (seconds on the monotonic
clock) and perhaps ``stop``, a line each; the end of the input means that its parent died, and ends it at once. On its
standard output it gives frames.
"""

import asyncio
import gc
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

from stackproof.model import Sample, StackproofError
from stackproof.protocols.mime.ledger import Acknowledged
from stackproof.workload.frames import Failed, Finished, Packer, Ready, encode
from stackproof.workload.generator import Generator
from stackproof.workload.plan import LoadPlan, decode_plan
from stackproof.workload.tally import Tally

_FLUSH_S = 0.1
_YOUNG_OBJECTS = 50_000
_NICENESS = -10
_AUTOGROUP = Path("/proc/self/autogroup")


class Output(asyncio.BaseProtocol):
    """Standard output that never makes the load wait: what the parent does not read yet is kept in memory."""

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
        """Write soon."""
        if data and self._transport is not None:
            self._transport.write(data)

    async def close(self) -> None:
        """Write what is left, and end."""
        if self._transport is not None:
            self._transport.close()
            await self._flushed


class Worker:
    """One load.

    Args:
        plan: What to do.
        output: Where its samples go.
    """

    def __init__(self, plan: LoadPlan, output: Output) -> None:
        self._tally = Tally(plan)
        self._packer = Packer()
        self._planned = plan.schedule.planned
        self._output = output
        self._stopped = False
        self._generator = Generator(plan, self._record)

    async def run(self, start_s: float, commands: asyncio.StreamReader) -> None:
        """Run it, and tell all about it."""
        flushing = asyncio.create_task(self._flush_often())
        listening = asyncio.create_task(self._obey(commands))
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

    async def _obey(self, commands: asyncio.StreamReader) -> None:
        while line := await commands.readline():
            if line == b"stop\n":
                self._stopped = True
                self._generator.stop()
        _orphaned()


async def main() -> None:
    """Do as the standard input says."""
    loop = asyncio.get_running_loop()
    _, output = await loop.connect_write_pipe(Output, sys.stdout.buffer)
    loop.set_exception_handler(lambda _loop, context: _give_up(output, context))
    commands = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(commands), sys.stdin.buffer)
    try:
        size = await commands.readline()
        if not size:
            return  # nobody had a use for this process
        size_bytes = int(size)
        worker = Worker(decode_plan(await commands.readexactly(size_bytes)), output)
        _go_before_others()
        _settle_memory()
        output.write(encode(Ready()))
        command, _, at_s = (await commands.readline()).partition(b" ")
        if command == b"go":
            await worker.run(float(at_s), commands)
    except StackproofError as error:
        output.write(encode(Failed(str(error))))
    await output.close()


def _go_before_others() -> None:
    """Take precedence over what is measured, where we may: a generator that waits for a processor measures itself.

    Where Linux groups tasks by session, niceness counts within the session alone, and the session has one of its own
    (sched(7), "The autogroup feature"); this process leads its session.
    """
    with suppress(OSError):
        os.nice(_NICENESS)
    with suppress(OSError):
        _AUTOGROUP.write_text(str(_NICENESS), encoding="ascii")


def _settle_memory() -> None:
    """Keep the garbage collector away from all that is here to stay, and let it run seldom."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 100)


def _orphaned() -> None:
    os._exit(1)  # nobody is there to tell, and nothing of ours outlives the process


def _give_up(output: Output, context: dict[str, Any]) -> None:
    """An error that nobody caught would leave the load short: say so, and end."""
    output.write(encode(Failed(f"the load generator broke: {context.get('exception') or context.get('message')!r}")))
    asyncio.get_running_loop().call_later(_FLUSH_S, _orphaned)


def _run() -> None:
    try:
        import uvloop  # noqa: PLC0415 - where it is there, it doubles the rate that is held
    except ImportError:
        asyncio.run(main())
    else:
        uvloop.run(main())


if __name__ == "__main__":
    _run()
