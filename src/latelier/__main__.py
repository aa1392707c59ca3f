"""``python -m latelier`` is ``latelier``."""

from latelier.cli.main import main

if __name__ == "__main__":
    main()
