"""Contracts: what services promise those who speak with them, tried by generated input from outside."""

from stackproof.protocols.mime.contract.properties import PROPERTIES, Property
from stackproof.protocols.mime.contract.search import Failure
from stackproof.protocols.mime.contract.stage import play
from stackproof.protocols.mime.contract.steps import Hear, HearEnd, Leave, Reset, Say, Script, Step
from stackproof.protocols.mime.contract.terms import BrokenError, Limits
from stackproof.protocols.mime.contract.trial import Contract, Tried

__all__ = [
    "PROPERTIES",
    "BrokenError",
    "Contract",
    "Failure",
    "Hear",
    "HearEnd",
    "Leave",
    "Limits",
    "Property",
    "Reset",
    "Say",
    "Script",
    "Step",
    "Tried",
    "play",
]
