"""The intranet's REST API over the stored files: list, fetch, statistics."""
