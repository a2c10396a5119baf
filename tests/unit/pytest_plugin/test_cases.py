"""A test gets one case for each objective, probe or service that is declared, unless it says otherwise."""

import pytest

from tests.unit.fake_stack import COMPOSE
from tests.unit.pytest_plugin.sessions import Session
from tests.unit.pytest_plugin.test_objectives import SLO

PARAMETRIZED_FIXTURE = """
@pytest.fixture(params=["mine"])
def probe(request): return request.param
def test_a(probe): assert probe == "mine"
"""


def _cases(session: Session, *arguments: str) -> list[str]:
    ended = session.run("--collect-only", "-q", *arguments)
    assert ended.code == 0, ended.output
    return [line.partition("::")[2] for line in ended.output.splitlines() if "::" in line]


def test_one_case_for_each_that_is_declared(session: Session) -> None:
    """Each is named after what it is about; services without probes and on-demand ones have none."""
    session.write("slo/web.yaml", SLO.format(promise="sla", target=99))
    session.tests("def test_o(objective): pass\ndef test_p(probe): pass\ndef test_s(service_name): pass")
    assert _cases(session) == [
        "test_o[sla-web-errors]",
        "test_p[web/liveness]",
        "test_p[web/readiness]",
        "test_p[store/ping]",
        "test_s[web]",
        "test_s[store]",
    ]


def test_a_case_is_the_declared_thing_itself(session: Session) -> None:
    """A test can ask it all that the declaration says; no stack has to start for that."""
    session.tests(
        "def test_p(probe): assert probe.port in (80, 6379)\n"
        "def test_s(service_name): assert service_name in ('web', 'store')"
    )
    ended = session.run()
    assert (ended.code, ended.folders) == (0, [])


def test_without_objectives_a_test_of_them_is_skipped(session: Session) -> None:
    """A stack may promise nothing."""
    session.tests("def test_o(objective): raise AssertionError")
    ended = session.run()
    assert ended.code == 0
    assert "1 skipped" in ended.output


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.parametrize('probe', ['mine'])\ndef test_a(probe): assert probe == 'mine'",
        "@pytest.mark.parametrize('other,probe', [(1, 'mine')])\ndef test_a(other, probe): assert probe == 'mine'",
        "@pytest.mark.parametrize(['probe', 'other'], [('mine', 1)])\ndef test_a(other, probe): assert probe == 'mine'",
        "@pytest.fixture\ndef probe(): return 'mine'\ndef test_a(probe): assert probe == 'mine'",
        PARAMETRIZED_FIXTURE,
    ],
    ids=["parametrize", "several names", "list of names", "fixture", "parametrized fixture"],
)
def test_a_name_of_ones_own_wins(session: Session, source: str) -> None:
    """Whoever parametrizes the name, or has a fixture of that name, gets what they wrote, once."""
    session.tests(f"import pytest\n{source}")
    ended = session.run()
    assert ended.code == 0, ended.output
    assert "1 passed" in ended.output


def test_a_fixture_of_a_conftest_wins(session: Session) -> None:
    """A folder of tests can give the name a meaning of its own."""
    session.write("conftest.py", "import pytest\n@pytest.fixture\ndef objective(): return 'mine'\n")
    session.tests("def test_a(objective): assert objective == 'mine'")
    assert session.run().code == 0


@pytest.mark.parametrize(
    ("compose", "message"),
    [
        (COMPOSE.replace("http://:80/live", "http://web:80/live"), "compose.yaml:9: probe liveness of service 'web'"),
        ("services: {}\n", "expected a compose file with services"),
    ],
)
def test_a_wrong_declaration_ends_the_collection(session: Session, compose: str, message: str) -> None:
    """Usage error: one message that names the place, no traceback, and nothing is started."""
    session.write("compose.yaml", compose)
    session.tests("def test_a(probe): pass\ndef test_b(service_name): pass")
    ended = session.run()
    assert ended.code == 4
    assert ended.output.count(message) == 1
    assert "Traceback" not in ended.output
    assert "hooks.py" not in ended.output
    assert not session.machine.removed
