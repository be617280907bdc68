"""The process that reads files for another: a file's origin on each line in, its document or problem on each line out,
an empty line at its end. It ends with its input."""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module

from clew.graph.errors import SourceError
from clew.ingest.load.apart.answers import answer, origin_of
from clew.ingest.load.formats import SINGLE
from clew.ingest.load.items import Problem

_MEMORY = 4 << 30  # bytes of address space: what unpacks to more ends this process and no other


def main() -> None:
    """Every file asked for is read."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever asks; the end of the input comes with it
    _bound_memory()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what a library prints is no answer
    for line in sys.stdin:
        origin = origin_of(line)
        try:
            told = answer(import_module(SINGLE[origin.kind]).read(origin))
        except SourceError as error:
            told = answer(Problem(origin.uri, str(error)))
        except MemoryError:
            told = answer(Problem(origin.uri, f"needs more than {_MEMORY >> 30} GB of memory to be read"))
        except OSError as error:
            told = answer(Problem(origin.uri, f"cannot be read: {error.strerror or error}"))
        except RecursionError:
            told = answer(Problem(origin.uri, "is nested too deeply"))
        out.write(f"{told}\n")
        out.flush()


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has none
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


if __name__ == "__main__":
    main()
