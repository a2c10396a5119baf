"""YAML that a person wrote, read with its lines: every part may be anything, and an error names its place."""
