"""Rules and routes as data: checked, compressed in time, mutated, drilled."""
