"""Faults of resources: processors, memory, file descriptors, connections, disks."""
