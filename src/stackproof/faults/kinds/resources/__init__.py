"""Faults of resources: processors, memory, descriptors, connections, disks."""
