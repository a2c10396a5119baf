"""A tiny server that answers as Prometheus, Alertmanager and the receivers' control API do, and as badly as it is told.

The answers' shapes are taken from Prometheus 2.53 and Alertmanager 0.28.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from urllib.parse import parse_qs, urlsplit

from pydantic import JsonValue

from tests.tiny_servers import serving

NOW = "2026-01-02T03:04:05.123456789Z"


@dataclass
class Monitoring:
    """What the server says; tests change it while it runs.

    Attributes:
        url: Where it is.
        alerts: Prometheus' alerts: name, state and labels of each.
        rules: Names of its rules.
        rule_error: Why the rules cannot be evaluated.
        values: What queries give, by their text.
        handled: Alertmanager's alerts.
        inbox: What receivers got.
        broken: Answers that are given as they stand, by path: status and body.
    """

    url: str = ""
    alerts: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    rules: list[str] = field(default_factory=lambda: ["ShopDown"])
    rule_error: str = ""
    values: dict[str, list[float]] = field(default_factory=dict)
    handled: list[dict[str, JsonValue]] = field(default_factory=list)
    inbox: list[dict[str, JsonValue]] = field(default_factory=list)
    broken: dict[str, tuple[int, bytes]] = field(default_factory=dict)

    def get(self, path: str, query: Mapping[str, str]) -> JsonValue:
        """The answer to a request."""
        match path:
            case "/api/v1/rules":
                rules: list[JsonValue] = [self._rule(name) for name in self.rules]
                return _success({"groups": [{"name": "g", "file": "/rules.yaml", "interval": 15, "rules": rules}]})
            case "/api/v1/alerts":
                return _success({"alerts": [self._alert(*each) for each in self.alerts]})
            case "/api/v1/query":
                vector: list[JsonValue] = [
                    {"metric": {}, "value": [1767323045.1, str(value)]} for value in self.values[query["query"]]
                ]
                return _success({"resultType": "vector", "result": vector})
            case "/api/v2/alerts":
                return [*self.handled]
            case "/received":
                return [each for each in self.inbox if int(str(each["id"])) > int(query["since"])]
            case _:
                raise KeyError(path)

    def _rule(self, name: str) -> JsonValue:
        return {
            "state": "inactive",
            "name": name,
            "query": "up == 0",
            "duration": 30,
            "keepFiringFor": 0,
            "labels": {"severity": "critical"},
            "annotations": {},
            "alerts": [self._alert(*each) for each in self.alerts if each[0] == name],
            "health": "err" if self.rule_error else "ok",
            "lastError": self.rule_error,
            "evaluationTime": 0.0001,
            "lastEvaluation": NOW,
            "type": "alerting",
        }

    def _alert(self, name: str, state: str, labels: Mapping[str, str]) -> JsonValue:
        return {
            "labels": {"alertname": name, **labels},
            "annotations": {},
            "state": state,
            "activeAt": NOW,
            "value": "0e+00",
        }

    def handle(self, alert: str, fingerprint: str, inhibited_by: str = "") -> None:
        """Alertmanager has an alert, and may suppress it."""
        self.handled.append(
            {
                "annotations": {},
                "endsAt": NOW,
                "fingerprint": fingerprint,
                "receivers": [{"name": "team"}],
                "startsAt": NOW,
                "status": {
                    "inhibitedBy": [inhibited_by] if inhibited_by else [],
                    "silencedBy": [],
                    "mutedBy": [],
                    "state": "suppressed" if inhibited_by else "active",
                },
                "updatedAt": NOW,
                "generatorURL": "",
                "labels": {"alertname": alert, "severity": "critical"},
            }
        )

    def tell(self, status: str, *alerts: str, at: str = "") -> None:
        """A receiver gets a message."""
        names: list[JsonValue] = [*alerts]
        self.inbox.append(
            {
                "id": len(self.inbox) + 1,
                "receiver": "slack",
                "to": "#ops",
                "at": at or datetime.now(UTC).isoformat(),
                "answered": 200,
                "problems": ["text: expected a string"],
                "status": status,
                "alerts": names,
                "firing": names if status == "firing" else [],
                "resolved": names if status == "resolved" else [],
                "body": {"text": "x"},
            }
        )


def _success(data: JsonValue) -> JsonValue:
    return {"status": "success", "data": data}


@contextmanager
def monitoring() -> Iterator[Monitoring]:
    """Serve while the block runs."""
    says = Monitoring()

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer one request."""
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            status, body = says.broken.get(parts.path) or (200, json.dumps(says.get(parts.path, query)).encode())
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            """Keep quiet."""

    with serving(Answers) as address:
        says.url = f"http://{address}"
        yield says
