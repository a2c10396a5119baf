"""Prepares a machine: finds out what a run needs and the machine lacks, and installs it."""
