"""The owner's policy decides what is stored, over both networks; without its decision nothing is stored."""

import time
from dataclasses import dataclass

import pytest
import requests

from stackproof import Count, Measure, ProbeKind, Profile, Run, mime_contract
from suites.chaos.files import upload
from suites.policy.claims import (
    WITHIN_S,
    Unwanted,
    agrees_with_its_table,
    connected,
    is_closed,
    refuses,
    shipped_table,
    unwanted,
)

POLICY = "policy"
SERVER = "mime-server"
POLICY_LINK = "private_net/policy:8181"
LINKS = ("public_net/mime-server:65432", "private_net/mime-server:65432")
METRICS = "private_net/mime-server:8003"
TABLE = shipped_table()
QUESTIONS = {Profile.QUICK: 300, Profile.NIGHTLY: 5000}
FRAMES = {Profile.QUICK: 300, Profile.NIGHTLY: 5000}
MAX_SIZE_BYTES = 2 * TABLE.below_bytes
"""The server's own limit in this run, so that the policy's is met; see tox.ini."""
BACK_WITHIN_S = 30.0
GONE = (
    f"kill {POLICY}",
    f"freeze {POLICY}",
    f"down {POLICY_LINK}",
    f"latency {POLICY_LINK} latency_ms=5000",
    f"timeout {POLICY_LINK}",
)


@pytest.fixture(autouse=True)
def asked(stack: Run) -> None:
    """A policy that the server does not ask would prove nothing."""
    running = {service.name for service in stack.stack.standing}
    assert POLICY in running, "the policy service is not running: `tox -e policy` starts it, with its Compose profile"
    environment = stack.engine.exec(SERVER, ("printenv", "POLICY_URL"))
    assert POLICY in environment, "mime-server does not ask the policy service: `tox -e policy` configures it"


@dataclass(frozen=True, slots=True)
class Decisions:
    """The decisions that mime-server counted."""

    allowed: float
    refused: float
    unavailable: float


def decisions(stack: Run) -> Decisions:
    """Read the counters."""
    page = requests.get(f"http://{stack.entry(METRICS)}/metrics", timeout=WITHIN_S).text
    lines = [line.split() for line in page.splitlines() if line.startswith("policy_decisions_total{")]
    return Decisions(**{name.split('"')[1]: float(value) for name, value in lines})


@pytest.mark.parametrize("link", LINKS)
def test_allowed_files_are_stored_and_given_back(stack: Run, count: Count, link: str) -> None:
    """Files of every type and every user of the table, byte for byte."""
    with connected(stack.entry(link)) as client:
        for mime_type in TABLE.types:
            for user in TABLE.users:
                body = f"{mime_type} of {user}".encode()
                receipt = client.send(body, mime_type, user_id=user, file_name="a.txt")
                received = client.receive(receipt.stored_as)
                assert (received.body, received.mime_type) == (body, mime_type)
    count(f"allowed files over {link}", len(TABLE.types) * len(TABLE.users))


@pytest.mark.parametrize("link", LINKS)
@pytest.mark.parametrize("file", unwanted(TABLE), ids=lambda file: file.name)
def test_refused_files_are_not_stored(stack: Run, file: Unwanted, link: str) -> None:
    """Whether by type, user, size or name: the sender gets the reason, and may go on."""
    before = decisions(stack)
    refuses(stack.entry(link), file)
    assert decisions(stack).refused == before.refused + 1


def test_the_policy_service_decides_as_its_table_requires(stack: Run, count: Count, seed: int) -> None:
    """For any question it decides what a few lines of Python decide by the table."""
    cases = QUESTIONS[stack.settings.profile]
    seen = agrees_with_its_table(stack.entry(POLICY_LINK), TABLE, seed, cases)
    count("questions allowed", seen[True])
    count("questions refused", seen[False])


def test_the_socket_protocol_holds_under_a_policy(stack: Run, count: Count, seed: int) -> None:
    """The policy may refuse any file, or in a crowd answer too late; everything else holds as without a policy."""
    contract = mime_contract(
        f"mime://{stack.entry(LINKS[1])}",
        seed,
        FRAMES[stack.settings.profile],
        max_size_bytes=MAX_SIZE_BYTES,
        refusals=("policy_refused", "policy_unavailable"),
    )
    before = decisions(stack)
    for result in contract.check():
        count(f"{result.id} under a policy", result.cases)
        assert not result.why, result.explanation
    after = decisions(stack)
    assert after.allowed > before.allowed, "the policy allowed nothing, so this proves nothing about stored files"
    assert after.refused > before.refused, "the policy refused nothing, so this proves nothing about refusals"


@pytest.mark.parametrize("fault", GONE, ids=lambda text: text.split()[0])
def test_nothing_is_stored_while_the_policy_service_is_unavailable(
    stack: Run, count: Count, measure: Measure, fault: str
) -> None:
    """Senders get an error in time, over both networks, and readers go on.

    The server is not ready meanwhile, and recovers without a restart: it asks the policy about each file. A browser
    gets a 503.
    """
    server = stack.service(SERVER)
    kept = b"stored before"
    with connected(stack.entry(LINKS[0])) as client:
        name = client.send(kept).stored_as
    before, started_at = decisions(stack), stack.engine.state(SERVER).started_at
    with stack.fault(fault):
        for link in LINKS:
            began = time.monotonic()
            is_closed(stack.entry(link))
            measure(f"refused over {link} after", time.monotonic() - began)
            with connected(stack.entry(link)) as client:
                assert client.receive(name).body == kept
        assert upload(stack, b"x") == requests.codes.unavailable
        server.wait_until(ProbeKind.READINESS, answers=False, within_s=BACK_WITHIN_S)
        assert server.ask(ProbeKind.LIVENESS).ok
    assert decisions(stack).unavailable == before.unavailable + len(LINKS) + 1
    measure("ready again after", server.wait_until(ProbeKind.READINESS, answers=True, within_s=BACK_WITHIN_S))
    with connected(stack.entry(LINKS[1])) as client:
        client.send(b"stored again")
    assert upload(stack, b"x") == requests.codes.created
    assert stack.engine.state(SERVER).started_at == started_at, "the server was started again"
    count(f"files refused under {fault.split(maxsplit=1)[0]}", len(LINKS) + 1)
