import sys

from kundskab.cli import main

sys.exit(main())
