"""Runs the receivers until they are stopped."""

import sys

from servicekit.process import run_service

from receivers.serving import running
from receivers.settings import Settings

if __name__ == "__main__":
    sys.exit(run_service("receivers", Settings.read, running))
