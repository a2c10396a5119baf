"""Runs one command against a mime-server."""

import asyncio
import sys

from servicekit.wire import MimeError, MimeRefusedError

from mime_client.commands import run
from mime_client.options import parse

EXIT_REFUSED = 3
EXIT_UNAVAILABLE = 4
EXIT_LOCAL = 5


def main(arguments: list[str]) -> int:
    """Run the command; returns the exit code: 0 done, 2 bad usage, 3 refused, 4 server unavailable, 5 local file."""
    options = parse(arguments)
    try:
        asyncio.run(run(options))
    except MimeError as error:
        sys.stderr.write(f"mime-client: {options.server}: {error.code}: {error}\n")
        return EXIT_REFUSED if isinstance(error, MimeRefusedError) else EXIT_UNAVAILABLE
    except OSError as error:
        sys.stderr.write(f"mime-client: {error.filename or 'output'}: {error.strerror or error}\n")
        return EXIT_LOCAL
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
