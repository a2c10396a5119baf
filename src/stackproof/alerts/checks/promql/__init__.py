"""Checks of PromQL expressions, in rules and dashboards."""
