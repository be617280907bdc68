"""The engine's Java classes as the Java machine holds them: a class data archive (JEP 310) in the user's cache.

Without one, a process that opens a store spends half of the time on reading and checking some 6,000 classes. It is
made once for an installation, in the background, by a process of its own. Until it stands, and where it cannot be
made, all works as well, only slower.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_cache_path

_KEPT = 2  # archives of other installations, 35 MB each
_AGAIN = 86_400.0  # seconds after which a making that failed is tried again
_MOST = 300.0  # seconds for each step of it
RECORDED = "768m"
_RECORDING = "clew.graph.stores.arcadedb.class_archive_recording"
_MAKING = "CLEW_MAKING_JAVA_ARCHIVE"  # set in the processes that make one, so that they start no further ones


class Archive:
    """The archive for the Java machine whose library this is, started with these flags on these jars."""

    def __init__(self, library: Path, flags: Sequence[str], jars: Sequence[Path], *, cache: Path | None = None) -> None:
        """`cache` is a folder, the user's where None."""
        self._library, self._flags = library, tuple(flags)
        held = [(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in (library, *jars)]
        told = json.dumps([self._flags, held]).encode()
        folder = (cache or user_cache_path("clew")) / "java"
        self.path = folder / f"{hashlib.sha256(told).hexdigest()[:16]}.jsa"
        self._claim = self.path.with_suffix(".making")

    def flags(self) -> list[str]:
        """What has Java use the archive, nothing where there is none. Java ignores one that does not fit."""
        return [f"-XX:SharedArchiveFile={self.path}", "-Xshare:auto", "-Xlog:disable"] if self.path.exists() else []

    def make_in_background(self) -> None:
        """A process of low priority makes it where it is missing; it may outlive this one, for some seconds."""
        if self.path.exists() or self._claimed() or os.environ.get(_MAKING):
            return
        with contextlib.suppress(OSError):  # where there is no room for a process or a folder, there is no archive
            self.path.parent.mkdir(parents=True, exist_ok=True)
            maker = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-P", "-m", _RECORDING, str(self.path.parents[1])],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                cwd=self.path.parent,
            )
            threading.Thread(target=maker.wait, daemon=True).start()

    def make(self) -> None:
        """It is there when this returns, unless another process makes it, or failed to, in the last day. Raises
        OSError, SubprocessError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        if self.path.exists() or self._claimed():
            return
        self._claim.unlink(missing_ok=True)
        try:
            self._claim.touch(exist_ok=False)
        except FileExistsError:
            return
        with tempfile.TemporaryDirectory(dir=self.path.parent, prefix=".making-") as scratch:
            self._make(Path(scratch))
        self._claim.unlink(missing_ok=True)  # a making that failed leaves its claim, so that it is not tried at once
        others = sorted((path for path in self.path.parent.glob("*.jsa") if path != self.path), key=_age)
        for old in others[_KEPT:]:
            old.unlink(missing_ok=True)

    def _claimed(self) -> bool:
        try:
            return time.time() - self._claim.stat().st_mtime < _AGAIN
        except OSError:
            return False

    def _make(self, scratch: Path) -> None:
        classes, fresh = scratch / "classes", scratch / "archive"
        environment = {**os.environ, _MAKING: "1"}
        _run([sys.executable, "-P", "-m", _RECORDING, str(scratch), str(classes)], environment)
        path = (scratch / "classpath").read_text("utf-8")
        java = self._library.parents[2] / "bin" / ("java.exe" if os.name == "nt" else "java")
        options = ["-Xshare:dump", f"-XX:SharedClassListFile={classes}", f"-XX:SharedArchiveFile={fresh}"]
        _run([str(java), *options, f"-Xmx{RECORDED}", *self._flags, "-cp", path], environment)
        fresh.replace(self.path)


def _age(path: Path) -> float:
    return -path.stat().st_mtime


def _run(command: list[str], environment: dict[str, str]) -> None:
    subprocess.run(  # noqa: S603 - our own module, the engine's own Java
        command, check=True, capture_output=True, env=environment, timeout=_MOST, stdin=subprocess.DEVNULL
    )
