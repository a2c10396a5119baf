import smtplib
from dataclasses import dataclass
from email.message import EmailMessage

import pytest
import requests
from receivers.deadman import Period
from receivers.serving import Ports, running
from receivers.settings import Settings
from servicekit.settings import Environment, SettingError
from testkit.fixtures import Serve
from testkit.mime import LOOPBACK, WITHIN_S
from testkit.waiting import wait_until

HOOK = "/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"
KEY = "0123456789abcdef0123456789abcdef"
FIELDS = [{"title": "Firing", "value": "HighLatency, TargetDown"}, {"title": "Resolved", "value": ""}]
SLACK: dict[str, object] = {"channel": "#alerts", "attachments": [{"title": "FIRING", "fields": FIELDS}]}
PAYLOAD = {
    "summary": "mime-server does not answer",
    "source": "Alertmanager",
    "severity": "critical",
    "custom_details": {"firing": "MimeServerDown", "resolved": ""},
}
EVENT: dict[str, object] = {"routing_key": KEY, "event_action": "trigger", "dedup_key": "a", "payload": PAYLOAD}
Entry = dict[str, object]


@dataclass(frozen=True, slots=True)
class Receivers:
    """The receivers, served on loopback."""

    ports: Ports

    def send(self, path: str, body: object) -> requests.Response:
        """Send a message to one of the vendors' endpoints."""
        return requests.post(f"http://{LOOPBACK}:{self.ports.vendors}{path}", json=body, timeout=WITHIN_S)

    def control(self, method: str, path: str, body: object = None) -> requests.Response:
        """Call the control API."""
        return requests.request(method, f"http://{LOOPBACK}:{self.ports.control}{path}", json=body, timeout=WITHIN_S)

    def received(self, since: int = 0) -> list[Entry]:
        """The stored messages."""
        kept: list[Entry] = self.control("GET", f"/received?since={since}").json()
        return kept

    def mail(self, message: EmailMessage) -> None:
        """Send a mail."""
        with smtplib.SMTP(LOOPBACK, self.ports.mail, timeout=WITHIN_S) as smtp:
            smtp.send_message(message)


@pytest.fixture
def receivers(serve: Serve) -> Receivers:
    """The receivers."""
    settings = Settings((Period(name="watchdog", period_s=0.2),))
    return Receivers(serve(running(settings, Ports(0, 0, 0), LOOPBACK)).value)


def letter() -> EmailMessage:
    """A mail as Alertmanager writes it."""
    message = EmailMessage()
    message["From"] = "alertmanager@mime-stack.example"
    message["To"] = "ops@mime-stack.example"
    message["Subject"] = "[RESOLVED] TargetDown"
    message["Date"] = "Tue, 01 Dec 2026 10:00:00 +0000"
    message["Message-Id"] = "<1@mime-stack.example>"
    message["X-Alerts-Resolved"] = "TargetDown"
    message.set_content("All is well.")
    return message


def test_slack_answers_ok_and_the_message_lists_the_firing_alerts(receivers: Receivers) -> None:
    """A webhook is answered as by Slack, and the message can be read afterwards."""
    answer = receivers.send(HOOK, SLACK)
    assert (answer.status_code, answer.text) == (200, "ok")
    (entry,) = receivers.received()
    expected = {"id": 1, "receiver": "slack", "to": "#alerts", "answered": 200, "problems": [], "status": "firing"}
    assert {name: entry[name] for name in expected} == expected
    assert entry["alerts"] == ["HighLatency", "TargetDown"]
    assert entry["body"] == SLACK
    assert str(entry["at"]).endswith("+00:00")


@pytest.mark.parametrize(
    ("path", "body", "refusal", "problem"),
    [
        (HOOK, {"channel": "#alerts"}, (400, "no_text"), "expected text, attachments or blocks"),
        (HOOK, {"text": 5}, (400, "invalid_payload"), "text"),
        (HOOK, {"text": "x", "channel": "two words"}, (400, "invalid_payload"), "channel"),
        (HOOK, {"attachments": [{}]}, (400, "invalid_payload"), "attachments.0"),
        (HOOK, {"attachments": [{"text": "x", "color": "#12"}]}, (400, "invalid_payload"), "attachments.0.color"),
        (HOOK, {"blocks": [{"type": "divider"}] * 51}, (400, "invalid_payload"), "blocks"),
        (HOOK, {"text": "x" * 40_001}, (400, "invalid_payload"), "text"),
        (HOOK, ["text"], (400, "invalid_payload"), "expected a JSON object"),
        ("/services/T0/wrong/x", SLACK, (404, "no_service"), "expected a path"),
    ],
)
def test_slack_refuses_what_the_real_one_would_refuse(
    receivers: Receivers, path: str, body: object, refusal: tuple[int, str], problem: str
) -> None:
    """An invalid message is refused with Slack's error code, and stored with its problems."""
    answer = receivers.send(path, body)
    assert (answer.status_code, answer.text) == refusal
    (entry,) = receivers.received()
    assert entry["answered"] == answer.status_code
    assert any(problem in each for each in _texts(entry["problems"]))


def test_pagerduty_accepts_an_event_and_returns_its_key(receivers: Receivers) -> None:
    """An event is answered with 202 and its dedup_key; one without a key gets one."""
    answer = receivers.send("/v2/enqueue", EVENT)
    assert answer.status_code == 202
    assert answer.json() == {"status": "success", "message": "Event processed", "dedup_key": "a"}
    assert receivers.send("/v2/enqueue", EVENT | {"dedup_key": ""}).json()["dedup_key"]
    entry, _ = receivers.received()
    assert (entry["receiver"], entry["to"], entry["status"]) == ("pagerduty", KEY, "firing")
    assert entry["alerts"] == ["MimeServerDown"]


def test_pagerduty_accepts_a_resolve(receivers: Receivers) -> None:
    """A resolve needs a key and nothing else."""
    resolve = {"routing_key": KEY, "event_action": "resolve", "dedup_key": "a"}
    assert receivers.send("/v2/enqueue", resolve).status_code == 202
    assert receivers.received()[0]["status"] == "resolved"
    assert receivers.send("/v2/enqueue", resolve | {"dedup_key": ""}).status_code == 400


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"routing_key": "short"}, "routing_key"),
        ({"event_action": "fire"}, "event_action"),
        ({"dedup_key": "k" * 256}, "dedup_key"),
        ({"payload": None}, "expected a payload"),
        ({"payload": PAYLOAD | {"severity": "page"}}, "payload.severity"),
        ({"payload": PAYLOAD | {"summary": "s" * 1025}}, "payload.summary"),
        ({"payload": PAYLOAD | {"source": ""}}, "payload.source"),
        ({"payload": {"summary": "s", "severity": "error"}}, "payload.source"),
    ],
)
def test_pagerduty_refuses_what_the_real_one_would_refuse(
    receivers: Receivers, change: dict[str, object], problem: str
) -> None:
    """An invalid event is refused with its problems."""
    answer = receivers.send("/v2/enqueue", EVENT | change)
    assert (answer.status_code, answer.json()["status"]) == (400, "invalid event")
    assert any(problem in each for each in answer.json()["errors"])
    assert receivers.received()[0]["problems"] == answer.json()["errors"]


def test_mail_is_accepted_and_lists_the_resolved_alerts(receivers: Receivers) -> None:
    """A mail is accepted, and can be read afterwards: recipient, subject and alerts."""
    receivers.mail(letter())
    (entry,) = receivers.received()
    expected = {"receiver": "mail", "to": "ops@mime-stack.example", "answered": 250, "status": "resolved"}
    assert {name: entry[name] for name in expected} == expected
    assert (entry["alerts"], entry["problems"]) == (["TargetDown"], [])
    body = entry["body"]
    assert isinstance(body, dict)
    assert body["text"].strip() == "All is well."


def test_a_mail_without_a_required_header_is_stored_with_that_problem(receivers: Receivers) -> None:
    """A mail that others would treat as spam does not pass for valid."""
    message = letter()
    del message["Message-Id"]
    receivers.mail(message)
    assert receivers.received()[0]["problems"] == ["expected a header Message-Id, saw none"]


def test_a_receiver_that_is_set_to_fail_still_stores_what_it_gets(receivers: Receivers) -> None:
    """Retries are visible: each attempt is stored with its answer, until the receiver works again."""
    receivers.control("PUT", "/behaviour", {"receiver": "slack", "mode": "fail"})
    receivers.control("PUT", "/behaviour", {"receiver": "mail", "mode": "fail"})
    assert receivers.send(HOOK, SLACK).status_code == 500
    with pytest.raises(smtplib.SMTPDataError, match="451"):
        receivers.mail(letter())
    assert receivers.send("/v2/enqueue", EVENT).status_code == 202
    receivers.control("PUT", "/behaviour", {"receiver": "slack", "mode": "ok"})
    assert receivers.send(HOOK, SLACK).status_code == 200
    assert [entry["answered"] for entry in receivers.received()] == [500, 451, 202, 200]


def test_a_rate_limited_receiver_says_when_to_retry(receivers: Receivers) -> None:
    """429 comes with Retry-After, as from the vendors."""
    for name in ("slack", "pagerduty"):
        receivers.control("PUT", "/behaviour", {"receiver": name, "mode": "fail", "status": 429, "seconds": 7})
    for answer in (receivers.send(HOOK, SLACK), receivers.send("/v2/enqueue", EVENT)):
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")


def test_a_slow_receiver_answers_late(receivers: Receivers) -> None:
    """The answer is delayed by the requested time, and otherwise the same."""
    receivers.control("PUT", "/behaviour", {"receiver": "slack", "mode": "slow", "seconds": 0.3})
    answer = receivers.send(HOOK, SLACK)
    assert (answer.status_code, answer.elapsed.total_seconds() >= 0.3) == (200, True)


def test_the_dead_mans_switch_reports_when_heartbeats_stop_and_when_they_return(receivers: Receivers) -> None:
    """Before its first heartbeat it is silent; then the start and the end of each gap are reported once."""
    assert receivers.received() == []
    assert receivers.send("/heartbeat/watchdog", {}).text == "OK"
    wait_until(lambda: [entry["status"] for entry in receivers.received()] == ["beat", "missing"])
    receivers.send("/heartbeat/watchdog", {})
    assert receivers.received()[2]["status"] == "back"
    wait_until(lambda: len(receivers.received()) == 4)
    assert {(entry["receiver"], entry["to"]) for entry in receivers.received()} == {("deadman", "watchdog")}
    assert receivers.send("/heartbeat/nobody", {}).status_code == 404


def test_a_steady_heartbeat_is_reported_once(receivers: Receivers) -> None:
    """Further heartbeats within the period are counted, but not reported."""
    receivers.control("PUT", "/deadman", {"name": "watchdog", "period_s": 600})
    for _ in range(5):
        receivers.send("/heartbeat/watchdog", {})
    assert [entry["status"] for entry in receivers.received()] == ["beat"]
    (switch,) = receivers.control("GET", "/deadman").json()
    assert (switch["state"], switch["beats"], switch["period_s"]) == ("beating", 5, 600)
    receivers.control("DELETE", "/deadman")
    assert receivers.control("GET", "/deadman").json()[0]["state"] == "new"


def test_a_failing_switch_counts_no_heartbeat(receivers: Receivers) -> None:
    """A refused heartbeat does not count."""
    receivers.control("PUT", "/behaviour", {"receiver": "deadman", "mode": "fail"})
    assert receivers.send("/heartbeat/watchdog", {}).status_code == 500
    assert receivers.control("GET", "/deadman").json()[0]["beats"] == 0


def test_messages_can_be_listed_from_an_id_on_and_deleted(receivers: Receivers) -> None:
    """Ids continue after a deletion, so that a reader with `since` misses none."""
    for _ in range(3):
        receivers.send(HOOK, SLACK)
    assert [entry["id"] for entry in receivers.received(since=1)] == [2, 3]
    assert receivers.control("DELETE", "/received").status_code == 204
    receivers.send(HOOK, SLACK)
    assert [entry["id"] for entry in receivers.received()] == [4]


@pytest.mark.parametrize(
    ("method", "path", "body", "word"),
    [
        ("PUT", "/behaviour", {"receiver": "fax", "mode": "ok"}, "receiver"),
        ("PUT", "/behaviour", {"receiver": "slack", "mode": "sulk"}, "mode"),
        ("PUT", "/behaviour", {"receiver": "slack", "status": 200}, "status"),
        ("PUT", "/behaviour", ["slack"], "expected a JSON object"),
        ("PUT", "/deadman", {"name": "watchdog", "period_s": 0}, "period_s"),
        ("PUT", "/deadman", {"name": "nobody", "period_s": 1}, "nobody"),
        ("GET", "/received?since=x", None, "since"),
    ],
)
def test_the_control_api_explains_an_invalid_request(
    receivers: Receivers, method: str, path: str, body: object, word: str
) -> None:
    """An invalid request is refused, and the error names the wrong part."""
    answer = receivers.control(method, path, body)
    assert answer.status_code == 400
    assert word in answer.text


def test_the_probes_answer(receivers: Receivers) -> None:
    """All three probes pass."""
    for probe in ("live", "ready", "startup"):
        assert receivers.control("GET", f"/health/{probe}").status_code == 200


def test_unusable_settings_are_named() -> None:
    """A switch needs a name and a period."""
    assert Settings.read(Environment({"DEADMAN_SWITCHES": "a=1 b=2.5"})).switches[1].period_s == 2.5
    with pytest.raises(SettingError, match="expected NAME=SECONDS"):
        Settings.read(Environment({"DEADMAN_SWITCHES": "watchdog"}))


def _texts(problems: object) -> list[str]:
    assert isinstance(problems, list)
    return [str(each) for each in problems]
