"""Stores files that arrive over its socket protocol, and gives them back."""
