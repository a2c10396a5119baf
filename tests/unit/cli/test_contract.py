"""contract: the socket protocol's contract, tried on a server."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.defects.patches import ROOT
from tests.defects.protocol import served
from tests.tiny_servers import AnswersHttp, serving
from tests.unit.cli.commands import run

QUICK = ("--frames", "1", "--shrink", "0.1s", "--deadline", "5s", "--seed", "7")
WRONG_LIMIT = ("--type", "text/html")  # the server refuses that type, which ought to be stored


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The shipped server, in a process of its own."""
    storage: Path = tmp_path_factory.mktemp("storage")
    with served(ROOT, storage) as address:
        yield address


def test_a_server_that_keeps_the_contract_ends_with_0(target: str) -> None:
    """As JSON, whose keys other programs rely on: each property with how many cases were tried, and the seed."""
    done = run("contract", target, *QUICK, "--json")
    assert (done.code, done.err) == (0, ""), done
    result = done.json()
    assert list(result) == ["target", "seed", "properties"]
    assert (result["target"], result["seed"]) == (target, 7)
    keys = ("property", "claim", "cases", "seconds", "verdict", "why", "script", "test")
    assert {tuple(each) for each in result["properties"]} == {keys}
    assert {each["verdict"] for each in result["properties"]} == {"PASS"}


def test_a_broken_contract_ends_with_1(target: str) -> None:
    """Each property in a line; each failure as bytes and as a test to paste; the seed that finds it again."""
    done = run("contract", target, *QUICK, *WRONG_LIMIT)
    assert done.code == 1, done
    assert "wrong-frames" in done.out
    assert f'assert play("{target}", script' in done.out
    assert "seed 7" in done.out


def test_a_server_of_another_protocol_is_refused() -> None:
    """Exit code 2: no contract is broken where none was made."""
    with serving(AnswersHttp) as address:
        done = run("contract", f"mime://{address}", *QUICK)
    assert done.is_refused("fix: name a server that speaks the protocol of docs/protocol.md")
