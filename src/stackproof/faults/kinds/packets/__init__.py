"""Faults of packets on a network: loss, delay, duplication, reordering, partition."""
