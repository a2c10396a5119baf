"""Checks of Grafana dashboards."""
