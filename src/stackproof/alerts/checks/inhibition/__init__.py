"""Checks of Alertmanager's inhibition rules."""
