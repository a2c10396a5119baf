"""Targets, requests and the registry of protocols."""

import tomllib
from pathlib import Path
from types import ModuleType

import pytest

import stackproof.protocols
import stackproof.protocols.mime
from stackproof.model import DeclarationError
from stackproof.protocols.http.dialect import HttpDialect
from stackproof.protocols.http.request import HttpRequest
from stackproof.protocols.interface import ServiceProtocol
from stackproof.protocols.ledger import Ledger
from stackproof.protocols.mime.upload import Upload
from stackproof.protocols.registry import GROUP, OURS, all_protocols, protocol_of, schemes, verify_stored

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("mime://server:65432", ("mime", "server", 65432, "/")),
        ("http://server", ("http", "server", 80, "/")),
        ("https://server:443/a/b?c=d%20e", ("https", "server", 443, "/a/b?c=d%20e")),
        ("http://[::1]:8080/x", ("http", "::1", 8080, "/x")),
    ],
)
def test_a_target_is_parsed(text: str, target: tuple[object, ...]) -> None:
    """Scheme, host, port and path, with HTTP's own default ports."""
    parsed = protocol_of(text).read_target(text)
    assert (parsed.scheme, parsed.host, parsed.port, parsed.path) == target


@pytest.mark.parametrize(
    "text",
    ["", "server:80", "ftp://server:21", "mime://server", "mime://server:1/x", "http://", "http://a:x", "http://a:70000",
     "http://u:p@a/", "http://a/b c", "http://a/ü", "http://a..b/"],
)  # fmt: skip
def test_a_malformed_target_is_refused_with_a_fix(text: str) -> None:
    """The message has what was seen, and what to write instead."""
    with pytest.raises(DeclarationError) as error:
        protocol_of(text).read_target(text)
    assert "expected a" in str(error.value)
    assert "fix:" in str(error.value)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("http://server", b"server"),
        ("https://server:443/a", b"server"),
        ("http://server:443/a", b"server:443"),
        ("http://[::1]:8080/x", b"[::1]:8080"),
    ],
)
def test_the_host_header_names_the_port_unless_it_is_the_default(text: str, host: bytes) -> None:
    """As RFC 9110 has it, with brackets around an IPv6 address."""
    (data,) = HttpDialect(protocol_of(text).read_target(text), HttpRequest()).request(0).chunks
    assert b"\r\nHost: " + host + b"\r\n" in data


def test_a_request_that_cannot_be_sent_is_refused() -> None:
    """Header injection, impossible sizes and types, and fields that would lie about the body."""
    with pytest.raises(DeclarationError, match="HTTP header"):
        HttpRequest(headers={"X": "a\r\nY: b"})
    with pytest.raises(DeclarationError, match="HTTP method"):
        HttpRequest("GET /x")
    with pytest.raises(DeclarationError, match="body size must be from 0 to 2147483648 bytes, saw -1"):
        Upload(-1)
    with pytest.raises(DeclarationError, match="expected a type such as text/plain"):
        Upload(mime_type="text")
    with pytest.raises(DeclarationError, match="set by the client itself: size"):
        Upload(fields={"size": "3"})


def test_our_protocols_are_registered_as_any_other_package_registers_its_own() -> None:
    """The entry points in pyproject.toml are those that the registry knows without metadata."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["entry-points"][GROUP] == dict(OURS)


def test_every_protocol_keeps_to_the_interface() -> None:
    """Each scheme leads to a protocol that has it, and whose default request needs no arguments."""
    for scheme in OURS:
        protocol = protocol_of(f"{scheme}://host:1")
        assert isinstance(protocol, ServiceProtocol)
        assert scheme in protocol.default_ports
        target = protocol.read_target(f"{scheme}://host:1")
        assert protocol.dialect(target, protocol.request_type()).request(0).chunks
        fields = protocol.request_type.__dataclass_fields__
        assert {option.field for option in protocol.load_options} <= fields.keys()


def test_an_unknown_scheme_is_refused_with_those_that_are_known_and_how_to_add_one() -> None:
    """The way to a protocol of one's own starts at the error."""
    with pytest.raises(DeclarationError) as error:
        protocol_of("gopher://host:70")
    assert all(scheme in str(error.value) for scheme in schemes())
    assert "saw 'gopher'" in str(error.value)
    assert "entry point of that name in the group stackproof.protocols (docs/extending/protocol.md)" in str(error.value)


@pytest.mark.parametrize("room", [stackproof.protocols, stackproof.protocols.mime], ids=lambda room: str(room.__name__))
def test_every_exported_name_exists(room: ModuleType) -> None:
    """Names are imported when they are asked for, so a wrong one would only show then."""
    assert room.__all__
    assert all(hasattr(room, name) for name in room.__all__)


def test_all_protocols_are_found_once() -> None:
    """HTTP has two schemes and is one protocol."""
    assert [protocol.name for protocol in all_protocols().found][:2] == ["http", "mime"]


def test_a_ledger_is_verified_only_where_files_are_stored() -> None:
    """HTTP acknowledges no files, so there is nothing to read back."""
    with pytest.raises(DeclarationError, match="expected a protocol that stores files, saw http"):
        verify_stored("http://127.0.0.1:1/", Ledger())
