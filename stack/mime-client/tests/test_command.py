from pathlib import Path

import pytest
from mime_client.__main__ import main
from mime_server.server import Ports
from testkit.fixtures import Serve
from testkit.mime import mime_server, mime_settings


@pytest.fixture
def server(serve: Serve, tmp_path: Path) -> str:
    """The address of a running mime-server."""
    folder = tmp_path / "storage"
    folder.mkdir()
    ports: Ports = serve(mime_server(mime_settings(folder))).value
    return f"127.0.0.1:{ports.transfers}"


def test_a_file_can_be_sent_listed_and_received(
    server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Send prints the stored name; list shows it; receive returns the same bytes."""
    sent, back = tmp_path / "note.txt", tmp_path / "back.txt"
    sent.write_bytes(b"some text")
    assert main(["--send", str(sent), "--to", server]) == 0
    name = capsys.readouterr().out.strip()
    assert main(["--list", "--from", server]) == 0
    assert capsys.readouterr().out == f"{9:>12} {name}\n"
    assert main(["--receive", name, "--from", server, "--output", str(back)]) == 0
    assert back.read_bytes() == b"some text"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["back.txt", "note.txt", "storage"]


def test_a_refusal_is_exit_code_3(server: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The server's reason is printed, on standard error."""
    picture = tmp_path / "picture.png"
    picture.write_bytes(b"png")
    assert main(["--send", str(picture), "--to", server]) == 3
    assert "type_not_allowed" in capsys.readouterr().err
    assert main(["--receive", "received_0000.plain", "--from", server, "--output", str(tmp_path / "x")]) == 3
    assert not (tmp_path / "x").exists()


def test_an_unreachable_server_is_exit_code_4(capsys: pytest.CaptureFixture[str]) -> None:
    """A closed port is reported as unreachable."""
    assert main(["--list", "--from", "127.0.0.1:1"]) == 4
    assert "cannot be reached" in capsys.readouterr().err


def test_a_missing_local_file_is_exit_code_5(server: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The file is named."""
    assert main(["--send", "/no/such/file", "--to", server]) == 5
    assert "/no/such/file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments",
    [[], ["--list"], ["--list", "--from", "nowhere"], ["--send", "x", "--list", "--to", "h:1"], ["--send", "x"]],
)
def test_bad_usage_is_exit_code_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """The usage is shown."""
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert "usage:" in capsys.readouterr().err
