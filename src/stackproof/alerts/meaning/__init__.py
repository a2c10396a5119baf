"""What an expression can be: labels, bounds, units and presence of its result, by abstract interpretation."""
