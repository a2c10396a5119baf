"""Who may store what."""

from dataclasses import dataclass

from mime_server.refusals import Code, RefusalError
from mime_server.requests import Send


@dataclass(frozen=True, slots=True)
class Policy:
    """The types and users that are let in; an empty set lets all in. Size is looked at earlier, with the framing."""

    types: frozenset[str]
    users: frozenset[str]

    def admit(self, send: Send) -> None:
        """Let a file in.

        Raises:
            RefusalError: Its type or its user is not allowed.
        """
        if self.types and send.mime_type not in self.types:
            allowed = ", ".join(sorted(self.types))
            raise RefusalError(Code.TYPE_NOT_ALLOWED, f"expected a mime_type among {allowed}, saw {send.mime_type}")
        if self.users and send.user_id not in self.users:
            raise RefusalError(Code.USER_NOT_ALLOWED, f"user {send.user_id!r} may not store files here")
