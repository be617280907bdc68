"""The one process that reads for this one; begun with the first such file, and anew after one that ended it."""

from __future__ import annotations

import atexit
import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path

from clew.ingest.load.apart.answers import asked, found_in
from clew.ingest.load.items import Loaded, Origin, Problem

KINDS = frozenset({"pdf", "docx", "pptx", "xlsx", "opendocument", "epub"})
LONGEST = 600.0  # seconds for one file
_lock = threading.Lock()
_workers: dict[int, subprocess.Popen[str]] = {}  # by the process that began it: a forked child begins its own


def read_apart(origin: Origin) -> Loaded | Problem:
    """The file's document, or what is wrong with it; that may be that its parser ended, or took over ten minutes."""
    with _lock:
        worker = _worker()
        late = threading.Event()
        timer = threading.Timer(LONGEST, _end, (worker, late))
        timer.daemon = True
        timer.start()
        try:
            line = _exchange(worker, asked(origin))
        except BaseException:  # such as Ctrl-C: its answer would be taken for the next one's
            _stop()
            raise
        finally:
            timer.cancel()
        if line:
            return found_in(line)
        code = worker.wait()
        _stop()
    if late.is_set():
        return Problem(origin.uri, f"takes over {LONGEST / 60:.0f} minutes to be read")
    return Problem(
        origin.uri, f"made its parser end ({f'signal {-code}' if code < 0 else f'code {code}'}): it is damaged"
    )


def _end(worker: subprocess.Popen[str], late: threading.Event) -> None:
    late.set()
    worker.kill()


def _exchange(worker: subprocess.Popen[str], request: str) -> str:
    """The answer; "" where the process has ended."""
    if worker.stdin is None or worker.stdout is None:  # they are pipes; the types do not say so
        return ""
    with contextlib.suppress(BrokenPipeError):
        worker.stdin.write(f"{request}\n")
        worker.stdin.flush()
        return worker.stdout.readline()
    return ""


def _worker() -> subprocess.Popen[str]:
    worker = _workers.get(os.getpid())
    if worker is None or worker.poll() is not None:
        home = str(Path(__file__).absolute().parents[4])  # where the package lies
        path = os.pathsep.join(filter(None, (home, os.environ.get("PYTHONPATH", ""))))
        # -P: a module in the folder that somebody works in must not be taken for one of ours.
        worker = subprocess.Popen(
            [sys.executable, "-P", "-m", "clew.ingest.load.apart.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": path},
        )
        _workers[os.getpid()] = worker
        atexit.register(_stop)
    return worker


def _stop() -> None:
    worker = _workers.pop(os.getpid(), None)
    if worker is not None:
        worker.kill()
        worker.communicate()
