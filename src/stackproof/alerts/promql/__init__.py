"""PromQL as a syntax tree: questions to it, its labels, and writing it again."""
