import json
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from mime_server.settings import Durability
from testkit.mime import MAX_SIZE_BYTES, mime_server, mime_settings
from testkit.served import Served

from stackproof.cli import main
from stackproof.model import DeclarationError, StackproofError
from stackproof.protocols.mime.contract import PROPERTIES, Contract, ContractProperty, MimeLimits, Read, Write, play

LIMITS = MimeLimits(MAX_SIZE_BYTES)
EMPTY_PAGE = b'{"status": "ok", "files": [], "next": "", "total_files": 0, "total_bytes": 0}\n'


@pytest.fixture
def sound(tmp_path: Path) -> Iterator[str]:
    """The shipped server, as a target."""
    served = Served(mime_server(replace(mime_settings(tmp_path), max_connections=100, durability=Durability.NONE)))
    yield f"mime://127.0.0.1:{served.value.transfers}"
    served.stop()


@contextmanager
def lying(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """A server that answers each packet with any bytes, and closes the connection if there are none."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as ends:

        def serve(client: socket.socket) -> None:
            with client, suppress(ConnectionError):
                while (received := client.recv(1 << 20)) and (answered := answer(received)):
                    client.sendall(answered)

        def accept() -> None:
            while True:
                try:
                    client, _ = listening.accept()
                except OSError:
                    return
                threading.Thread(target=serve, args=(client,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        ends.callback(listening.shutdown, socket.SHUT_RDWR)
        yield f"mime://127.0.0.1:{listening.getsockname()[1]}"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    """Run the command as from a shell; its exit code."""
    monkeypatch.setattr(sys, "argv", ["stackproof", "contract", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(str(ended.value.code))


def by_id(name: str) -> ContractProperty:
    """A property."""
    return next(each for each in PROPERTIES if each.id == name)


def test_a_correct_server_keeps_its_contract(
    sound: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command prints how many cases of each property it tried; its exit code is 0."""
    assert run(monkeypatch, sound, "--frames", "60", "--max-size", str(MAX_SIZE_BYTES), "--seed", "4", "--json") == 0
    printed = json.loads(capsys.readouterr().out)
    assert (printed["target"], printed["seed"]) == (sound, 4)
    cases = {each["property"]: each["cases"] for each in printed["properties"]}
    assert list(cases) == [each.id for each in PROPERTIES]
    assert cases["wrong-frames"] == 60
    assert all(number > 0 for number in cases.values())
    assert {each["verdict"] for each in printed["properties"]} == {"PASS"}


def test_a_broken_contract_is_shown_small_as_bytes_and_as_a_test(
    sound: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is 1; all properties are tested, though the first is broken. The server refuses pictures."""
    options = (
        "--frames",
        "20",
        "--seed",
        "4",
        "--type",
        "image/gif",
        "--shrink",
        "30s",
        "--max-size",
        str(MAX_SIZE_BYTES),
    )
    assert run(monkeypatch, sound, *options) == 1
    out = capsys.readouterr().out
    lines = out.splitlines()
    assert [line.split()[:2] for line in lines[: len(PROPERTIES)]] == [
        ["FAIL" if each.id in {"conversations", "crowds"} else "ok", each.id] for each in PROPERTIES
    ]
    assert "seed 4, case" in out
    assert "  client 0 writes b'{\"" in out
    assert f'    assert play("{sound}", script, MimeLimits(max_size_bytes={MAX_SIZE_BYTES}, types=' in out


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (lambda _: b"", "closed the connection"),
        (lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n", "expected a JSON object on a line"),
        (lambda _: b'{"status": "error", "code": "no", "message": "no"}\n', "the server refused: no: no"),
    ],
)
def test_a_server_of_another_protocol_is_one_message(answer: Callable[[bytes], bytes], seen: str) -> None:
    """Without a server of the protocol nothing was tested, and that is no verdict."""
    with lying(answer) as target, pytest.raises(StackproofError, match=seen):
        list(Contract(target, deadline_s=5.0).check())


@pytest.mark.parametrize(
    ("option", "value"), [("--deadline", "0"), ("--deadline", "0s"), ("--type", "text"), ("--type", "text/../x")]
)
def test_an_impossible_option_is_one_message(
    option: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is 2, and the message says what was expected."""
    assert run(monkeypatch, "mime://127.0.0.1:1", option, value) == 2
    assert f"expected a {option}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("target", "seen"),
    [
        ("http://127.0.0.1:1/", "http has none"),
        ("127.0.0.1", "expected a target"),
        ("mime://127.0.0.1", "expected a target with a host and a port"),
        ("mime://127.0.0.1:1", "Connection refused"),
    ],
)
def test_a_target_that_cannot_be_tested_is_one_message(
    target: str, seen: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The exit code is 2; the message says what was expected and what was seen, without a traceback."""
    assert run(monkeypatch, target) == 2
    abbreviated = capsys.readouterr()
    assert seen in abbreviated.err
    assert abbreviated.out == ""


def test_a_pasted_script_passes_on_a_correct_server(sound: str) -> None:
    """It can name the files that it stores itself."""
    script = (
        Write(0, b'{"mime_type": "text/plain", "size": 3}\nabc', (5, 41), 0.001),
        Read(0),
        Write(1, b'{"command": "RECEIVE", "name": "<file 0>"}\n{"mime_type": "text/plain", "size": 9}\nabc'),
        Read(1),
    )
    assert play(sound, script, LIMITS) == ""
    with pytest.raises(DeclarationError):
        play("nowhere", script)


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (b"PONG", "got no complete answer in time after b'PONG'"),
        (b"PING\n", "expected PONG, saw b'PING\\n'"),
        (b"", "but the connection ended"),
    ],
)
def test_a_wrong_answer_a_hang_and_an_end_are_distinguished(answer: bytes, seen: str) -> None:
    """A failure says what was due, and what came instead."""
    with lying(lambda received: EMPTY_PAGE if b"LIST" in received else answer) as target:
        assert seen in play(target, (Write(0, b"PING\n"), Read(0)), deadline_s=0.3)


def test_an_extra_answer_is_a_breach() -> None:
    """A client that reads answers in order is lost after one that it did not ask for."""
    with lying(lambda received: EMPTY_PAGE if b"LIST" in received else b"PONG\nPONG\n") as target:
        assert "expected no more answers" in play(target, (Write(0, b"PING\n"), Read(0)), deadline_s=0.3)


def test_a_file_that_is_not_kept_is_a_breach() -> None:
    """A receipt is not trusted: the store is checked."""
    receipt = (
        b'{"status": "ok", "stored_as": "received_0001.plain", "size": 0, '
        b'"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}\n'
    )

    def answer(received: bytes) -> bytes:
        if b"size" in received:
            return receipt
        return b"PONG\n" + EMPTY_PAGE if b"PING" in received else EMPTY_PAGE

    with lying(answer) as target:
        script = (Write(0, b'{"mime_type": "text/plain", "size": 0}\n'), Read(0))
        assert "expected 1 files of 0 bytes in all, saw 0 of 0" in play(target, script, deadline_s=5.0)


def test_a_property_without_an_answer_has_not_passed() -> None:
    """If a server answers once and never again, every property fails, and none passes without a case."""
    answers = iter([EMPTY_PAGE])
    with lying(lambda _: next(answers, b"")) as target:
        results = list(Contract(target, frames=20, deadline_s=0.2, shrink_s=1.0).check())
    assert all(each.why for each in results)
    assert len(results) == len(PROPERTIES)
    assert results[1].why.startswith("after an earlier failure expected all stored files to be listed")


def test_of_several_endings_the_one_that_fails_is_shown() -> None:
    """They are tried all at once; the script in the result has one."""
    with lying(lambda _: EMPTY_PAGE) as target:
        (result,) = Contract(target, frames=20, deadline_s=0.2, shrink_s=1.0).check([by_id("endings")])
    assert len(result.script) == 2
