"""Contracts: what services promise those who speak with them, tried by generated input from outside."""

from stackproof.contract.properties import PROPERTIES, Property
from stackproof.contract.search import Failure
from stackproof.contract.stage import play
from stackproof.contract.steps import Hear, HearEnd, Leave, Reset, Say, Script, Step
from stackproof.contract.trying import Contract, Tried
from stackproof.contract.words import BrokenError, Limits

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
