"""Builds edited rules and routes, and writes them as text."""
