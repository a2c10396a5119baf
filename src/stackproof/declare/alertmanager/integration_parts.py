"""The shapes of what integrations contain: fields, buttons, signatures, responders.

Source: https://github.com/prometheus/alertmanager/tree/main/notify (``config.go`` of each integration).
"""

from stackproof.declare.alertmanager.integration_rules import check_sigv4
from stackproof.declare.alertmanager.shapes import Keys, Scalar, keys

FIELD = Keys("a field", {**keys(Scalar.TEXT, "title value"), "short": Scalar.FLAG})
"""A field of a message of Slack, Mattermost or Rocket.Chat."""

SLACK_ACTION = Keys(
    "an action",
    {
        **keys(Scalar.TEXT, "type text url style name value"),
        "confirm": Keys("confirm", keys(Scalar.TEXT, "text title ok_text dismiss_text")),
    },
)
"""A button of a Slack message."""

ROCKETCHAT_ACTION = Keys("an action", keys(Scalar.ANY, """
    type text url image_url imageurl is_webview iswebview webview_height_ratio webviewheightratio msg
    msg_in_chat_window msginchatwindow msg_processing_type msgprocessingtype"""))  # fmt: skip
"""A button of a Rocket.Chat message; Alertmanager reads its keys without underscores."""

MATTERMOST_TEXTS = (
    "fallback color pretext text author_name author_link author_icon title title_link thumb_url footer footer_icon "
    "image_url"
)
"""The texts of a Mattermost message and of its attachments."""

JIRA_TEXT = Keys("a field", {"template": Scalar.TEXT, "enable_update": Scalar.FLAG}, or_text=True)
"""A text of a Jira issue, and whether it is updated."""

SIGV4 = Keys(
    "sigv4",
    {
        **keys(Scalar.TEXT, "region access_key secret_key profile role_arn external_id service_name"),
        "use_fips_sts_endpoint": Scalar.FLAG,
    },
    rule=check_sigv4,
)
"""Amazon's signature."""

RESPONDER = Keys("a responder", keys(Scalar.TEXT, "id name username type"))
"""A responder of Opsgenie."""
