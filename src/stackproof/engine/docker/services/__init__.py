"""What is done to one service of a stack on Docker: its processes, limits, helpers and container."""
