"""Checks of Alertmanager's receivers."""
