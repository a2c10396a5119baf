"""This machine: running programs, waiting for states, and locks between all processes of one user."""
