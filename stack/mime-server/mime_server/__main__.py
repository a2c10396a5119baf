"""Runs the server until it is stopped."""

import sys

from servicekit.process import run_service

from mime_server.server import running
from mime_server.settings import Settings

if __name__ == "__main__":
    sys.exit(run_service("mime-server", Settings.read, running))
