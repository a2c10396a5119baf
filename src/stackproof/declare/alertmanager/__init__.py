"""Alertmanager's configuration, read with the line of every part."""
