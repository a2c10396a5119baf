"""The keys of Alertmanager's integrations and global settings, with their defaults.

Source: https://prometheus.io/docs/alerting/latest/configuration/. The keys of all versions are accepted, because a file
for a newer or older version is not a mistake.
"""

from collections.abc import Mapping
from dataclasses import dataclass

_WEBHOOK = "webhook_url webhook_url_file"


@dataclass(frozen=True, slots=True)
class IntegrationKind:
    """A kind of integration, by Alertmanager's documentation.

    Attributes:
        keys: Its own keys, in addition to those of all integrations.
        send_resolved: The default of ``send_resolved``.
        defaults: The global setting that is the default of a key.
    """

    keys: frozenset[str]
    send_resolved: bool
    defaults: Mapping[str, str]


def _kind(keys: str, defaults: Mapping[str, str] | None = None, *, send_resolved: bool = True) -> IntegrationKind:
    return IntegrationKind(frozenset(keys.split()), send_resolved, defaults or {})


SHARED_KEYS = frozenset({"send_resolved", "http_config"})
"""Keys of every integration; only ``email`` has no ``http_config``, which Alertmanager rejects there."""

_ATTACHMENT = "color title title_link text fields short_fields image_url thumb_url link_names actions"

KINDS: Mapping[str, IntegrationKind] = {
    "discord": _kind(f"{_WEBHOOK} content title message username avatar_url"),
    "email": _kind(
        "to from hello smarthost auth_username auth_password auth_password_file auth_secret auth_secret_file "
        "auth_identity headers html text require_tls tls_config force_implicit_tls threading",
        {
            key: f"smtp_{key}"
            for key in (
                *("from", "hello", "smarthost", "auth_username", "auth_password", "auth_password_file"),
                *("auth_secret", "auth_identity", "require_tls"),
            )
        },
        send_resolved=False,
    ),
    "incidentio": _kind("url url_file alert_source_token alert_source_token_file max_alerts timeout"),
    "jira": _kind(
        "api_url api_type project summary description labels priority issue_type reopen_transition "
        "resolve_transition wont_fix_resolution reopen_duration fields",
        {"api_url": "jira_api_url"},
    ),
    "mattermost": _kind(
        f"{_WEBHOOK} channel username text fallback color pretext author_name author_link author_icon title title_link "
        "fields thumb_url footer footer_icon image_url icon_url icon_emoji attachments type props priority",
        {"webhook_url": "mattermost_webhook_url", "webhook_url_file": "mattermost_webhook_url_file"},
    ),
    "msteams": _kind(f"{_WEBHOOK} title summary text"),
    "msteamsv2": _kind(f"{_WEBHOOK} title text"),
    "opsgenie": _kind(
        "api_key api_key_file api_url message description source details entity responders teams actions tags note "
        "priority update_alerts",
        {
            "api_key": "opsgenie_api_key",
            "api_key_file": "opsgenie_api_key_file",
            "api_url": "opsgenie_api_url",
        },
    ),
    "pagerduty": _kind(
        "routing_key routing_key_file service_key service_key_file url client client_url description details images "
        "links source severity class component group timeout",
        {"url": "pagerduty_url"},
    ),
    "pushover": _kind(
        "user_key user_key_file token token_file title message url url_title device sound priority retry expire ttl "
        "html monospace"
    ),
    "rocketchat": _kind(
        f"api_url token_id token_id_file token token_file channel emoji icon_url {_ATTACHMENT}",
        {
            "api_url": "rocketchat_api_url",
            "token": "rocketchat_token",
            "token_file": "rocketchat_token_file",
            "token_id": "rocketchat_token_id",
            "token_id_file": "rocketchat_token_id_file",
        },
        send_resolved=False,
    ),
    "slack": _kind(
        "api_url api_url_file app_token app_token_file app_url channel username pretext message_text footer fallback "
        f"callback_id icon_emoji icon_url mrkdwn_in update_message edit_messages timeout {_ATTACHMENT}",
        {
            "api_url": "slack_api_url",
            "api_url_file": "slack_api_url_file",
            "app_token": "slack_app_token",
            "app_token_file": "slack_app_token_file",
            "app_url": "slack_app_url",
        },
        send_resolved=False,
    ),
    "sns": _kind(
        "api_url sigv4 topic_arn phone_number target_arn subject message attributes use_aws_http_client",
    ),
    "telegram": _kind(
        "api_url bot_token bot_token_file chat_id chat_id_file message_thread_id message disable_notifications "
        "parse_mode",
        {
            "api_url": "telegram_api_url",
            "bot_token": "telegram_bot_token",
            "bot_token_file": "telegram_bot_token_file",
        },
    ),
    "victorops": _kind(
        "api_key api_key_file api_url routing_key message_type state_message entity_display_name monitoring_tool "
        "custom_fields",
        {
            "api_key": "victorops_api_key",
            "api_key_file": "victorops_api_key_file",
            "api_url": "victorops_api_url",
        },
    ),
    "webex": _kind("api_url message room_id", {"api_url": "webex_api_url"}),
    "webhook": _kind("url url_file max_alerts timeout payload"),
    "wechat": _kind(
        "api_secret api_secret_file corp_id message api_url to_user to_party to_tag agent_id message_type",
        {
            "api_secret": "wechat_api_secret",
            "api_secret_file": "wechat_api_secret_file",
            "corp_id": "wechat_api_corp_id",
            "api_url": "wechat_api_url",
        },
        send_resolved=False,
    ),
}
"""Every kind of integration by its name: its key in the file without ``_configs``."""

GLOBAL_KEYS = frozenset(
    {
        *("resolve_timeout", "http_config", "smtp_tls_config", "smtp_force_implicit_tls", "smtp_auth_secret_file"),
        *("hipchat_api_url", "hipchat_auth_token"),
        *(setting for kind in KINDS.values() for setting in kind.defaults.values()),
    }
)
"""Keys of ``global``."""

HTTP_KEYS = frozenset(
    {
        *("basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file", "tls_config"),
        *("follow_redirects", "enable_http2", "proxy_url", "no_proxy", "proxy_from_environment"),
        *("proxy_connect_header", "http_headers"),
    }
)
"""Keys of ``http_config``."""
