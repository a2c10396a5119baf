"""Compose files: resolved by Compose itself, read, and rewritten with a proxy before each service."""
