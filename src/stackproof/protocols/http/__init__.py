"""HTTP/1.1, as a load speaks it."""
