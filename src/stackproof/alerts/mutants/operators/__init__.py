"""Operators: each makes one kind of small wrong edit. `rule_mutants` and `routing_mutants` list them by name."""
