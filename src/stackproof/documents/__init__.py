"""Reads YAML with its line numbers, so that errors can name them; any node may have any type."""
