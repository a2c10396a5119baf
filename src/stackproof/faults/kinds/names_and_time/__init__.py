"""Faults of name look-ups and of clocks."""
