"""Checks of Alertmanager's routing tree."""
