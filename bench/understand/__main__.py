"""python -m bench.understand [NAME ...] [--events N] [--quick]"""

from __future__ import annotations

import sys

from bench.__main__ import main

MEASURES: tuple[str, ...] = ("segments", "actions", "objects", "worth", "drivers", "refresh")

if __name__ == "__main__":
    sys.exit(main("bench.understand", MEASURES))
