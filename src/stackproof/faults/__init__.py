"""Faults: one file each, with its injection, its evidence and its heal; and the journal that undoes them."""
