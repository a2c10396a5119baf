"""The intranet's REST API for the stored files: list, fetch, statistics."""
