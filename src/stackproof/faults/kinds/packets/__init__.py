"""Faults of packets: lost, late, twice or in another order on a network."""
