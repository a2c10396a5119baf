"""Loads stackproof's fixtures and options for every test here, whether it is installed or not."""

pytest_plugins = ["stackproof.pytest_plugin"]
