"""What one speaks to a service: a client, a load dialect, a contract. One folder a protocol, behind one interface."""
