"""What several kinds of fault inject with: toxics, packet filters, netem, a resolver, background threads."""
