"""An implementation of the port: stacks that Compose starts on Docker, or on whatever speaks Docker's API."""
