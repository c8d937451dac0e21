"""``python -m apprenti`` is the command ``apprenti``."""

import sys

from apprenti.cli import main

if __name__ == "__main__":
    sys.exit(main())
