"""The checks: one file each, named by its id; ``catalogue`` in the room above lists them."""
