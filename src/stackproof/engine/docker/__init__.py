"""The first implementation of the port: a stack that Compose starts on Docker."""
