"""Engines: the port that every one implements, its implementations, and the one place that picks one."""
