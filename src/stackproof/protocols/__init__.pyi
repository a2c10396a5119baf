# What the room offers. `__init__.py` imports a name from here when it is asked for.

from .command_options import CommandOption, OptionKind
from .contract_offer import ContractOffer, ContractSettings, PropertyResult, ServiceContract
from .interface import (
    AnswerReader,
    Endpoint,
    ExchangeResult,
    LoadDialect,
    OutgoingRequest,
    RequestSpec,
    ServiceProtocol,
    StoreReader,
)
from .ledger import Acknowledged, Fetch, Ledger, LedgerReport, verify
from .registry import all_protocols, protocol_of, verify_stored
from .target import Target, split_target

__all__ = [
    "Acknowledged",
    "AnswerReader",
    "CommandOption",
    "ContractOffer",
    "ContractSettings",
    "Endpoint",
    "ExchangeResult",
    "Fetch",
    "Ledger",
    "LedgerReport",
    "LoadDialect",
    "OptionKind",
    "OutgoingRequest",
    "PropertyResult",
    "RequestSpec",
    "ServiceContract",
    "ServiceProtocol",
    "StoreReader",
    "Target",
    "all_protocols",
    "protocol_of",
    "split_target",
    "verify",
    "verify_stored",
]
