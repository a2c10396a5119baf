"""Stores files that it receives over its socket protocol, and returns them."""
