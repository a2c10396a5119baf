"""rules/text-outside-braces: a variable outside of braces, which is shown as it is written."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.meaning.readings import Reading, alert_readings
from stackproof.alerts.promql.syntax_tree import matchers, selectors
from stackproof.alerts.templates.expansion import texts
from stackproof.alerts.templates.rule_texts import rule_texts

_VARIABLE = re.compile(r"(?<![\w$\\{=/`'\"])\{?\s?(?P<shown>\$(?P<name>[a-zA-Z]\w+)(?:\.(?P<field>\w+))?)")
_LIKE_A_SHELL = re.compile(r"(?P<shown>\$\{(?P<name>labels|value|externalLabels)(?:\.(?P<field>\w+))?\})")
_CODE = re.compile(r"`[^`]*`|\$\([^)]*\)|\$\{[^}]*\}")
_OF_TEMPLATES = frozenset({"labels", "value", "externalLabels", "externalURL"})
_USUAL = frozenset({"instance", "job", "cluster", "namespace", "pod", "node", "site", "host", "hostname", "device"})


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    external = set(monitoring.scraping.external_labels) if monitoring.scraping else set()
    for rule, reading in alert_readings(monitoring):
        known = _labels(reading) | external | _USUAL | rule.labels.keys()
        for text in rule_texts(rule):
            parsed = text.parsed
            for found in _variables("\n".join(each.text for each in texts(parsed.nodes)) if parsed else ""):
                if found["name"] in _OF_TEMPLATES or (found["name"] in known and not found["field"]):
                    shown = found["shown"]
                    message = f"{text.part} of {rule.name} shows {shown} as it is written: it is outside of {{{{ }}}}"
                    yield Spot(text.where, message, _fix(found["name"], shown, external))
                    break


def _variables(text: str) -> Iterator[re.Match[str]]:
    if "$" in text:
        yield from _LIKE_A_SHELL.finditer(text)
        yield from _VARIABLE.finditer(_CODE.sub(" ", text))


def _labels(reading: Reading) -> set[str]:
    """The labels that the expression names."""
    named = {matcher.name for selector in selectors(reading.expression.tree) for matcher in matchers(selector)}
    labels = reading.likely.facts.labels
    return named | set(labels.only or ()) | labels.sure


def _fix(name: str, shown: str, external: set[str]) -> str:
    if name in _OF_TEMPLATES:
        return f"write {{{{ ${shown.strip('${}')} }}}}"
    if name in external:
        return f"write {{{{ $externalLabels.{name} }}}}"
    return f"write {{{{ $labels.{name} }}}}, or {{{{ $externalLabels.{name} }}}} if Prometheus adds it"


CHECK = Check(
    id="rules/text-outside-braces",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.RULES,),
    helped_by=(Needs.PROMETHEUS,),
    why="The person on call reads the name of the variable, not its value.",
    fix="write the variable between {{ and }}",
    look=_look,
)
