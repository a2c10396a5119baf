"""Writes the edited parts of files as YAML, so that people can read what was edited."""

import json
import re
from collections.abc import Mapping
from textwrap import dedent, indent

from stackproof.alerts.promql.millisecond_durations import write_ms
from stackproof.alerts.promql.syntax_tree import parsed
from stackproof.model.monitoring import Inhibition, Integration, LabelMatcher, Receiver, Route, Rule

Value = str | bool | list[str] | Mapping[str, str]


def rule_fragment(rule: Rule) -> str:
    """A rule without its annotations; its expression is formatted by the parser."""
    tree = parsed(rule.expr)
    parts: dict[str, Value] = {
        rule.kind.value: rule.name,
        "expr": rule.expr if tree is None else tree.prettify(),
    }
    if rule.for_s:
        parts["for"] = span(rule.for_s)
    if rule.keep_firing_for_s:
        parts["keep_firing_for"] = span(rule.keep_firing_for_s)
    if rule.labels:
        parts["labels"] = dict(rule.labels)
    return _written(parts)


def route_fragment(route: Route) -> str:
    """A route without its children, but with what it inherits from its parent."""
    parts: dict[str, Value] = {
        "receiver": route.receiver,
        "matchers": _matchers(route.matchers),
        "group_by": list(route.group_by),
        "group_wait": span(route.group_wait_s),
        "group_interval": span(route.group_interval_s),
        "repeat_interval": span(route.repeat_interval_s),
    }
    if route.continues:
        parts["continue"] = True
    return _written(parts)


def inhibition_fragment(inhibition: Inhibition) -> str:
    """An inhibition."""
    return _written(
        {
            "source_matchers": _matchers(inhibition.source),
            "target_matchers": _matchers(inhibition.target),
            "equal": list(inhibition.equal),
        }
    )


def receiver_fragment(receiver: Receiver) -> str:
    """A receiver: its name, and the kind and ``send_resolved`` of each integration."""
    return _written({"name": receiver.name, "integrations": [_integration(each) for each in receiver.integrations]})


def span(seconds: float) -> str:
    """A duration as Prometheus writes it."""
    return write_ms(round(seconds * 1000))


def _integration(integration: Integration) -> str:
    return f"{integration.kind}, send_resolved: {str(integration.send_resolved).lower()}"


def _matchers(matchers: tuple[LabelMatcher, ...]) -> list[str]:
    return [str(each) for each in matchers]


def _written(parts: Mapping[str, Value]) -> str:
    return "".join(f"{key}:{_value(value)}\n" for key, value in parts.items())


def _value(value: Value) -> str:
    if isinstance(value, bool):
        return f" {str(value).lower()}"
    if isinstance(value, list):
        return f" [{', '.join(map(_scalar, value))}]"
    if isinstance(value, Mapping):
        return "".join(f"\n  {name}: {_scalar(text)}" for name, text in value.items())
    if "\n" in value:
        return " |-\n" + indent(dedent(value), "  ")
    return f" {_scalar(value)}"


def _scalar(text: str) -> str:
    """A text without quotes if YAML allows that."""
    plain = text and text == text.strip() and not re.search(r"^[\[\]{}&*!|>%@`'\",#?-]|: |:$| #|[\n]", text)
    return text if plain else json.dumps(text, ensure_ascii=False)
