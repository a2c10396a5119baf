"""Routing as Alertmanager does it: which receivers an alert reaches, and which alerts inhibit it."""
