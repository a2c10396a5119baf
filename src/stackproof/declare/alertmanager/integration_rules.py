"""Conditions of single integrations that go beyond the shape of each value.

Source: the methods ``UnmarshalYAML`` in https://github.com/prometheus/alertmanager/tree/main/notify and
https://github.com/prometheus/alertmanager/blob/main/config/notifiers.go.
"""

from collections.abc import Iterator

from stackproof.declare.alertmanager.parts import is_filled_in_later
from stackproof.declare.alertmanager.shapes import is_set
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_tree import Items, MapEntry, Table, Text

_BOT_URL = "https://slack.com/api/chat.postMessage"
_SNS_TARGETS = ("topic_arn", "target_arn", "phone_number")
_RESPONDERS = ("team", "teams", "user", "escalation", "schedule")
_VICTOROPS_OWN = frozenset(
    {"routing_key", "message_type", "state_message", "entity_display_name", "monitoring_tool", "entity_id"}
    | {"entity_state"}
)


def _choice(reader: TreeReader, table: Table, key: str, known: tuple[str, ...], *, empty: bool = True) -> None:
    """Report a value that is none of the known ones."""
    entry = table.get(key)
    if entry is None or not isinstance(entry.value, Text) or is_filled_in_later(entry.value.value):
        return
    if entry.value.value not in known and (entry.value.value or not (empty or entry.value.null)):
        reader.wrong(entry.line, f"expected {key} to be {' or '.join(known)}, saw {entry.value.value!r}")


def _conflict(reader: TreeReader, table: Table, one: tuple[str, ...], other: tuple[str, ...]) -> None:
    """Report a key of the one group that is set besides a key of the other."""
    first = next((table.get(key) for key in one if is_set(table, key)), None)
    second = next((table.get(key) for key in other if is_set(table, key)), None)
    if first and second:
        line = max(first.line, second.line)
        reader.wrong(line, f"{first.key} and {second.key} are both set; at most one of them can be", "keep one of them")


def _tables(entry: MapEntry | None) -> Iterator[Table]:
    if entry and isinstance(entry.value, Items):
        yield from (item for item in entry.value.items if isinstance(item, Table))


def _inner(table: Table, *path: str) -> Table | None:
    """The map at a path, if there is one."""
    found: Table | None = table
    for key in path:
        entry = found.get(key) if found else None
        found = entry.value if entry and isinstance(entry.value, Table) else None
    return found


def _need(reader: TreeReader, table: Table, what: str, *names: str) -> None:
    for name in names:
        if not is_set(table, name):
            reader.wrong(table.line, f"{what} has no {name}", f"add {name}")


def check_slack(reader: TreeReader, table: Table) -> None:
    """Report what Alertmanager rejects in an item of ``slack_configs``."""
    _conflict(reader, table, ("api_url", "api_url_file"), ("app_token", "app_token_file"))
    update, url = table.get("update_message"), table.get("api_url")
    if update and url and reader.text(update).lower() in {"true", "yes", "on", "y"}:
        address = reader.text(url)
        if address and address != _BOT_URL and not is_filled_in_later(address):
            reader.wrong(update.line, f"update_message needs the api_url {_BOT_URL}", "use a bot token with that URL")
    for field in _tables(table.get("fields")):
        _need(reader, field, "a field", "title", "value")
    for action in _tables(table.get("actions")):
        _need(reader, action, "an action", "type", "text")
        if not is_set(action, "url") and not is_set(action, "name"):
            reader.wrong(action.line, "an action has neither url nor name", "add url")
        confirm = _inner(action, "confirm")
        if confirm:
            _need(reader, confirm, "confirm", "text")


def check_email(reader: TreeReader, table: Table) -> None:
    """Report what Alertmanager rejects in an item of ``email_configs``."""
    headers, threading = _inner(table, "headers"), _inner(table, "threading")
    seen: dict[str, MapEntry] = {}
    for entry in headers.entries if headers else ():
        if entry.key.lower() in seen:
            reader.wrong(entry.line, f"the header {entry.key} is set twice", "keep one: case does not count")
        seen.setdefault(entry.key.lower(), entry)
    enabled = threading.get("enabled") if threading else None
    if threading is None or reader.text(enabled).lower() not in {"true", "yes", "on", "y"}:
        return
    if not is_set(threading, "thread_by_date"):
        reader.wrong(threading.line, "threading has no thread_by_date", "add thread_by_date: daily, or none")
    _choice(reader, threading, "thread_by_date", ("none", "daily"))
    for name in ("references", "in-reply-to"):
        if name in seen:
            reader.wrong(seen[name].line, f"threading sets the header {seen[name].key} itself", "remove the header")


def check_incidentio(reader: TreeReader, table: Table) -> None:
    """Report what Alertmanager rejects in an item of ``incidentio_configs``."""
    tokens = [key for key in ("alert_source_token", "alert_source_token_file") if is_set(table, key)]
    http = _inner(table, "http_config")
    authorized = http is not None and any(
        http.get(key) is not None for key in ("authorization", "bearer_token", "bearer_token_file")
    )
    if tokens and authorized and (entry := table.get(tokens[0])):
        reader.wrong(entry.line, f"{tokens[0]} and http_config's authorization are both set", "keep one of them")
    if http is not None and not tokens and not authorized:
        reader.wrong(table.line, "incidentio has no alert_source_token", "add alert_source_token_file")


def check_jira(reader: TreeReader, table: Table) -> None:
    """Report what Alertmanager rejects in an item of ``jira_configs``."""
    _choice(reader, table, "api_type", ("auto", "cloud", "datacenter"), empty=False)


def check_opsgenie(reader: TreeReader, table: Table) -> None:
    """Report what Alertmanager rejects in an item of ``opsgenie_configs``."""
    for responder in _tables(table.get("responders")):
        if not any(is_set(responder, key) for key in ("id", "name", "username")):
            reader.wrong(responder.line, "a responder has neither id, name nor username", "add name")
        kind = responder.get("type")
        value = reader.text(kind)
        if not is_filled_in_later(value) and value.lower() not in _RESPONDERS:
            line = kind.line if kind else responder.line
            reader.wrong(line, f"expected a responder's type to be {' or '.join(_RESPONDERS)}, saw {value!r}")


def check_telegram(reader: TreeReader, table: Table) -> None:
    """Report what Alertmanager rejects in an item of ``telegram_configs``."""
    _choice(reader, table, "parse_mode", ("Markdown", "MarkdownV2", "HTML"))


def check_wechat(reader: TreeReader, table: Table) -> None:
    """Report what Alertmanager rejects in an item of ``wechat_configs``."""
    _choice(reader, table, "message_type", ("text", "markdown"))


def check_victorops(reader: TreeReader, table: Table) -> None:
    """Report what Alertmanager rejects in an item of ``victorops_configs``."""
    custom = _inner(table, "custom_fields")
    for entry in custom.entries if custom else ():
        if entry.key in _VICTOROPS_OWN:
            reader.wrong(entry.line, f"custom_fields cannot set {entry.key}", "use another name")


def check_sns(reader: TreeReader, table: Table) -> None:
    """Report two targets in an item of ``sns_configs``; receivers/cannot-work reports one without a target."""
    given = [entry for entry in table.entries if entry.key in _SNS_TARGETS and is_set(table, entry.key)]
    if len(given) == 2:  # noqa: PLR2004 - Alertmanager accepts all three
        names = " and ".join(entry.key for entry in given)
        reader.wrong(max(entry.line for entry in given), f"{names} are both set; one of them is needed", "keep one")


def check_sigv4(reader: TreeReader, table: Table) -> None:
    """Report what Alertmanager rejects in ``sigv4``."""
    if is_set(table, "access_key") is not is_set(table, "secret_key"):
        reader.wrong(table.line, "sigv4 needs both access_key and secret_key, or neither of them")
    if is_set(table, "external_id") and not is_set(table, "role_arn"):
        reader.wrong(table.line, "sigv4 has an external_id without role_arn", "add role_arn")
