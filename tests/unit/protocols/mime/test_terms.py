"""The codes and limits of the socket protocol are those of docs/protocol.md."""

import re
from pathlib import Path

from stackproof.protocols.mime.terms import (
    BUSY_CODES,
    CLOSING_CODES,
    DEFAULT_PAGE_FILES,
    JSON_DEPTH,
    JSON_DIGITS,
    LINE_BYTES,
    PAGE_FILES,
    POLICY_CODES,
    UNENDED_BYTES,
    MimeCode,
    MimeLimits,
)

TEXT = (Path(__file__).parents[4] / "docs" / "protocol.md").read_text(encoding="utf-8")
CODES = dict(re.findall(r"^\| `([a-z_]+)` \| .* \| (ends|stays open) \|$", TEXT, re.MULTILINE))


def limit(pattern: str) -> int:
    """The number in the one sentence of the page that the pattern finds."""
    (digits,) = re.findall(pattern, TEXT)
    return int(digits)


def test_the_codes_are_those_of_the_page() -> None:
    """Every code is documented, none is missing, and after each the connection ends or goes on as documented."""
    assert set(CODES) == set(MimeCode)
    assert {code for code, connection in CODES.items() if connection == "ends"} == CLOSING_CODES


def test_a_busy_server_is_one_that_says_to_try_again_or_took_too_long() -> None:
    """Codes that count against availability are documented codes that close the connection."""
    assert BUSY_CODES < CLOSING_CODES
    assert set(POLICY_CODES) < set(CODES)


def test_the_limits_are_those_of_the_page() -> None:
    """Those of the protocol, and the owner's as shipped."""
    assert limit(r"\| request line \| (\d+) octets") == LINE_BYTES
    assert limit(r"refused after (\d+) octets") == UNENDED_BYTES
    assert limit(r"\| page \| (\d+) files") == PAGE_FILES
    assert limit(r"`limit` \(0 to \d+, default (\d+)\)") == DEFAULT_PAGE_FILES
    assert limit(r"nested deeper than (\d+)") == JSON_DEPTH
    assert limit(r"numbers of more than (\d+)\s+digits") == JSON_DIGITS
    shipped = MimeLimits()
    assert limit(r"\| size of a file \| below (\d+) octets") == shipped.max_size_bytes
    (types,) = re.findall(r"^\| types \| (.*?) \|", TEXT, re.MULTILINE)
    assert tuple(re.findall(r"`([^`]+)`", types)) == shipped.types
