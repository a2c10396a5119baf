"""The same rules and routes on a faster clock: an hour in a minute."""
