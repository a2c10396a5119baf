"""The public web page: takes a file from a form, and stores it with mime-server."""
