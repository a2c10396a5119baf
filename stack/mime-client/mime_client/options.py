"""The command line."""

import argparse
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from servicekit.wire import Address

EPILOG = "exit codes: 0 done, 2 bad usage, 3 the server refused, 4 the server is unavailable, 5 a local file failed"


class Command(StrEnum):
    """The commands."""

    SEND = "send"
    RECEIVE = "receive"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Options:
    """One command; `subject` is the file to send, or the name to receive."""

    command: Command
    server: Address
    subject: str
    mime_type: str
    output: Path | None
    silence_s: float


def parse(arguments: list[str]) -> Options:
    """Parse the command line; bad usage ends the process with exit code 2."""
    parser = _parser()
    seen = parser.parse_args(arguments)
    if seen.server is None:
        parser.error("name the server: --to HOST:PORT when sending, --from HOST:PORT otherwise")
    if seen.send is not None:
        return Options(Command.SEND, seen.server, seen.send, seen.type, None, seen.timeout)
    if seen.receive is not None:
        return Options(Command.RECEIVE, seen.server, seen.receive, "", seen.output, seen.timeout)
    return Options(Command.LIST, seen.server, "", "", None, seen.timeout)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="mime-client", description="Transfer files.", epilog=EPILOG)
    command = parser.add_mutually_exclusive_group(required=True)
    command.add_argument("--send", metavar="FILE", help="store a file, and print its stored name")
    command.add_argument("--receive", metavar="NAME", help="fetch a stored file")
    command.add_argument("--list", action="store_true", help="print sizes and names of the stored files")
    parser.add_argument("--to", "--from", dest="server", type=_address, metavar="HOST:PORT", help="the mime-server")
    parser.add_argument("--type", default="", metavar="TYPE", help="MIME type; default: guessed from the file's name")
    parser.add_argument(
        "--output", type=Path, metavar="FILE", help="where to write a received file; default: its stored name"
    )
    parser.add_argument("--timeout", type=float, default=30.0, metavar="SECONDS", help="longest silence of the server")
    return parser


def _address(text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
