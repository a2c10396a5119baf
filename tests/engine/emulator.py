"""A stand-in for the kernel's network emulator, which many kernels lack.

It answers echo requests in place of a service, late, twice or out of order, with real packets on the real network, so
that evidence can be seen to confirm a fault. It is a plain Python script in a helper of the service.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from stackproof.engine.port import Place, RunningStack
from stackproof.faults.evidence.pings import flood
from stackproof.faults.means.network_interface import NetworkInterface, VantagePoints
from stackproof.faults.means.packet_filters import find_interface, install_chain, remove_chain
from stackproof.machine.waiting import wait_until

_NAME = "stand-in"
_WITHIN_S = 30.0

# Frames: 14 bytes of Ethernet, 20 of IPv4, then ICMP (RFC 792): type 8 is a request, type 0 a reply.
_ANSWERER = """\
import heapq, random, select, socket, struct, sys, time
dev, host = sys.argv[1], socket.inet_aton(sys.argv[2])
late_s, prompt, twice = (float(each) for each in sys.argv[3:])
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800))
wire.bind((dev, 0))
waiting, order = [], 0
while True:
    now = time.monotonic()
    while waiting and waiting[0][0] <= now:
        wire.send(heapq.heappop(waiting)[2])
    until = max(waiting[0][0] - now, 0) if waiting else None
    if not select.select([wire], [], [], until)[0]:
        continue
    frame = wire.recv(65535)
    if frame[23] != 1 or frame[30:34] != host or frame[34] != 8:
        continue
    total = struct.unpack("!H", frame[36:38])[0] + 0x0800
    total = (total & 0xFFFF) + (total >> 16)
    answer = frame[6:12] + frame[:6] + frame[12:26] + frame[30:34] + frame[26:30] + struct.pack("!BBH", 0, 0, total)
    due = time.monotonic() + (0 if random.random() < prompt else late_s)
    for _ in range(2 if random.random() < twice else 1):
        order += 1
        heapq.heappush(waiting, (due, order, answer + frame[38:]))
"""


@contextmanager
def emulated(
    engine: RunningStack, interface: NetworkInterface, late_ms: float = 0, prompt: float = 0, twice: float = 0
) -> Iterator[None]:
    """Answer the echo requests that arrive on an interface differently while the block runs.

    Args:
        engine: The engine of the running stack.
        interface: The interface on which they arrive.
        late_ms: Delay of an answer, in milliseconds.
        prompt: The share that is answered without delay.
        twice: The share that is answered twice.
    """
    view = interface.vantage_points(engine)
    assert view is not None
    place = Place(interface.service, capabilities=("NET_ADMIN", "NET_RAW"))
    finding = find_interface(view.host)
    mute = '--in-interface "${dev:?}" --protocol icmp --icmp-type echo-request --jump DROP'
    start = f'{finding}exec python3 -c "$1" "$dev" {view.host} {late_ms / 1000} {prompt} {twice}'
    install_chain(engine, interface.inside, _NAME, (mute,), finding)
    try:
        engine.start_helper(place, _NAME, ("sh", "-c", start, "sh", _ANSWERER))
        _wait_until_answered(engine, view)
        yield
    finally:
        engine.remove_helper(interface.service, _NAME)
        remove_chain(engine, interface.inside, _NAME)


def _wait_until_answered(engine: RunningStack, view: VantagePoints) -> None:
    waited = wait_until(lambda: not flood(engine, view.outside, view.host, 1).lost, within_s=_WITHIN_S)
    assert waited.in_time, "the stand-in does not answer"
