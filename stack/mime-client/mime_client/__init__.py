"""The command-line client of mime-server."""
