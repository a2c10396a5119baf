"""Faults of processes: kill, terminate, restart, crash loop, freeze."""
