"""Starting a stack on Docker, finding it again, and removing what its run leaves."""
