"""This machine: programs that are run on it, and locks that hold between all processes of one user."""
