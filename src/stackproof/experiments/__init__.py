"""Experiments: steady state, faults, evidence, expectations, healing, recovery; and schedules of several faults."""
