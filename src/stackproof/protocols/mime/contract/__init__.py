"""The contract of the socket protocol, tested from outside with generated input."""

from stackproof.protocols.mime.contract.breaches import ContractBrokenError
from stackproof.protocols.mime.contract.mime_contract import Contract
from stackproof.protocols.mime.contract.properties import PROPERTIES, ContractProperty
from stackproof.protocols.mime.contract.script import Close, Read, ReadToEnd, Reset, Script, Step, Write
from stackproof.protocols.mime.contract.tested_server import play
from stackproof.protocols.mime.terms import MimeLimits

__all__ = [
    "PROPERTIES",
    "Close",
    "Contract",
    "ContractBrokenError",
    "ContractProperty",
    "MimeLimits",
    "Read",
    "ReadToEnd",
    "Reset",
    "Script",
    "Step",
    "Write",
    "play",
]
