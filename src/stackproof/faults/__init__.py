"""Faults: one file a kind, with its injection, its evidence and its healing; and the journal that undoes them."""
