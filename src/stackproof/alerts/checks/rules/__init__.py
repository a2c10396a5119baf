"""Checks of alerting and recording rules."""
