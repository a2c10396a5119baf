from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from stackproof.engine.port import Address
from stackproof.engine.toxiproxy.link import ProxyLink
from stackproof.faults.catalogue import check, families
from stackproof.faults.evidence.client_view import ConnectionEnd, Patience, PortRequest, watch_reply
from stackproof.faults.injection import held
from stackproof.faults.journal import Journal
from stackproof.model import Family, FaultSpec, Link, Network, Probe, ProbeKind, Service, Stack
from tests.engine.certificates import server_context
from tests.engine.toxiproxies import LOOPBACK, listener, running_toxiproxy
from tests.tiny_servers import AnswersHttp, AnswersLines, ClosesWordless, NeverAnswers, serving
from tests.unit.fakes import FakeStack

pytestmark = [
    pytest.mark.engine,
    # The TLS server's own socket, where a client is reset between accept and handshake: ssl forgets to close it.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

PORTS = {"lines": 1001, "http": 1002, "https": 1003, "wordless": 1004, "mute": 1005, "unprobed": 1006}
PROBES = {
    "lines": "tcp://:1001?send=PING%0A&expect=PONG",
    "http": "http://:1002/health/live",
    "https": "https://:1003/health/live",
    "mute": "tcp://:1005?send=PING%0A&expect=PONG",
}
LINKS = {name: Link("net", "api", port) for name, port in PORTS.items()}
FAULTY = (
    "latency {} latency_ms=150",
    "latency {} latency_ms=150 jitter_ms=150",
    "bandwidth {} rate_kbps=32",
    "timeout {} timeout_ms=0",
    "timeout {} timeout_ms=200",
    "slow_close {} delay_ms=300",
    "slicer {} average_bytes=20 delay_us=2000",
    "limit_data {} limit_bytes=100",
    "reset_peer {}",
    "reset_peer {} delay_ms=200",
    "down {}",
    "flap {} up_ms=100 down_ms=100",
)

each_fault = pytest.mark.parametrize("fault", FAULTY)
each_server = pytest.mark.parametrize("server", ["lines", "http", "https", "unprobed"])


def api() -> Service:
    """A service with several protocols, not all of them probed."""
    probes = (Probe("api", ProbeKind.PING, url, PORTS[name]) for name, url in PROBES.items())
    return Service("api", networks=("net",), ports=tuple(PORTS.values()), probes=tuple(probes))


@pytest.fixture(scope="module")
def engine(toxiproxy_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeStack]:
    """A fake stack whose servers and Toxiproxy are real, on loopback."""
    folder = tmp_path_factory.mktemp("faults")
    handlers = {
        "lines": AnswersLines,
        "http": AnswersHttp,
        "https": AnswersHttp,
        "wordless": ClosesWordless,
        "mute": NeverAnswers,
        "unprobed": AnswersHttp,
    }
    with ExitStack() as stack:
        tls = {"https": server_context(folder)}
        servers = {name: stack.enter_context(serving(each, tls.get(name))) for name, each in handlers.items()}
        listeners = {name: listener(f"link.net.{PORTS[name]}", server) for name, server in servers.items()}
        toxiproxy = stack.enter_context(running_toxiproxy(toxiproxy_image, tuple(listeners.values()), folder))
        yield FakeStack(
            Stack("loopback", Path("compose.yaml"), (Network("net"),), (api(),)),
            over={LINKS[name]: Address(LOOPBACK, each.port) for name, each in listeners.items()},
            direct={("api", PORTS[name]): server for name, server in servers.items()},
            controls={LINKS[name]: ProxyLink(toxiproxy.server(), each.name) for name, each in listeners.items()},
        )


@each_server
@each_fault
def test_a_fault_is_confirmed_until_it_is_healed(engine: FakeStack, journal: Journal, fault: str, server: str) -> None:
    """Every fault of a link is confirmed with each kind of server; the heal restores the link as it was."""
    spec = FaultSpec.parse(fault.format(LINKS[server]))
    with held(spec, engine, journal) as injection:
        during = injection.evidence()
    assert during.confirmed, during.observed
    after = check(spec, engine.stack).evidence(engine)
    assert not after.confirmed, after.observed
    control = engine.link(LINKS[server])
    assert not control.effects()
    assert not control.is_cut()


@each_server
@each_fault
def test_a_fault_that_was_not_injected_is_not_confirmed(
    engine: FakeStack, journal: Journal, monkeypatch: pytest.MonkeyPatch, fault: str, server: str
) -> None:
    """With an injector that does nothing, the evidence says so: the verdict can never become PASS by mistake."""
    spec = FaultSpec.parse(fault.format(LINKS[server]))
    monkeypatch.setattr(type(check(spec, engine.stack)), "inject", lambda _self, _engine: None)
    with held(spec, engine, journal) as injection:
        evidence = injection.evidence()
    assert not evidence.confirmed, evidence.observed


@pytest.mark.parametrize(
    ("fault", "server"),
    [*((fault, "mute") for fault in FAULTY if "jitter" not in fault), ("down {}", "wordless"), (FAULTY[0], "wordless")],
)
def test_what_cannot_be_observed_is_not_confirmed(engine: FakeStack, journal: Journal, fault: str, server: str) -> None:
    """A silent server gives no answer to time: the evidence is no confirmation, and has the reason."""
    with held(FaultSpec.parse(fault.format(LINKS[server])), engine, journal) as injection:
        evidence = injection.evidence()
    assert not evidence.confirmed
    assert evidence.observed.startswith(f"cannot be observed: api:{PORTS[server]} ")


def test_every_fault_of_a_link_is_tried_here() -> None:
    """A new fault of a link is added here."""
    assert {fault.split()[0] for fault in FAULTY} == {each.kind for each in families()[Family.LINKS]}


@pytest.mark.parametrize("bytes_asked_for", [100, 10_000])
def test_a_limited_upload_breaks_off_too(engine: FakeStack, journal: Journal, bytes_asked_for: int) -> None:
    """What a client sends is limited like what it receives."""
    spec = FaultSpec.parse(f"limit_data {LINKS['mute']} limit_bytes=5000")
    with held(spec, engine, journal):
        request = PortRequest(b"x" * bytes_asked_for)
        seen = watch_reply(engine.entry(LINKS["mute"]), request, Patience(within_s=0.5, quiet_s=0.1))
    assert (seen.end is ConnectionEnd.OPEN) == (bytes_asked_for <= 5000)
