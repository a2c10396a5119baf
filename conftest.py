"""Loads stackproof's fixtures and options for every test here, installed or not, and pytest's own `pytester`."""

pytest_plugins = ["stackproof.pytest_plugin", "pytester"]
