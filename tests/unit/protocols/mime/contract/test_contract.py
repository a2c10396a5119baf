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
from stackproof.protocols.mime.contract import PROPERTIES, Contract, Hear, Limits, Property, Say, play

LIMITS = Limits(MAX_SIZE_BYTES)
EMPTY_PAGE = b'{"status": "ok", "files": [], "next": "", "total_files": 0, "total_bytes": 0}\n'


@pytest.fixture
def sound(tmp_path: Path) -> Iterator[str]:
    """The shipped server, as a target."""
    served = Served(mime_server(replace(mime_settings(tmp_path), max_connections=100, durability=Durability.NONE)))
    yield f"mime://127.0.0.1:{served.value.transfers}"
    served.stop()


@contextmanager
def lying(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """A server that answers each packet with what it likes, and ends the connection where that is nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as ends:

        def serve(client: socket.socket) -> None:
            with client, suppress(ConnectionError):
                while (said := client.recv(1 << 20)) and (answered := answer(said)):
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


def by_id(name: str) -> Property:
    """A property."""
    return next(each for each in PROPERTIES if each.id == name)


def test_a_sound_server_keeps_its_contract(
    sound: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command says how many cases of each property it tried, and ends with 0."""
    assert run(monkeypatch, sound, "--frames", "60", "--max-size", str(MAX_SIZE_BYTES), "--seed", "4", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["target"], told["seed"]) == (sound, 4)
    cases = {each["property"]: each["cases"] for each in told["properties"]}
    assert list(cases) == [each.id for each in PROPERTIES]
    assert cases["wrong-frames"] == 60
    assert all(number > 0 for number in cases.values())
    assert {each["verdict"] for each in told["properties"]} == {"PASS"}


def test_a_broken_contract_is_shown_small_as_bytes_and_as_a_test(
    sound: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The command ends with 1; all properties are tried, though the first is broken. The server takes no pictures."""
    options = (
        "--frames",
        "20",
        "--seed",
        "4",
        "--type",
        "image/gif",
        "--shrink",
        "1s",
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
    assert "  client 0 says b'{\"" in out
    assert f'    assert play("{sound}", script, Limits(max_size_bytes={MAX_SIZE_BYTES}, types=' in out


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (lambda _: b"", "ended the connection"),
        (lambda _: b"HTTP/1.1 400 Bad Request\r\n\r\n", "expected a JSON object on a line"),
        (lambda _: b'{"status": "error", "code": "no", "message": "no"}\n', "the server refused: no: no"),
    ],
)
def test_a_server_of_another_kind_is_told_in_one_message(answer: Callable[[bytes], bytes], seen: str) -> None:
    """Where nobody speaks the protocol nothing was tried, and that is no verdict."""
    with lying(answer) as target, pytest.raises(StackproofError, match=seen):
        list(Contract(target, deadline_s=5.0).attempt())


@pytest.mark.parametrize(
    ("option", "value"), [("--deadline", "0"), ("--deadline", "0s"), ("--type", "text"), ("--type", "text/../x")]
)
def test_an_option_that_cannot_be_meant_is_one_message(
    option: str, value: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, and what was expected."""
    assert run(monkeypatch, "mime://127.0.0.1:1", option, value) == 2
    assert f"expected a {option}" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("target", "seen"),
    [
        ("http://127.0.0.1:1/", "expected mime://host:port"),
        ("127.0.0.1", "expected a target"),
        ("mime://127.0.0.1", "expected a target with a host and a port"),
        ("mime://127.0.0.1:1", "Connection refused"),
    ],
)
def test_a_target_that_cannot_be_tried_is_one_message(
    target: str, seen: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2, what was expected, what was seen, and no traceback."""
    assert run(monkeypatch, target) == 2
    shown = capsys.readouterr()
    assert seen in shown.err
    assert shown.out == ""


def test_a_pasted_script_passes_on_a_sound_server(sound: str) -> None:
    """Names of files that it stores itself are found in what it says."""
    script = (
        Say(0, b'{"mime_type": "text/plain", "size": 3}\nabc', (5, 41), 0.001),
        Hear(0),
        Say(1, b'{"command": "RECEIVE", "name": "<file 0>"}\n{"mime_type": "text/plain", "size": 9}\nabc'),
        Hear(1),
    )
    assert play(sound, script, LIMITS) == ""
    with pytest.raises(DeclarationError):
        play("nowhere", script)


@pytest.mark.parametrize(
    ("answer", "seen"),
    [
        (b"PONG", "heard nothing in time after b'PONG'"),
        (b"PING\n", "expected PONG, saw b'PING\\n'"),
        (b"", "saw the connection end"),
    ],
)
def test_a_wrong_word_a_hang_and_an_end_are_told_apart(answer: bytes, seen: str) -> None:
    """A failure says what was due, and what came in its place."""
    with lying(lambda said: EMPTY_PAGE if b"LIST" in said else answer) as target:
        assert seen in play(target, (Say(0, b"PING\n"), Hear(0)), deadline_s=0.3)


def test_a_word_too_many_is_a_breach() -> None:
    """Whoever reads answers in order is lost after an answer that nobody asked for."""
    with lying(lambda said: EMPTY_PAGE if b"LIST" in said else b"PONG\nPONG\n") as target:
        assert "expected no more answers" in play(target, (Say(0, b"PING\n"), Hear(0)), deadline_s=0.3)


def test_a_file_that_is_not_kept_is_a_breach() -> None:
    """A receipt is not believed: the store is looked at."""
    receipt = (
        b'{"status": "ok", "stored_as": "received_0001.plain", "size": 0, '
        b'"sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}\n'
    )

    def answer(said: bytes) -> bytes:
        if b"size" in said:
            return receipt
        return b"PONG\n" + EMPTY_PAGE if b"PING" in said else EMPTY_PAGE

    with lying(answer) as target:
        script = (Say(0, b'{"mime_type": "text/plain", "size": 0}\n'), Hear(0))
        assert "expected 1 files of 0 bytes in all, saw 0 of 0" in play(target, script, deadline_s=5.0)


def test_what_nobody_was_there_to_answer_has_not_passed() -> None:
    """A server that answers once and never again: every property says so, none is ok on nothing."""
    answers = iter([EMPTY_PAGE])
    with lying(lambda _: next(answers, b"")) as target:
        tried = list(Contract(target, frames=20, deadline_s=0.2, shrink_s=1.0).attempt())
    assert [bool(each.failure) for each in tried] == [True] * len(PROPERTIES)
    assert tried[1].failure is not None
    assert tried[1].failure.why.startswith("after an earlier failure expected all that is stored to be listed")


def test_of_several_endings_the_one_that_fails_is_shown() -> None:
    """They are tried all at once; the script that is shown has one."""
    with lying(lambda _: EMPTY_PAGE) as target:
        (tried,) = Contract(target, frames=20, deadline_s=0.2, shrink_s=1.0).attempt([by_id("endings")])
    assert tried.failure is not None
    assert len(tried.failure.script) == 2
