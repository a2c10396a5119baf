"""The keys of Alertmanager's configuration besides routes, receivers, inhibitions and time intervals.

Sources: ``GlobalConfig`` in https://github.com/prometheus/alertmanager/blob/main/config/config.go,
https://github.com/prometheus/alertmanager/blob/main/tracing/config.go and
https://github.com/prometheus/alertmanager/tree/main/eventrecorder.
"""

from stackproof.declare.alertmanager.http_settings import HEADERS, HTTP, TLS
from stackproof.declare.alertmanager.integrations import KINDS
from stackproof.declare.alertmanager.shapes import Each, Keys, Scalar, is_set, keys
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_tree import Table

_SLACK_APP_URL = "https://slack.com/api/chat.postMessage"
_INHERITED = tuple(sorted({setting for kind in KINDS.values() for setting in kind.defaults.values()}))
_FLAGS = frozenset({"smtp_require_tls"})


def _check_slack(reader: TreeReader, table: Table) -> None:
    """A token and a webhook exclude each other, unless the webhook's URL is the one that the token is used with."""
    token = next((table.get(key) for key in ("slack_app_token", "slack_app_token_file") if is_set(table, key)), None)
    url = next((table.get(key) for key in ("slack_api_url", "slack_api_url_file") if is_set(table, key)), None)
    if token and url:
        used_with = reader.text(table.get("slack_app_url")) or _SLACK_APP_URL
        if url.key != "slack_api_url" or reader.text(url) != used_with:
            line = max(token.line, url.line)
            reader.wrong(line, f"{token.key} and {url.key} are both set; at most one can be", "keep one of them")


GLOBAL = Keys(
    "global",
    {
        "resolve_timeout": Scalar.DURATION,
        "http_config": HTTP,
        "smtp_tls_config": TLS,
        **keys(Scalar.FLAG, "smtp_force_implicit_tls"),
        **keys(Scalar.TEXT, "hipchat_api_url hipchat_auth_token"),  # removed in 0.22
        **{key: Scalar.FLAG if key in _FLAGS else Scalar.TEXT for key in _INHERITED},
    },
    tuple((key.removesuffix("_file"), key) for key in _INHERITED if key.endswith("_file")),
    _check_slack,
)
"""``global``."""


def _check_tracing(reader: TreeReader, table: Table) -> None:
    if not is_set(table, "endpoint"):
        reader.wrong(table.line, "expected tracing to have an endpoint, saw none", "add endpoint: host:port")
    for key, known in (("client_type", ("http", "grpc")), ("compression", ("gzip",))):
        entry = table.get(key)
        if entry is not None and is_set(table, key) and reader.text(entry) not in known:
            reader.wrong(entry.line, f"expected {key} to be {' or '.join(known)}, saw {reader.text(entry)!r}")


TRACING = Keys(
    "tracing",
    {
        **keys(Scalar.TEXT, "client_type endpoint compression"),
        "sampling_fraction": Scalar.NUMBER,
        "insecure": Scalar.FLAG,
        "tls_config": TLS,
        "headers": HEADERS,
        "timeout": Scalar.DURATION,
    },
    rule=_check_tracing,
)
"""``tracing``."""

_FILE = Keys("a file output", keys(Scalar.TEXT, "path"))
_WEBHOOK = Keys(
    "a webhook output",
    {
        "url": Scalar.TEXT,
        "http_config": HTTP,
        **keys(Scalar.DURATION, "timeout retry_backoff batch_flush_interval"),
        **keys(Scalar.WHOLE, "workers max_retries batch_max_events batch_max_bytes"),
        "batch": Scalar.FLAG,
    },
)
_KAFKA = Keys(
    "a Kafka output",
    {
        "brokers": Each(Scalar.TEXT),
        **keys(Scalar.TEXT, "topic client_id format acks compression"),
        "buffer_size": Scalar.WHOLE,
        "tls_config": TLS,
    },
)
EVENTS = Keys(
    "event_recorder",
    {
        "file_outputs": Each(_FILE),
        "webhook_outputs": Each(_WEBHOOK),
        "kafka_outputs": Each(_KAFKA),
        "stdout_outputs": Each(Keys("a standard output", {})),
    },
)
"""``event_recorder``."""
