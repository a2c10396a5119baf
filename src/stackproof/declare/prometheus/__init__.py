"""Reads Prometheus' configuration, rules, rule tests and expositions, with the line of every part."""
