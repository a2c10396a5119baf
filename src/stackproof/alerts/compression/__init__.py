"""The same rules and routes on a faster clock, where an hour passes in a minute."""
