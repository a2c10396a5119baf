"""receivers/unexpanded-placeholder: a placeholder that was not replaced."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.model import Location

_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_PLACEHOLDER = re.compile(
    r"\$\{\w+(:?[-?+][^}]*)?\}|\$\([A-Z]\w*\)|\$[A-Z][A-Z0-9_]{2,}\b|\b__[A-Z][A-Z0-9_]*__\b|%[A-Z][A-Z0-9_]{2,}%|"
    r"@[A-Z][A-Z0-9_]{2,}@"
)
# Not part of Alertmanager's templates: functions and values of other tools, and bare names.
_FOREIGN = re.compile(
    r"\{\{-?\s*((env|getenv|lookup|vault|secret|include|required|requiredEnv|vars)\b.*?|\.?(Values|Env|Release)\..*?|"
    r"[A-Za-z_]\w*\s*(\|.*?)?)-?\}\}",
    re.DOTALL,
)
_OWN_KEYWORDS = frozenset({"end", "else", "break", "continue", "now"})
_ANGLED = re.compile(r"<[A-Za-z][\w .-]*>")
_PLAIN = re.compile(r".*(url|key|token|password|secret|smarthost|from|to|username)", re.IGNORECASE)


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    if monitoring.routing is None:
        return
    for path, text in monitoring.routing.texts.items():
        found = _placeholder(path, text)
        if found:
            where = Location(monitoring.routing.file, monitoring.routing.lines.get(path))
            yield Spot(where, f"{path.rpartition('.')[2]} contains {found!r}, which is not replaced")


def _placeholder(path: str, text: str) -> str | None:
    for foreign in _FOREIGN.finditer(text):
        if foreign[0].strip("{}- ") not in _OWN_KEYWORDS:
            return foreign[0]
    plain = _TEMPLATE.sub("", text)
    found = _PLACEHOLDER.search(plain) or (_ANGLED.search(plain) if _is_setting(path, plain) else None)
    return found[0] if found else None


def _is_setting(path: str, text: str) -> bool:
    """Whether angle brackets can only be a placeholder here, because the setting takes no markup."""
    return _PLAIN.fullmatch(path.rpartition(".")[2]) is not None and "@" not in text


CHECK = Check(
    id="receivers/unexpanded-placeholder",
    severity=Severity.ERROR,
    confidence=Confidence.CERTAIN,
    needs=(Needs.ALERTMANAGER,),
    why="Alertmanager expands neither environment variables nor secrets: it uses the text as is, or rejects the file.",
    fix="read the secret from a file (api_url_file, routing_key_file, auth_password_file...), or check the output of "
    "envsubst, Helm or Ansible instead of this file",
    look=_look,
)
