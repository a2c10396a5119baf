"""What a running stack says of itself, turned into readings and events."""
