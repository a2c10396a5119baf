"""The model of expressions is right: Prometheus itself refutes nothing that it claims of generated expressions."""

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from stackproof.alerts.meaning import aggregations, facts, functions, operators
from stackproof.alerts.meaning.bounds import Bounds, compared
from stackproof.alerts.meaning.labels import LabelSet
from tests.engine.meaning_answers import Answers, answers
from tests.engine.meaning_claims import Claim, ClaimKind, Proof, Refutation, claims_of, judged
from tests.engine.meaning_expressions import Author
from tests.engine.meaning_series import World, interpreters, worlds
from tests.engine.meaning_words import Written

QUICK_SEED = 20261201
# How many claims of each kind promtool has to confirm, among 2,000 expressions.
ENOUGH = {
    ClaimKind.VALUES: 2000,
    ClaimKind.LABELS: 2000,
    ClaimKind.EMPTY: 300,
    ClaimKind.SURE: 300,
    ClaimKind.GIVEN: 1000,
    ClaimKind.ALWAYS: 100,
    ClaimKind.NEVER: 100,
    ClaimKind.NO_MATCH: 50,
    ClaimKind.NO_FALLBACK: 8,
    ClaimKind.NO_EFFECT: 8,
    ClaimKind.CONTRADICTION: 2,
    ClaimKind.NO_VALUE: 25,
    ClaimKind.MANY: 2,
}

pytestmark = pytest.mark.engine


@dataclass(frozen=True, slots=True)
class Evidence:
    """Generated expressions, what the model claims of them, and what promtool answered.

    Attributes:
        seed: Seed of the expressions and the series.
        share: How many of 2,000 expressions there are.
        expressions: The expressions.
        claims: The claims.
        answered: The answers, in each world at each time.
    """

    seed: int
    share: float
    expressions: list[Written]
    claims: list[Claim]
    answered: list[tuple[World, Answers]]


@pytest.fixture(scope="module")
def evidence(pytestconfig: pytest.Config) -> Evidence:
    """Each night 2,000 expressions of a new seed, by day 500 of the same. ``--seed`` gives those of a seed again."""
    nightly = pytestconfig.getoption("--profile") == "nightly"
    seed = pytestconfig.getoption("--seed")
    if seed is None:
        seed = random.SystemRandom().randrange(10**9) if nightly else QUICK_SEED
    count = 2000 if nightly else 500
    author = Author(seed, interpreters())
    expressions = [author.expression() for _ in range(count)]
    claims = claims_of(expressions, interpreters())
    asked = {expr for claim in claims for expr in claim.asked}
    return Evidence(seed, count / 2000, expressions, claims, answers(worlds(seed, 8 if nightly else 4), asked))


def test_promtool_refutes_no_claim(evidence: Evidence) -> None:
    """What the model says is impossible never happens, and what it says is certain always does."""
    proof = judged(evidence.claims, evidence.answered)
    print(f"seed {evidence.seed}: {len(evidence.expressions)} expressions\n{proof}")  # noqa: T201 - the figures
    assert not proof.refuted, f"--seed {evidence.seed}\n" + "\n".join(map(str, _shortest(proof)))


def test_every_kind_of_claim_is_confirmed_often(evidence: Evidence) -> None:
    """The proof is not empty: promtool's answers confirm claims of each kind, not only by saying nothing."""
    proof = judged(evidence.claims, evidence.answered)
    few = {
        kind: proof.confirmed[kind] for kind, least in ENOUGH.items() if proof.confirmed[kind] < least * evidence.share
    }
    assert few == {}, f"--seed {evidence.seed}"


def _count_of_two(patch: pytest.MonkeyPatch) -> None:
    right = aggregations._bounds  # noqa: SLF001 - a law that is planted
    wrong = Bounds(2.0)
    patch.setattr(aggregations, "_bounds", lambda op, *given: wrong if op == "count" else right(op, *given))


def _rate_of_one(patch: pytest.MonkeyPatch) -> None:
    patch.setitem(functions._TRANSFER, "rate", lambda *_: Bounds(0.0, 1.0))  # noqa: SLF001 - as above


def _quotient_without_nan(patch: pytest.MonkeyPatch) -> None:
    right = Bounds.over
    patch.setattr(Bounds, "over", lambda mine, theirs: replace(right(mine, theirs), nan=False))


def _kept_labels(patch: pytest.MonkeyPatch) -> None:
    right = LabelSet.limited
    patch.setattr(LabelSet, "limited", lambda mine, names: right(mine, names).with_sure(["job"]))


def _no_matches(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(LabelSet, "conflict", lambda *_: "job")


def _equal_is_above(patch: pytest.MonkeyPatch) -> None:
    loose = {"<": "<=", ">": ">="}

    def wrong(op: str, mine: Bounds, theirs: Bounds) -> bool | None:
        return compared(loose.get(op, op), mine, theirs)

    patch.setattr(operators, "compared", wrong)


def _past_time(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(facts, "NOW", Bounds(0.0, 1.6e9))


@pytest.mark.parametrize(
    ("plant", "kinds"),
    [
        pytest.param(_count_of_two, {ClaimKind.VALUES}, id="count-of-two"),
        pytest.param(_rate_of_one, {ClaimKind.VALUES}, id="rate-of-one"),
        pytest.param(_quotient_without_nan, {ClaimKind.VALUES}, id="quotient-without-nan"),
        pytest.param(_kept_labels, {ClaimKind.LABELS}, id="kept-labels"),
        pytest.param(_no_matches, {ClaimKind.NO_MATCH, ClaimKind.EMPTY}, id="no-matches"),
        pytest.param(_equal_is_above, {ClaimKind.ALWAYS}, id="equal-is-above"),
        pytest.param(_past_time, {ClaimKind.VALUES}, id="past-time"),
    ],
)
def test_a_wrong_law_is_refuted(
    plant: Callable[[pytest.MonkeyPatch], None],
    kinds: set[ClaimKind],
    evidence: Evidence,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A wrong law that somebody adds to the model does not pass: the same answers refute it."""
    plant(monkeypatch)
    asked = evidence.answered[0][1].keys()
    claims = [each for each in claims_of(evidence.expressions, interpreters()) if asked >= set(each.asked)]
    refuted = {each.claim.kind for each in judged(claims, evidence.answered).refuted}
    assert refuted >= kinds


def _shortest(proof: Proof) -> list[Refutation]:
    return sorted(proof.refuted, key=lambda each: len(each.claim.subject))[:10]
