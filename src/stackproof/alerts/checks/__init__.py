"""The checks, one file each: the folder is the family, and ``routing/no_receiver.py`` is ``routing/no-receiver``."""
