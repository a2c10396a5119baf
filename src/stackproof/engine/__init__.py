"""The only room that talks to the container engine."""
