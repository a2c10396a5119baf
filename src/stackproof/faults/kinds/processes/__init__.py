"""Faults of processes: killed, ended, restarted, frozen."""
