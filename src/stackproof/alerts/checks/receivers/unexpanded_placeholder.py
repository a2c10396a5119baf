"""receivers/unexpanded-placeholder: a placeholder that was not replaced."""

from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.placeholders import sample, variable
from stackproof.model import Location
from stackproof.model.monitoring import Routing

_MANY = 5
_FIX_SAMPLE = "write your own values before you use the file"


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    """A placeholder of another program is said once, and so are all blanks of a sample together."""
    routing = monitoring.routing
    if routing is None:
        return
    said: set[str] = set()
    blanks: list[tuple[str, str]] = []
    for path, text in routing.texts.items():
        key = path.rpartition(".")[2]
        found = variable(text)
        if found is not None and found not in said:
            said.add(found)
            yield Spot(_where(routing, path), f"{key} contains {found!r}, which Alertmanager does not replace")
        blank = sample(key, text) if found is None else None
        if blank is not None:
            blanks.append((path, blank))
    if blanks:
        lines = sorted({routing.lines[path] for path, _ in blanks if path in routing.lines})
        more = ", ..." if len(lines) > _MANY else ""
        at = f" (lines {', '.join(map(str, lines[:_MANY]))}{more})" if len(lines) > 1 else ""
        words = ", ".join(repr(each) for each in list(dict.fromkeys(blank for _, blank in blanks))[:_MANY])
        message = f"the blanks of a sample are not filled in: {words}{at}"
        yield Spot(_where(routing, blanks[0][0]), message, _FIX_SAMPLE, Severity.INFO, Confidence.ADVICE)


def _where(routing: Routing, path: str) -> Location:
    return Location(routing.file, routing.lines.get(path))


CHECK = Check(
    id="receivers/unexpanded-placeholder",
    severity=Severity.WARNING,
    confidence=Confidence.LIKELY,
    needs=(Needs.ALERTMANAGER,),
    why="Alertmanager expands neither environment variables nor secrets: it uses the text as is, or rejects the file. "
    "If a step of the deployment fills it in, check its result instead of this file.",
    fix="read the secret from a file (api_url_file, routing_key_file, auth_password_file...), or check the output of "
    "envsubst, Helm or Ansible instead of this file",
    look=_look,
)
