"""What the model claims of expressions, each as something that promtool confirms or refutes."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import promql_parser as pp
from promql_parser import Expr

from stackproof.alerts.meaning.facts import Meaning, Part, Presence, RemarkKind, ValueKind, absolute
from stackproof.alerts.meaning.interpreter import Interpreter
from stackproof.alerts.promql.syntax_tree import COMPARISONS, SET_OPERATORS, arguments, parsed, walk
from tests.engine.meaning_answers import Answer, Answers
from tests.engine.meaning_series import World
from tests.engine.meaning_verdicts import (
    Verdict,
    all_are,
    empty_though_both,
    exists_if_selected,
    fails_though_both,
    fits,
    is_empty,
    same_though_right,
    verdict_of,
)
from tests.engine.meaning_words import Written


class ClaimKind(StrEnum):
    """What is claimed."""

    VALUES = "values within bounds"
    LABELS = "labels that are possible"
    EMPTY = "never a result"
    SURE = "always a result"
    GIVEN = "a result whenever series exist"
    ALWAYS = "a comparison that is always true"
    NEVER = "a comparison that is never true"
    NO_MATCH = "sides that cannot match"
    NO_FALLBACK = "a fallback that cannot match"
    NO_EFFECT = "an unless without effect"
    CONTRADICTION = "conditions that exclude each other"
    NO_VALUE = "a label value that no series has"
    MANY = "several series for one, which is an error"


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim.

    Attributes:
        kind: What is claimed.
        subject: The expression that it is about.
        only_customs: Whether it is claimed only of series that keep the customs.
        asked: The expressions whose answers it needs.
        judge: Judges the answers to them, in their order; only the first of MANY may be an error.
        said: What exactly was claimed.
    """

    kind: ClaimKind
    subject: str
    only_customs: bool
    asked: tuple[str, ...]
    judge: Callable[[Sequence[Answer]], Verdict]
    said: str = ""


@dataclass(frozen=True, slots=True)
class Refutation:
    """A claim that promtool refuted, with the answers."""

    claim: Claim
    answers: tuple[Answer, ...]

    def __str__(self) -> str:
        claim = self.claim
        got = [[(dict(each.labels), each.value) for each in answer.samples][:4] for answer in self.answers]
        basis = "likely" if claim.only_customs else "certain"
        return f"{claim.kind} ({basis}): {claim.subject}\n  claimed: {claim.said}\n  asked: {claim.asked}\n  got: {got}"


@dataclass(frozen=True, slots=True)
class Proof:
    """The claims that were judged.

    Attributes:
        claims: How many different claims there were, by kind.
        confirmed: How many of them at least one answer confirmed.
        refuted: Those that an answer refuted.
    """

    claims: Counter[ClaimKind]
    confirmed: Counter[ClaimKind]
    refuted: list[Refutation]

    def __str__(self) -> str:
        return "\n".join(f"{kind}: {self.confirmed[kind]} of {self.claims[kind]} confirmed" for kind in ClaimKind)


def claims_of(expressions: Iterable[Written], interpreters: Mapping[str, Interpreter]) -> list[Claim]:
    """Every claim about every node of the expressions, once."""
    found: dict[tuple[ClaimKind, str, str, bool], Claim] = {}
    for written in expressions:
        tree = parsed(written.text)
        assert tree is not None, written.text
        for basis, interpreter in interpreters.items():
            if basis == "likely" and not written.is_customary:
                continue
            for meaning in interpreter.meaning(tree).walk():
                for claim in _of_node(meaning, only_customs=basis == "likely"):
                    found.setdefault((claim.kind, claim.subject, claim.said, claim.only_customs), claim)
    return list(found.values())


def judged(claims: Iterable[Claim], answered: Sequence[tuple[World, Answers]]) -> Proof:
    """Judge claims by answers."""
    proof = Proof(Counter(), Counter(), [])
    for claim in claims:
        proof.claims[claim.kind] += 1
        verdicts = set()
        for world, answers in answered:
            if claim.only_customs and not world.keeps_customs:
                continue
            given = tuple(answers[expr] for expr in claim.asked)
            is_many = claim.kind is ClaimKind.MANY
            if any(answer.error for answer in given[is_many:]) or (is_many and not world.is_full):
                continue
            verdict = claim.judge(given)
            verdicts.add(verdict)
            if verdict is Verdict.REFUTED:
                proof.refuted.append(Refutation(claim, given))
                break
        proof.confirmed[claim.kind] += verdicts >= {Verdict.CONFIRMED} and Verdict.REFUTED not in verdicts
    return proof


def _of_node(meaning: Meaning, *, only_customs: bool) -> Iterator[Claim]:
    facts, node = meaning.facts, meaning.node
    if facts.kind in {ValueKind.TEXT, ValueKind.RANGE}:
        return
    text = str(node)
    said = "; ".join(f"{absolute(part)!r} {part.labels!r} {part.presence.name}" for part in facts.parts)

    def claim(kind: ClaimKind, judge: Callable[[Sequence[Answer]], Verdict], *asked: str, said: str = said) -> Claim:
        return Claim(kind, text, only_customs, asked or (text,), judge, said)

    if facts.never:
        yield claim(ClaimKind.EMPTY, is_empty)
    else:
        if any(_says_something(part) for part in facts.parts):
            yield claim(ClaimKind.VALUES, lambda given: fits(given[0], facts, values=True))
        yield claim(ClaimKind.LABELS, lambda given: fits(given[0], facts, values=False))
    if facts.presence is Presence.SURE:
        yield claim(ClaimKind.SURE, lambda given: verdict_of(bool(given[0].samples)))
    selected = _selected(node)
    if facts.presence is Presence.GIVEN and selected:
        yield claim(ClaimKind.GIVEN, exists_if_selected, text, *selected)
    for remark in meaning.remarks:
        if remark.kind is not RemarkKind.MANY_WITHOUT_GROUP or only_customs:
            yield from _of_remark(remark.kind, meaning, claim, remark.detail)


def _says_something(part: Part) -> bool:
    return absolute(part).known or not part.bounds.nan


def _of_remark(kind: RemarkKind, meaning: Meaning, claim: Callable[..., Claim], said: str) -> Iterator[Claim]:
    node = meaning.node
    text = str(node)
    if kind is RemarkKind.NO_SUCH_VALUE:
        yield claim(ClaimKind.NO_VALUE, is_empty, said=said)
    if not isinstance(node, pp.BinaryExpr):
        return
    left, right = (str(side.node) for side in meaning.inputs)
    if kind is RemarkKind.ALWAYS_TRUE:
        yield claim(ClaimKind.ALWAYS, lambda given: all_are(given[0], 1.0), _with_bool(node, left, right), said=said)
    elif kind is RemarkKind.NEVER_TRUE:
        yield claim(ClaimKind.NEVER, lambda given: all_are(given[0], 0.0), _with_bool(node, left, right), said=said)
    elif kind is RemarkKind.NEVER_MATCH:
        yield claim(ClaimKind.NO_MATCH, empty_though_both, text, left, right, said=said)
    elif kind is RemarkKind.NO_EFFECT and not _picks(node):
        yield claim(ClaimKind.NO_EFFECT, same_though_right, text, left, right, said=said)
    elif kind is RemarkKind.CONTRADICTION:
        yield claim(ClaimKind.CONTRADICTION, empty_though_both, text, left, left, said=said)
    elif kind is RemarkKind.MANY_WITHOUT_GROUP:
        yield claim(ClaimKind.MANY, fails_though_both, text, left, right, said=said)
    elif kind is RemarkKind.FALLBACK_NEVER_MATCHES and not _picks(node):
        yield from _of_fallback(meaning, claim, said)


def _picks(node: Expr) -> bool:
    """Whether it takes some of its series: of equal ones any, so that two evaluations may differ."""
    named = (str(visit.node.op) for visit in walk(node) if isinstance(visit.node, pp.AggregateExpr))
    return any(op in {"topk", "bottomk", "limitk", "limit_ratio"} for op in named)


def _of_fallback(meaning: Meaning, claim: Callable[..., Claim], said: str) -> Iterator[Claim]:
    """A join gives the same without a fallback of one side that never matches."""
    assert isinstance(meaning.node, pp.BinaryExpr)
    sides = [str(side.node) for side in meaning.inputs]
    choices = [at for at, side in enumerate(meaning.inputs) if _is_simple_or(side)]
    if len(choices) != 1:
        return
    (at,) = choices
    fallback = str(meaning.inputs[at].inputs[1].node)
    sides[at] = str(meaning.inputs[at].inputs[0].node)
    is_bool = bool(meaning.node.modifier and meaning.node.modifier.return_bool)
    without = _operator(meaning.node, sides[0], sides[1], with_bool=is_bool)
    yield claim(ClaimKind.NO_FALLBACK, same_though_right, str(meaning.node), without, fallback, said=said)


def _is_simple_or(side: Meaning) -> bool:
    is_or = isinstance(side.node, pp.BinaryExpr) and str(side.node.op) == "or"
    return is_or and all(len(each.facts.parts) == 1 for each in side.inputs)


def _with_bool(node: pp.BinaryExpr, left: str, right: str) -> str:
    """A comparison that gives 1 where it is true and 0 where it is not."""
    return _operator(node, left, right, with_bool=True)


def _operator(node: pp.BinaryExpr, left: str, right: str, *, with_bool: bool) -> str:
    matching, grouped = "", ""
    modifier = node.modifier
    if modifier is not None and modifier.matching is not None:
        word = "on" if modifier.matching.type == pp.LabelModifierType.Include else "ignoring"
        matching = f"{word} ({', '.join(modifier.matching.labels)})"
        if modifier.card in (pp.VectorMatchCardinality.ManyToOne, pp.VectorMatchCardinality.OneToMany):
            side = "left" if modifier.card == pp.VectorMatchCardinality.ManyToOne else "right"
            grouped = f"group_{side} ({', '.join(modifier.group_labels or ())})"
    return f"({left}) {node.op}{' bool' if with_bool else ''} {matching} {grouped} ({right})"


def _selected(node: Expr) -> tuple[str, ...]:
    """Counts of samples of everything that an expression selects; nothing if it joins, or takes some of the series.

    A quantile of a histogram takes those with the label le. A recorded series has one sample, which a rate cannot use.
    """
    found = []
    for visit in walk(node):
        each = visit.node
        if isinstance(each, pp.BinaryExpr) and (str(each.op) in COMPARISONS | SET_OPERATORS or not _has_scalar(each)):
            return ()
        if isinstance(each, pp.SubqueryExpr) or (isinstance(each, pp.AggregateExpr) and each.param is not None):
            return ()
        if isinstance(each, pp.Call) and (each.func.name == "histogram_quantile" or _has_text(each)):
            return ()
        if isinstance(each, pp.MatrixSelector):
            found.append(f"count_over_time({each})")
        elif isinstance(each, pp.VectorSelector) and not isinstance(next(iter(visit.parents), None), pp.MatrixSelector):
            found.append(f"group({each}) + 1")
    return tuple(found)


def _has_text(call: pp.Call) -> bool:
    return any(isinstance(given, pp.StringLiteral) for given in arguments(call))


def _has_scalar(node: pp.BinaryExpr) -> bool:
    return any(_is_scalar(side) for side in (node.lhs, node.rhs))


def _is_scalar(node: Expr) -> bool:
    while isinstance(node, pp.ParenExpr | pp.UnaryExpr):
        node = node.expr
    if isinstance(node, pp.BinaryExpr):
        return _is_scalar(node.lhs) and _is_scalar(node.rhs)
    return isinstance(node, pp.NumberLiteral) or (
        isinstance(node, pp.Call) and node.func.return_type == pp.ValueType.Scalar
    )
