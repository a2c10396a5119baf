"""How a fault is shown to have taken effect, by observations that do not come from its injector."""
