"""Searches generated cases for one that fails, and makes it small, within a budget of time."""
