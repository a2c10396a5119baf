"""Prometheus' configuration, rules, rule tests and expositions, read with the line of every part."""
