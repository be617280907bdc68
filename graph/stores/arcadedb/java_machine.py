"""The Java machine of the embedded store, started quietly in this process."""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import jpype
from arcadedb_embedded.jvm import get_bundled_jre_lib_path, get_jar_path

from clew.graph.errors import StoreError
from clew.graph.stores.arcadedb.class_archive import Archive

# What the engine may keep in the heap, which stays with the process once used: by default a quarter of it for pages,
# 512 transactions' pages that wait for the disk, 300 MB to merge an index. So it cost no processor time to speak of.
_LEAN = ("-Darcadedb.maxPageRAM=64", "-Darcadedb.pageFlushQueue=4", "-Darcadedb.indexCompactionRAM=32")
# A heap that starts small and is tidied after so many bytes grows by what it keeps; left alone, it fills up first.
_SLIM = ("-Xms8m", "-XX:MinHeapFreeRatio=20", "-XX:MaxHeapFreeRatio=40")
_FLAGS = (
    *_SLIM,
    # A batch lives until it is written, so each collection has much to copy: two hands are quicker at it than one, and
    # the heap stays as small.
    "-XX:+UseParallelGC",
    "-XX:ParallelGCThreads=2",
    "-XX:+UseCompactObjectHeaders",
    *_LEAN,
    "-Xrs",  # signals stay with Python: a polite kill must end the process
    "-Dfile.encoding=UTF8",
    "-Djava.awt.headless=true",
    f"-Djava.util.logging.config.file={os.devnull}",  # else it makes a folder ./log
    "-Darcadedb.log.impl=slf4j",  # else it logs to the terminal
    "-Dpolyglot.engine.WarnInterpreterOnly=false",
    "--enable-native-access=ALL-UNNAMED",
    "--add-opens=java.base/java.util.concurrent.atomic=ALL-UNNAMED",
    "--add-opens=java.base/java.nio.channels.spi=ALL-UNNAMED",
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
)
_start = threading.Lock()


def start_java(heap: str, more: Sequence[str] = (), *, cache: Path | None = None) -> None:
    """The Java machine runs in this process, with at most `heap` ("768m") for its objects, and `more` options.

    It writes nothing to the terminal or the working folder, but its classes into `cache` (`java_archive`; the user's
    where None). There is one in a process: a later call with another heap changes nothing. Raises StoreError.
    """
    with _start:
        if jpype.isJVMStarted():
            return
        crash_log = Path(tempfile.gettempdir()) / "clew-java-%p.log"
        known = archive(cache)
        try:
            _in_a_thread_that_ends(lambda: _run(heap, [f"-XX:ErrorFile={crash_log}", *(more or known.flags())]))
        except Exception as error:
            raise StoreError(
                f"The Java machine of the embedded store did not start: {error}",
                hint=f"Is {heap!r} a heap size, like 768m, and is so much memory free?",
            ) from error
        known.make_in_background()


def _in_a_thread_that_ends(work: Callable[[], None]) -> None:
    """`work` is done in a thread of its own, which then lets go of the Java machine; what it raises is raised here.

    At its end the machine waits for the thread that started it, for no other: the main thread of a page or of a
    guest that takes a knowledge base over is not that one, and the process would never end.
    """
    failed: list[Exception] = []

    def run() -> None:
        try:
            work()
        except Exception as error:  # raised below, where it is told
            failed.append(error)
        finally:
            if jpype.isJVMStarted():
                jpype.JClass("java.lang.Thread").detach()

    thread = threading.Thread(target=run, name="clew-java")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def _run(heap: str, more: Sequence[str]) -> None:
    jpype.startJVM(
        get_bundled_jre_lib_path(),
        f"-Xmx{heap}",
        *_FLAGS,
        *more,
        classpath=[str(jar) for jar in _jars()],
        interrupt=False,  # Ctrl-C stays Python's, so that a transaction is rolled back
    )
    _silence()


def archive(cache: Path | None = None) -> Archive:
    """The engine's classes, as `start_java` would have them."""
    return Archive(Path(get_bundled_jre_lib_path()), _FLAGS, _jars(), cache=cache)


def class_path() -> str:
    """Where the running Java machine finds its classes."""
    return str(jpype.JClass("java.lang.System").getProperty("java.class.path"))


def _jars() -> list[Path]:
    return sorted(Path(get_jar_path()).glob("*.jar"))


def _silence() -> None:
    jpype.JClass("com.arcadedb.log.LogManager").instance()  # it sets up its handlers on first use: ours come after
    manager = jpype.JClass("java.util.logging.LogManager").getLogManager()
    manager.reset()
    off = jpype.JClass("java.util.logging.Level").OFF
    for name in ("", "com.arcadedb"):
        jpype.JClass("java.util.logging.Logger").getLogger(name).setLevel(off)
