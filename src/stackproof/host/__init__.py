"""Prepares a machine: finds out what is missing before a stack can be started, and installs it."""
