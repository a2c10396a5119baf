"""Every kind of fault, one file each, in the folder of its family; found by itself."""
