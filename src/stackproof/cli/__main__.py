"""``python -m stackproof.cli``."""

from stackproof.cli import main

main()
