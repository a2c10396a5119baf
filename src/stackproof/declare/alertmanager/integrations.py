"""The keys of Alertmanager's integrations, with the shapes of their values and their defaults.

Sources: https://prometheus.io/docs/alerting/latest/configuration/, and
https://github.com/prometheus/alertmanager/tree/main/notify (``config.go`` of each integration). The keys of all
versions are accepted, because a file for a newer or older version is not a mistake.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from stackproof.declare.alertmanager.http_settings import HTTP, TLS
from stackproof.declare.alertmanager.integration_parts import (
    FIELD,
    JIRA_TEXT,
    MATTERMOST_TEXTS,
    RESPONDER,
    ROCKETCHAT_ACTION,
    SIGV4,
    SLACK_ACTION,
)
from stackproof.declare.alertmanager.integration_rules import (
    check_email,
    check_incidentio,
    check_jira,
    check_opsgenie,
    check_slack,
    check_sns,
    check_telegram,
    check_victorops,
    check_wechat,
)
from stackproof.declare.alertmanager.shapes import Each, Keys, Named, Scalar, Shape, keys
from stackproof.declare.tree_reader import TreeReader
from stackproof.documents.yaml_tree import Table

_WEBHOOK = "webhook_url webhook_url_file"
_SHARED: Mapping[str, Shape] = {"send_resolved": Scalar.FLAG, "http_config": HTTP}  # email has no http_config


@dataclass(frozen=True, slots=True)
class IntegrationKind:
    """A kind of integration, by Alertmanager's documentation.

    Attributes:
        keys: The shapes of its keys.
        send_resolved: The default of ``send_resolved``.
        defaults: The global setting that is the default of a key.
    """

    keys: Keys
    send_resolved: bool
    defaults: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _More:
    """What an integration has besides keys whose values are texts."""

    shapes: Mapping[str, Shape] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    at_most_one: tuple[tuple[str, ...], ...] = ()
    rule: Callable[[TreeReader, Table], None] | None = None
    send_resolved: bool = True


def _kind(name: str, texts: str, more: _More = _More()) -> tuple[str, IntegrationKind]:
    shapes: dict[str, Shape] = {**_SHARED, **keys(Scalar.TEXT, texts), **more.shapes}
    if name == "email":
        del shapes["http_config"]
    files = tuple((key.removesuffix("_file"), key) for key in shapes if key.endswith("_file"))
    shape = Keys(f"an item of {name}_configs", shapes, (*files, *more.at_most_one), more.rule)
    return name, IntegrationKind(shape, more.send_resolved, more.defaults)


def _same(prefix: str, names: str) -> dict[str, str]:
    """Defaults from global settings that are called like the key, with a prefix."""
    return {name: f"{prefix}_{name}" for name in names.split()}


_TIMEOUT: Mapping[str, Shape] = {"timeout": Scalar.GO_DURATION}
KINDS: Mapping[str, IntegrationKind] = dict(
    (
        _kind("discord", f"{_WEBHOOK} content title message username avatar_url"),
        _kind(
            "email",
            "to from hello smarthost auth_username auth_password auth_password_file auth_secret auth_secret_file "
            "auth_identity html text",
            _More(
                {
                    "headers": Named(Scalar.TEXT),
                    "tls_config": TLS,
                    **keys(Scalar.FLAG, "require_tls force_implicit_tls"),
                    "threading": Keys("threading", {"enabled": Scalar.FLAG, "thread_by_date": Scalar.TEXT}),
                },
                _same(
                    "smtp",
                    "from hello smarthost auth_username auth_password auth_password_file auth_secret auth_secret_file "
                    "auth_identity require_tls",
                ),
                rule=check_email,
                send_resolved=False,
            ),
        ),
        _kind(
            "incidentio",
            "url url_file alert_source_token alert_source_token_file",
            _More({"max_alerts": Scalar.COUNT, **_TIMEOUT}, rule=check_incidentio),
        ),
        _kind(
            "jira",
            "api_url api_type project priority issue_type reopen_transition resolve_transition wont_fix_resolution",
            _More(
                {
                    "summary": JIRA_TEXT,
                    "description": JIRA_TEXT,
                    "labels": Each(Scalar.TEXT),
                    "reopen_duration": Scalar.DURATION,
                    "fields": Named(Scalar.ANY),
                },
                {"api_url": "jira_api_url"},
                rule=check_jira,
            ),
        ),
        _kind(
            "mattermost",
            f"{_WEBHOOK} channel username icon_url icon_emoji type {MATTERMOST_TEXTS}",
            _More(
                {
                    "fields": Each(FIELD),
                    "attachments": Each(
                        Keys("an attachment", {**keys(Scalar.TEXT, MATTERMOST_TEXTS), "fields": Each(FIELD)})
                    ),
                    "props": Keys("props", {"card": Scalar.TEXT}),
                    "priority": Keys(
                        "priority",
                        {"priority": Scalar.TEXT, **keys(Scalar.FLAG, "requested_ack persistent_notifications")},
                    ),
                },
                _same("mattermost", _WEBHOOK),
            ),
        ),
        _kind("msteams", f"{_WEBHOOK} title summary text"),
        _kind("msteamsv2", f"{_WEBHOOK} title text"),
        _kind(
            "opsgenie",
            "api_key api_key_file api_url message description source entity actions tags note priority",
            _More(
                {
                    "details": Named(Scalar.TEXT),
                    "responders": Each(RESPONDER),
                    "teams": Scalar.ANY,
                    "update_alerts": Scalar.FLAG,
                },
                _same("opsgenie", "api_key api_key_file api_url"),
                rule=check_opsgenie,
            ),
        ),
        _kind(
            "pagerduty",
            "routing_key routing_key_file service_key service_key_file url client client_url description source "
            "severity class component group",
            _More(
                {
                    "details": Named(Scalar.ANY),
                    "images": Each(Keys("an image", keys(Scalar.TEXT, "src alt href"))),
                    "links": Each(Keys("a link", keys(Scalar.TEXT, "href text"))),
                    **_TIMEOUT,
                },
                {"url": "pagerduty_url"},
            ),
        ),
        _kind(
            "pushover",
            "user_key user_key_file token token_file title message url url_title device sound priority",
            _More({**keys(Scalar.FLAG, "html monospace"), **keys(Scalar.GO_DURATION, "retry expire ttl")}),
        ),
        _kind(
            "rocketchat",
            "api_url token_id token_id_file token token_file channel emoji icon_url color title title_link text "
            "image_url thumb_url",
            _More(
                {
                    "fields": Each(FIELD),
                    "actions": Each(ROCKETCHAT_ACTION),
                    **keys(Scalar.FLAG, "short_fields link_names"),
                },
                _same("rocketchat", "api_url token token_file token_id token_id_file"),
                send_resolved=False,
            ),
        ),
        _kind(
            "slack",
            "api_url api_url_file app_token app_token_file app_url channel username pretext message_text footer "
            "fallback callback_id icon_emoji icon_url color title title_link text image_url thumb_url",
            _More(
                {
                    "fields": Each(FIELD),
                    "actions": Each(SLACK_ACTION),
                    "mrkdwn_in": Each(Scalar.TEXT),
                    **keys(Scalar.FLAG, "short_fields link_names update_message edit_messages"),
                    **_TIMEOUT,
                },
                _same("slack", "api_url api_url_file app_token app_token_file app_url"),
                rule=check_slack,
                send_resolved=False,
            ),
        ),
        _kind(
            "sns",
            "api_url topic_arn phone_number target_arn subject message",
            _More(
                {"sigv4": SIGV4, "attributes": Named(Scalar.TEXT), "use_aws_http_client": Scalar.FLAG}, rule=check_sns
            ),
        ),
        _kind(
            "telegram",
            "api_url bot_token bot_token_file chat_id_file message parse_mode",
            _More(
                {**keys(Scalar.WHOLE, "chat_id message_thread_id"), "disable_notifications": Scalar.FLAG},
                _same("telegram", "api_url bot_token bot_token_file"),
                rule=check_telegram,
            ),
        ),
        _kind(
            "victorops",
            "api_key api_key_file api_url routing_key message_type state_message entity_display_name monitoring_tool",
            _More(
                {"custom_fields": Named(Scalar.TEXT)},
                _same("victorops", "api_key api_key_file api_url"),
                rule=check_victorops,
            ),
        ),
        _kind("webex", "api_url message room_id", _More(defaults={"api_url": "webex_api_url"})),
        _kind("webhook", "url url_file", _More({"max_alerts": Scalar.COUNT, "payload": Scalar.ANY, **_TIMEOUT})),
        _kind(
            "wechat",
            "api_secret api_secret_file corp_id message api_url to_user to_party to_tag agent_id message_type",
            _More(
                defaults={
                    **_same("wechat", "api_url"),
                    "api_secret": "wechat_api_secret",
                    "api_secret_file": "wechat_api_secret_file",
                    "corp_id": "wechat_api_corp_id",
                },
                rule=check_wechat,
                send_resolved=False,
            ),
        ),
    )
)
"""Every kind of integration by its name: its key in the file without ``_configs``."""
