"""The policy passes OPA's own tools; each seeded defect of it, and of the server that asks it, is caught by a claim."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest
import requests

from stackproof.engine.port import Address
from stackproof.protocols.mime.mime_target import mime_target
from suites.policy.claims import DECISION, agrees_with_its_table, is_closed, is_open, refuses, shipped_table, unwanted
from tests.defects.patches import ROOT, Defect, broken
from tests.defects.protocol import POLICY_DEFECTS, served
from tests.engine.opas import RunningOpa, opa_image, running_opa

SEED = 3
QUESTIONS = 300
WITHIN_S = 120.0
REGO = Path("stack", "policy", "rego")
CHECK = """
set -e
opa check --strict /policy
opa fmt --diff --fail /policy
opa test --verbose /policy
opa test --coverage --threshold 100 /policy
"""

pytestmark = pytest.mark.engine


@dataclass(frozen=True, slots=True)
class Scene:
    """A policy service, and a server that asks it."""

    opa: RunningOpa
    server: Address


class Play(Protocol):
    """Starts a policy service and a server that asks it."""

    def __call__(self, code: Path, when_gone: str = "closed") -> Scene:
        """Both run the code in this folder."""
        ...


def _agreement(scene: Scene) -> None:
    agrees_with_its_table(scene.opa.address, shipped_table(), SEED, QUESTIONS)


def _refusals(scene: Scene) -> None:
    for file in unwanted(shipped_table()):
        refuses(scene.server, file)


def _closed_when_frozen(scene: Scene) -> None:
    scene.opa.freeze()
    is_closed(scene.server)


def _closed_when_killed(scene: Scene) -> None:
    scene.opa.kill()
    is_closed(scene.server)


CLAIMS: dict[str, Callable[[Scene], None]] = {
    "agreement": _agreement,
    "refusals": _refusals,
    "closed-when-frozen": _closed_when_frozen,
    "closed-when-killed": _closed_when_killed,
}


@pytest.fixture(scope="module")
def image() -> str:
    """OPA's image."""
    return opa_image()


@pytest.fixture
def play(image: str, tmp_path: Path) -> Iterator[Play]:
    """Start a policy service and a server with some code; both end with the test."""
    with ExitStack() as undo:

        def started(code: Path, when_gone: str = "closed") -> Scene:
            (storage := tmp_path / "storage").mkdir()
            opa = undo.enter_context(running_opa(image, code / REGO))
            target = undo.enter_context(served(code, storage, f"http://{opa.address}{DECISION}", when_gone))
            where = mime_target(target)
            return Scene(opa, Address(where.host, where.port))

        yield started


def _checked(image: str, rego: Path) -> subprocess.CompletedProcess[str]:
    mount = f"type=bind,source={rego},target=/policy,readonly"
    command = ("docker", "run", "--rm", "--network=none", "--mount", mount, "--entrypoint=sh", image, "-c", CHECK)
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=WITHIN_S)


def test_opas_tools_accept_the_policy_and_its_tests_cover_all_of_it(image: str) -> None:
    """Every rule is covered by a test of the policy; the text is valid and in OPA's format."""
    done = _checked(image, ROOT / REGO)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    "rule",
    [
        'known_user if input.user_id == "root"\n',
        "known_user   if input.user_id in data.allowed.users\n",
        "known_user if unknown(input.user_id)\n",
    ],
    ids=["untested", "misshapen", "unsound"],
)
def test_opas_tools_refuse_a_worse_policy(image: str, tmp_path: Path, rule: str) -> None:
    """An untested rule, a badly formatted line and an unknown function are each reported."""
    worse = Path(shutil.copytree(ROOT / REGO, tmp_path / "rego"))
    with (worse / "transfer.rego").open("a", encoding="utf-8") as policy:
        policy.write(f"\n{rule}")
    assert _checked(image, worse).returncode != 0


@pytest.mark.parametrize(
    "defect", [each for each in POLICY_DEFECTS if each.claim == "agreement"], ids=lambda defect: defect.name
)
def test_the_policys_own_tests_catch_its_defects_too(image: str, defect: Defect, tmp_path: Path) -> None:
    """`opa test` reports a mistake in a rule before anything is started."""
    done = _checked(image, broken(defect, tmp_path / "code") / REGO)
    assert done.returncode != 0
    assert "FAIL" in done.stdout + done.stderr


@pytest.mark.parametrize("defect", POLICY_DEFECTS, ids=lambda defect: defect.name)
def test_a_seeded_defect_is_caught_by_its_claim(play: Play, defect: Defect, tmp_path: Path) -> None:
    """With a policy, or a server, broken on purpose, the named claim fails."""
    scene = play(broken(defect, tmp_path / "code"))
    with pytest.raises(AssertionError):
        CLAIMS[defect.claim](scene)


@pytest.mark.parametrize("claim", CLAIMS)
def test_the_claims_hold_for_the_unbroken_stack(play: Play, claim: str) -> None:
    """The same claims hold for the policy and the server as they are."""
    CLAIMS[claim](play(ROOT))


@pytest.mark.parametrize("gone", [RunningOpa.freeze, RunningOpa.kill], ids=["frozen", "killed"])
def test_an_open_server_stores_files_without_a_decision(play: Play, gone: Callable[[RunningOpa], None]) -> None:
    """Files that the policy refuses are refused while it can be asked, and stored when it cannot."""
    scene = play(ROOT, "open")
    _refusals(scene)
    gone(scene.opa)
    is_open(scene.server)


def test_nobody_can_change_the_policy_over_the_network(play: Play) -> None:
    """Whoever can reach OPA may ask for decisions, but can neither read nor change its rules and data."""
    opa = play(ROOT).opa
    for method, path in [
        ("PUT", "/v1/data/allowed/users"),
        ("PATCH", "/v1/data/allowed"),
        ("PUT", "/v1/policies/transfer"),
        ("DELETE", "/v1/policies/policy/transfer.rego"),
        ("GET", "/v1/data/allowed"),
        ("GET", "/v1/policies"),
        ("POST", "/v1/query"),
    ]:
        answer = requests.request(method, f"http://{opa.address}{path}", json={}, timeout=WITHIN_S)
        assert answer.status_code == requests.codes.unauthorized, f"{method} {path} was answered {answer.text}"
    agrees_with_its_table(opa.address, shipped_table(), SEED, 20)
