"""How faults are shown to have taken effect, by observations that do not come from their injectors."""
