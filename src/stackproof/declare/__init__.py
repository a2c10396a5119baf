"""What is declared outside (compose files, objectives) told in the words of the model; errors name file and line."""

from stackproof.declare.compose import read_compose, stack_of

__all__ = ["read_compose", "stack_of"]
