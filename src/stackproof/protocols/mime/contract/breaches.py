"""Errors of a contract's tests."""


class ServerGoneError(Exception):
    """After a failure the server no longer answers. What fails now says nothing about the case at hand."""


class ContractBrokenError(Exception):
    """The server broke the contract; the message says what was expected and what was seen."""
