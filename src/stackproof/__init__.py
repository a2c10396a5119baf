"""Proves what a container stack promises, under load and under real faults."""
