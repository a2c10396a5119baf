"""What several kinds of fault inject with: effects on links, packet filters, netem, a resolver, background threads."""
