"""Reads Alertmanager's configuration and route tests, with the line of every part."""
