"""Operators: each makes one kind of small wrong edit."""
