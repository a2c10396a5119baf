"""A protocol that another package brings works like ours, and touches no file of ours."""

import json
import os
import re
import shutil
import socketserver
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

TOY = Path(__file__).parent / "toy" / "toy_protocol.py"
ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "extending" / "protocol.md"
WITHIN_S = 120.0
ENTRY_POINTS = """
[stackproof.protocols]
toy = toy_protocol:TOY
broken = toy_protocol:MISSING
line = my_package.line:LINE
"""
VERIFY = """
import sys
from stackproof.protocols import Acknowledged, Ledger, verify_stored
digest = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"
print(verify_stored(sys.argv[1], Ledger((Acknowledged("HELLO", 5, digest, "s", 0.0),))).intact)
"""


class Capitals(socketserver.StreamRequestHandler):
    """Answers each line with the same line in capitals."""

    def handle(self) -> None:
        """Answer one client."""
        for line in self.rfile:
            self.wfile.write(line.upper())


class Echo(socketserver.StreamRequestHandler):
    """Answers each line with the same line, which is wrong."""

    def handle(self) -> None:
        """Answer one client."""
        for line in self.rfile:
            self.wfile.write(line)


class Server(socketserver.ThreadingTCPServer):
    """Each client has a thread, which ends with the test."""

    daemon_threads = True


def example() -> str:
    """The protocol that docs/extending/protocol.md shows."""
    blocks = re.findall(r"^```python\n(.*?)^```", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return str(next(block for block in blocks if "ServiceProtocol" in block))


@contextmanager
def served(handler: type[socketserver.StreamRequestHandler]) -> Iterator[str]:
    """Run a little server while the block lasts; gives it as a target."""
    with Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"toy://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture
def target() -> Iterator[str]:
    """A server that speaks the toy's protocol."""
    with served(Capitals) as where:
        yield where


Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def stackproof(tmp_path: Path) -> Command:
    """Runs Python where a package with the toy is installed: its module, and its metadata."""
    shutil.copy(TOY, tmp_path)
    (tmp_path / "my_package").mkdir()
    (tmp_path / "my_package" / "line.py").write_text(example())
    metadata = tmp_path / "toy-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: toy\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(ENTRY_POINTS)
    environment = os.environ | {"PYTHONPATH": os.pathsep.join((str(tmp_path), str(ROOT / "src"))), "COLUMNS": "200"}

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        command = (sys.executable, *arguments)
        return subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=WITHIN_S
        )

    return run


CLI = ("-m", "stackproof.cli")
TEN = ("--rate", "50", "--duration", "0.2", "--json")


def test_a_toy_target_is_put_under_load(stackproof: Command, target: str) -> None:
    """Each request is answered as the toy's reader expects, and counted like any other protocol's."""
    done = stackproof(*CLI, "load", target, *TEN)
    assert done.returncode in {0, 3}, done.stderr  # 3 where a busy machine makes the generator late
    result = json.loads(done.stdout)
    assert (result["sent"], result["ok"], result["errors"]) == (10, 10, {})


def test_the_toys_options_reach_its_request(stackproof: Command, target: str) -> None:
    """An option that only the toy has, and one that it shares with another protocol; values are checked by the toy."""
    assert json.loads(stackproof(*CLI, "load", target, *TEN, "--word", "bye", "--size", "3").stdout)["ok"] == 10
    refused = stackproof(*CLI, "load", target, *TEN, "--word", "b-e")
    assert refused.returncode == 2
    assert refused.stderr == "stackproof: expected a word of letters, saw 'b-e'\n"


def test_a_reader_with_a_bug_breaks_the_load(stackproof: Command, target: str) -> None:
    """A bug of a plug-in is not taken for a slow server: there are no numbers, and the message names the error."""
    done = stackproof(*CLI, "load", target, *TEN, "--word", "broken")
    assert done.returncode == 2, done.stdout
    assert "ZeroDivisionError" in done.stderr
    assert not done.stdout


def test_the_example_of_the_page_works(stackproof: Command, target: str) -> None:
    """docs/extending/protocol.md shows a complete protocol, with an option of its own."""
    done = stackproof(*CLI, "load", target.replace("toy", "line"), *TEN, "--word", "bye")
    assert json.loads(done.stdout)["ok"] == 10, done.stderr


def test_the_help_lists_options_by_protocol(stackproof: Command) -> None:
    """Ours first; an option that cannot be added, and a protocol that cannot be loaded, are named with the reason."""
    text = stackproof(*CLI, "load", "--help").stdout
    sections = re.findall(r"^(Options.*|Not available):\n((?:  .*\n|\n)*)", text, re.MULTILINE)
    flags = {title: re.findall(r"^  (--[a-z-]+)", lines, re.MULTILINE) for title, lines in sections}
    assert flags["Options for http"][:2] == ["--method", "--header"]
    assert flags["Options for mime"] == ["--size", "--mime-type"]
    assert flags["Options for toy"] == ["--size", "--word"]
    assert "toy: the option --body already has another meaning" in text
    assert "package toy: cannot load the protocol broken from toy_protocol:MISSING: AttributeError" in text


def test_a_broken_protocol_breaks_no_other(stackproof: Command, target: str) -> None:
    """The package that has to be repaired is named only to those who ask for its scheme."""
    done = stackproof(*CLI, "load", target.replace("toy", "broken"), *TEN)
    assert done.returncode == 2
    assert done.stderr.startswith("stackproof: package toy: cannot load the protocol broken")
    assert "Traceback" not in done.stderr


def test_an_unknown_scheme_names_the_toy_among_the_known(stackproof: Command) -> None:
    """What is installed can be used, and the error says what is installed."""
    done = stackproof(*CLI, "load", "gopher://127.0.0.1:70", *TEN)
    assert done.returncode == 2
    assert "one of http, https, mime, broken, line, toy, saw 'gopher'" in done.stderr


def test_the_toys_contract_is_tested(stackproof: Command, target: str) -> None:
    """Its own option, its own property, the common report and exit codes."""
    done = stackproof(*CLI, "contract", target, "--try", "abc", "--json")
    assert done.returncode == 0, done.stderr
    (tested,) = json.loads(done.stdout)["properties"]
    assert (tested["property"], tested["cases"], tested["verdict"]) == ("capitals", 1, "PASS")
    assert stackproof(*CLI, "contract", target, "--try", "stra\u00dfe", "--deadline", "0").returncode == 2


def test_a_server_that_breaks_the_toys_protocol_is_caught(stackproof: Command) -> None:
    """By the reader of its load, and by its contract."""
    with served(Echo) as wrong:
        load = stackproof(*CLI, "load", wrong, *TEN)
        contract = stackproof(*CLI, "contract", wrong, "--seed", "3")
    assert json.loads(load.stdout)["errors"] == {"wrong": 10}
    assert contract.returncode == 1
    assert contract.stdout.splitlines()[1:] == ["seed 3", "expected ONE, saw another word"]


def test_the_toys_ledger_is_verified(stackproof: Command, target: str) -> None:
    """What a server acknowledged is read back by the toy's own reader."""
    done = stackproof("-c", VERIFY, target)
    assert done.stdout == "True\n", done.stderr
