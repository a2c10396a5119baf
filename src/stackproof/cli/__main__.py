"""``python -m stackproof.cli``."""

from stackproof.cli import main

if __name__ == "__main__":  # the process that draws pictures imports this module too
    main()
