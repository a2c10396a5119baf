"""How faults are done: background threads, packet filters, the network emulator, a resolver, link effects."""
