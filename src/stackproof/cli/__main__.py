"""``python -m stackproof.cli``."""

from stackproof.cli import main

if __name__ == "__main__":  # a process that draws pictures imports this, too
    main()
