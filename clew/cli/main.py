"""The command line as a whole: every command, and what becomes of errors.

Exit codes: 0 fine (also where the graph holds no answer), 1 some sources failed or a budget ended the run, 2 the input
cannot be used, 3 an error that nobody foresaw, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from clew.cli import (  # noqa: F401 - each adds its commands to the application, in the order of the help page
    commands,
    graph_commands,
    learn_commands,
    merge_commands,
    ontology_commands,
    terminal,
)
from clew.cli.base import app
from clew.graph.errors import ClewError


def main(arguments: Sequence[str] | None = None) -> int:
    """The command has run; returns the exit code. A ClewError is one clear line, never a traceback."""
    terminal.make_printable()
    debug = bool(os.environ.get("CLEW_DEBUG"))
    try:
        app(args=None if arguments is None else list(arguments), prog_name="clew")
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else int(stop.code is not None)
    except ClewError as error:
        if debug:
            raise
        terminal.print_error(error)
        return 2
    except Exception as error:
        if debug:
            raise
        terminal.print_crash(error)
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
