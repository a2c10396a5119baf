"""What the stack's Python services share: settings, logs, probes, metrics, and the wire protocol."""
