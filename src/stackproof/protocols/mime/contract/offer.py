"""The contract as ``stackproof contract`` offers it, with its options."""

from collections.abc import Sequence
from dataclasses import dataclass

from stackproof.model import DeclarationError
from stackproof.protocols.command_options import CommandOption, OptionKind
from stackproof.protocols.contract_offer import ContractOffer, ContractSettings
from stackproof.protocols.mime.contract.grammar import is_mime_type
from stackproof.protocols.mime.contract.mime_contract import Contract
from stackproof.protocols.mime.terms import POLICY_CODES, MimeLimits

_SHIPPED = MimeLimits()


@dataclass(frozen=True, slots=True)
class MimeTerms:
    """The settings of this contract alone.

    Attributes:
        frames: How many wrong frames are tried; the number of other cases is in proportion.
        max_size_bytes: A file of this size is too large for the server.
        types: Types that are always stored.
        refusals: Codes with which the server's policy may refuse any file.
    """

    frames: int = 2000
    max_size_bytes: int = _SHIPPED.max_size_bytes
    types: tuple[str, ...] = _SHIPPED.types
    refusals: tuple[str, ...] = _SHIPPED.refusals


def _types(texts: Sequence[str]) -> tuple[str, ...]:
    for each in texts:
        if not is_mime_type(each):
            raise DeclarationError(f"expected a --type such as text/plain, saw {each!r}")
    return tuple(each.lower() for each in texts)


def _open(target: str, settings: ContractSettings, terms: MimeTerms) -> Contract:
    limits = MimeLimits(terms.max_size_bytes, terms.types, terms.refusals)
    return Contract(target, settings.seed, terms.frames, limits, settings.deadline_s, settings.shrink_s)


OFFER = ContractOffer(
    MimeTerms,
    (
        CommandOption(
            "--frames",
            "frames",
            OptionKind.WHOLE_NUMBER,
            f"mime: how many wrong frames are tried, other cases in proportion; {MimeTerms().frames} by default.",
            minimum=1,
        ),
        CommandOption(
            "--max-size",
            "max_size_bytes",
            OptionKind.WHOLE_NUMBER,
            f"mime: a file of this many bytes is too large for the server; {_SHIPPED.max_size_bytes} by default.",
            minimum=1,
        ),
        CommandOption(
            "--type",
            "types",
            OptionKind.TEXTS,
            "mime: a MIME type that is stored; may be repeated.",
            "TYPE",
            convert=_types,
        ),
        CommandOption(
            "--refusal",
            "refusals",
            OptionKind.TEXTS,
            "mime: a code with which the server's policy may refuse any file; may be repeated.",
            choices=tuple(each.value for each in POLICY_CODES),
        ),
    ),
    _open,
)
