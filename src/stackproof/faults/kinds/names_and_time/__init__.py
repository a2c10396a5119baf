"""Faults of names and of time."""
