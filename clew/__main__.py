"""`python -m clew` is the command `clew`."""

import sys

from clew.cli.main import main

sys.exit(main())
