"""Placeholders in Alertmanager's configuration: of programs that fill them in, and of samples that people fill in."""

import re

_TEMPLATE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
# Not $HOME and the like, which texts for people name.
_VARIABLE = re.compile(
    r"\$\{\w+(?::?[-?+][^}]*)?\}|\$\([A-Z]\w*\)|\b__[A-Z][A-Z0-9_]*__\b|%[A-Z][A-Z0-9_]{2,}%|@[A-Z][A-Z0-9_]{2,}@|"
    r"\$(?!(?:HOME|PATH|USER|SHELL|PWD|TMPDIR|KUBECONFIG)\b)[A-Z][A-Z0-9_]{2,}\b"
)
# Not part of Alertmanager's templates: functions and values of other tools, and bare names.
_FOREIGN = re.compile(
    r"\{\{-?\s*((?:env|getenv|lookup|vault|secret|include|required|requiredEnv|vars)\b.*?|"
    r"\.?(?:Values|Env|Release)\..*?|"
    r"[A-Za-z_]\w*\s*(?:\|.*?)?)-?\}\}",
    re.DOTALL,
)
_TEXT_IN_ACTION = re.compile(r'(\{\{[^{}"]*)"[^"\n]*\{\{[^"\n]*"')
_OWN_KEYWORDS = frozenset({"end", "else", "break", "continue", "now"})
_ANGLED = re.compile(r"<(?!secret>)[A-Za-z][\w .-]*>")
# A word of a sample that stands for a value: YOUR_TOKEN, your-api-key, CHANGE_ME, xxxx, https://example.com/REPLACE_ME.
_SAMPLE = re.compile(
    r"\b(?:your|my|insert|enter|put)[-_ ][a-z0-9]+(?:[-_ ][a-z0-9]+)*\b|"
    r"\b(?:change|replace|fill)[-_ ]?(?:me|this|in)\b|"
    r"\bx{3,}\b|\bto[-_]?do\b|\bredacted\b|\bplaceholder\b|^\*{3,}$|^\.{3}$",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"<secret>|secret|redacted", re.IGNORECASE)
_PLAIN = re.compile(
    r"(?!.*_file$).*(?:url|key|token|password|secret|smarthost|from|to|username|credentials|chat_id)", re.IGNORECASE
)
_SENSITIVE = re.compile(r"(?!.*_file$).*(?:url|key|token|password|secret|credentials)", re.IGNORECASE)


def variable(text: str) -> str | None:
    """The first placeholder of a shell, Helm, Ansible or another program; None if there is none."""
    text = _TEXT_IN_ACTION.sub(r'\1""', text)
    closed = text[: text.rfind("}}") + 2]  # what is never closed would be searched for its end again and again
    for foreign in _FOREIGN.finditer(closed) if "{{" in closed else ():
        if foreign[0].strip("{}- ") not in _OWN_KEYWORDS:
            return foreign[0]
    found = _VARIABLE.search(_without_actions(text))
    return found[0] if found else None


def sample(key: str, text: str) -> str | None:
    """The first placeholder that a person is to replace by hand, in a setting that takes no markup; None without one.

    Args:
        key: The name of the setting.
        text: Its value.
    """
    plain = _without_actions(text)
    found = _ANGLED.search(plain) if _PLAIN.fullmatch(key) and "@" not in plain else None
    if found is None and _SENSITIVE.fullmatch(key):
        found = _SAMPLE.search(plain)
    return found[0] if found else None


def _without_actions(text: str) -> str:
    end = text.rfind("}}") + 2
    return _TEMPLATE.sub("", text[:end]) + text[end:] if end > 1 else text


def is_placeholder(text: str) -> bool:
    """Whether a value is, or contains, a placeholder, so that it is not the final value."""
    return (
        "{{" in text
        or _HIDDEN.fullmatch(text) is not None
        or any(pattern.search(text) for pattern in (_VARIABLE, _ANGLED, _SAMPLE))
        or re.search(r"\$|__|<|%", text) is not None
    )
