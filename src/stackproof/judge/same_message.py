"""Whether two notifications are the same to the person who reads them."""

import json

from pydantic import JsonValue

from stackproof.model import Message

_CHANGING = {"date", "message-id", "message_id", "id", "at"}
"""Parts of a notification that differ each time it is sent, in lower case: mail headers, a stand-in's own numbers."""


def same_message(one: Message, other: Message) -> bool:
    """True if status, alerts and body are the same; the same alerts with other labels have another body."""
    return (one.status, sorted(one.alerts), _lasting(one)) == (other.status, sorted(other.alerts), _lasting(other))


def _lasting(message: Message) -> JsonValue:
    try:
        body: JsonValue = json.loads(message.body)
    except ValueError:
        return message.body
    return _without_changing(body)


def _without_changing(body: JsonValue) -> JsonValue:
    if isinstance(body, dict):
        return {name: _without_changing(part) for name, part in body.items() if name.lower() not in _CHANGING}
    if isinstance(body, list):
        return [_without_changing(part) for part in body]
    return body
