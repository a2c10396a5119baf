"""The application's settings."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from servicekit.settings import Environment
from servicekit.upstream import MimeServer


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings. A file must be smaller than `max_size_bytes`, and a form must arrive within `form_s`."""

    mime_server: MimeServer
    max_size_bytes: int
    max_uploads: int
    form_s: float
    spool_dir: Path
    drain_s: float

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read them from the process's environment.

        Raises:
            SettingError: One is missing or unusable.
        """
        return cls(
            mime_server=MimeServer.read(environment),
            max_size_bytes=environment.whole("MAX_SIZE_BYTES"),
            max_uploads=environment.whole("MAX_UPLOADS"),
            form_s=environment.seconds("FORM_S"),
            spool_dir=Path(environment.text("SPOOL_DIR")),
            drain_s=environment.seconds("DRAIN_S"),
        )
