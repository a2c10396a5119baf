"""What an operator decides about the application."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from servicekit.settings import Environment
from servicekit.wire import Address, Timeouts


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it; a file must be smaller than `max_size_bytes`, and a form there within `form_s`."""

    mime_server: Address
    timeouts: Timeouts
    max_size_bytes: int
    max_uploads: int
    form_s: float
    spool_dir: Path
    drain_s: float

    @classmethod
    def read(cls, environment: Environment) -> Self:
        """Read them from the process's variables.

        Raises:
            SettingError: One is missing or unusable.
        """
        return cls(
            mime_server=environment.address("MIME_SERVER"),
            timeouts=Timeouts(environment.seconds("MIME_CONNECT_S"), environment.seconds("MIME_SILENCE_S")),
            max_size_bytes=environment.whole("MAX_SIZE_BYTES"),
            max_uploads=environment.whole("MAX_UPLOADS"),
            form_s=environment.seconds("FORM_S"),
            spool_dir=Path(environment.text("SPOOL_DIR")),
            drain_s=environment.seconds("DRAIN_S"),
        )
