"""receivers/secret-in-file: everyone who can read the file can use the secret."""

import re
from collections.abc import Iterator

from stackproof.alerts.check import Check, Monitoring, Needs, Spot
from stackproof.alerts.finding import Confidence, Severity
from stackproof.alerts.routing.placeholders import is_placeholder
from stackproof.model import Location

_SECRET = re.compile(
    r"(.*_)?(password|secret|token|api_key|routing_key|service_key|user_key|credentials|bearer_token)", re.IGNORECASE
)
# Which team VictorOps notifies, and what a message shows: neither is a secret.
_NO_SECRET = re.compile(r".*\.victorops_configs\.\d+\.routing_key|.*\.(details|custom_fields|attributes|fields)\..*")
_SECRET_URL = re.compile(
    r"https://(hooks\.slack\.com/services/|discord(app)?\.com/api/webhooks/|[\w.-]+\.webhook\.office\.com/)\S+"
)
_PARTS = ("global.", "receivers.")


def _look(monitoring: Monitoring) -> Iterator[Spot]:
    routing = monitoring.routing
    for path, text in routing.texts.items() if routing else ():
        key = path.rpartition(".")[2]
        secret = path.startswith(_PARTS) and (_SECRET.fullmatch(key) or _SECRET_URL.match(text))
        if routing and secret and text and not _NO_SECRET.fullmatch(path) and not is_placeholder(text):
            yield Spot(Location(routing.file, routing.lines.get(path)), f"{key} is a secret in plain text")


CHECK = Check(
    id="receivers/secret-in-file",
    severity=Severity.INFO,
    confidence=Confidence.ADVICE,
    needs=(Needs.ALERTMANAGER,),
    why="The file is stored in a repository, shown on Alertmanager's pages and copied into tickets.",
    fix="put the secret in a separate file and name that: api_url_file, routing_key_file, auth_password_file",
    look=_look,
)
