"""Which findings count: comments and a baseline hide some, and a level decides whether the rest fail a check."""
