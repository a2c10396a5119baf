"""One run from declaration to verdict: wires the rooms together for the command line and for pytest."""
