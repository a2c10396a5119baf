"""The public web page: accepts a file from a form, and stores it with mime-server."""
