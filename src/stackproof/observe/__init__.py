"""Observes a running stack: its probes, exporters, alerts and notifications, as readings and events."""
