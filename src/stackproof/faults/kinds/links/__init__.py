"""Faults of links: what a client meets on its way to one port of a service."""
