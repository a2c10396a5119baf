"""The seeded defects of what speaks HTTP, each with the claim that catches it; and how it is run without the stack."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stackproof.engine.docker_engine import DockerEngine
from stackproof.session.images import images_for
from suites.contract.openapi import Api
from suites.contract.ways import Way
from tests.defects.patches import ROOT, Defect
from tests.engine.toxiproxies import LOOPBACK, free_port

DEFECTS = tuple(Defect(path) for path in sorted((Path(__file__).parent / "http").glob("*.patch")))
"""All of them; the claim of each is the name of a claim of tests/engine/test_http_defects.py."""
