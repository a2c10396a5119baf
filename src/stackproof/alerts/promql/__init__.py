"""PromQL as a syntax tree: reading facts from it, the labels of its result, and writing changed nodes."""
