"""The folder of a knowledge base on disk: whose it is, what it holds, who has it open.

PATH/clew.json   what this is; written last, when all the rest is made
PATH/lock        locked while a process has the store open; says which, and whether it serves others (`served`)
PATH/engine/     the database
PATH/cache/      derived, may be deleted
"""

from __future__ import annotations

import json
import os
import shutil
import threading
import uuid
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from clew.graph.errors import StoreError, StoreFormatError, StoreLockedError, StoreMissingError
from clew.graph.model import FORMAT_VERSION

try:
    import fcntl
except ImportError:  # Windows: the engine's own lock still keeps a second process out
    fcntl = None  # type: ignore[assignment]

_RESTORE = "Put back a copy, or move the folder away and ingest again."
_PASSING = frozenset({"lock", "served.json", "served.json.new"})  # may stand there before anything is made
_intent = threading.local()
_held: weakref.WeakSet[Place] = weakref.WeakSet()


@contextmanager
def shared() -> Iterator[None]:
    """What this thread opens inside is served to other processes as soon as it is open, and its lock says so."""
    _intent.shared = True
    try:
        yield
    finally:
        _intent.shared = False


class Place:
    """A knowledge base's folder, held by this process from here until `release`. Raises StoreError, StoreFormatError
    for a folder that is not (or not yet, or no longer) one of ours, StoreLockedError while another has it."""

    def __init__(self, path: Path, *, create: bool) -> None:
        self.path, self.engine, self.cache = path, path / "engine", path / "cache"
        self._lock: IO[str] | None = None
        if path.exists() and not path.is_dir():
            raise StoreFormatError(f"{path} is a file, not a knowledge base.", hint="Name a folder.")
        known = [name for name in ("clew.json", "making") if (path / name).exists()]
        if path.is_dir() and not known and any(file.name not in _PASSING for file in path.iterdir()):
            hint = _RESTORE if self.engine.is_dir() else "Name another folder, or an empty one."
            raise StoreFormatError(f"The folder {path} is not a knowledge base of Clew.", hint=hint)
        if not known and not create:
            raise StoreMissingError(f"There is no knowledge base at {path}.", hint="Make one with: clew ingest")
        try:
            path.mkdir(parents=True, exist_ok=True)
            self._hold()
            self.fresh = not (path / "clew.json").exists()
            if self.fresh:
                self._begin()
        except OSError as error:
            self.release()
            raise StoreError(
                f"The knowledge base at {path} cannot be opened: {error.strerror}.",
                hint="Check who may write to that folder and whether the disk is full.",
            ) from error
        self.uuid = uuid.uuid4().hex
        if not self.fresh:
            try:
                self._read()
            except BaseException:
                self.release()
                raise

    def _hold(self) -> None:
        self._lock = (self.path / "lock").open("a+", encoding="utf-8")
        if fcntl is None:
            return
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.seek(0)
            owner = (self._lock.read().split() or ["unknown"])[0]
            self.release()
            raise StoreLockedError(
                f"The knowledge base at {self.path} is open already, in "
                + ("this process." if owner == str(os.getpid()) else f"another process (number {owner})."),
                hint="Close it there first. Processes of one user share it by themselves; another user cannot.",
            ) from error
        self._lock.truncate(0)
        self._lock.write(f"{os.getpid()} shared" if getattr(_intent, "shared", False) else str(os.getpid()))
        self._lock.flush()
        _held.add(self)

    def _begin(self) -> None:
        """A making that was cut short held nothing yet: it is begun again."""
        (self.path / "making").touch()
        shutil.rmtree(self.engine, ignore_errors=True)

    def finish(self) -> None:
        """From now on the folder is a knowledge base."""
        about = {"clew": "knowledge base", "format": FORMAT_VERSION, "uuid": self.uuid}
        draft = self.path / "clew.json.new"
        with draft.open("w", encoding="utf-8") as file:
            file.write(json.dumps(about))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self.path / "clew.json")
        (self.path / "making").unlink(missing_ok=True)

    def _read(self) -> None:
        try:
            about = json.loads((self.path / "clew.json").read_text("utf-8"))
            version, self.uuid = int(about["format"]), str(about["uuid"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise StoreFormatError(f"{self.path / 'clew.json'} is damaged.", hint=_RESTORE) from error
        if version > FORMAT_VERSION:
            raise StoreFormatError(
                f"The knowledge base at {self.path} has format {version}; this Clew knows up to {FORMAT_VERSION}.",
                hint="Update Clew, as you installed it.",
            )
        if not self.engine.is_dir():
            raise StoreError(f"The knowledge base at {self.path} has lost its folder engine.", hint=_RESTORE)
        self._check_sizes()

    def _check_sizes(self) -> None:
        """After a clean close no file may be missing or shorter; what was noted holds only until the next opening."""
        note = self.path / "sizes.json"
        try:
            sizes: dict[str, Any] = json.loads(note.read_text("utf-8"))
        except (OSError, ValueError):
            return
        for name, size in sizes.items():
            file = self.engine / name
            if not file.exists() or file.stat().st_size < size:
                raise StoreError(
                    f"The knowledge base at {self.path} is damaged: engine/{name} "
                    + ("is cut short." if file.exists() else "is missing."),
                    hint=_RESTORE,
                )

    def opened(self) -> None:
        """The database is open: its files may now change."""
        (self.path / "sizes.json").unlink(missing_ok=True)

    def closed(self) -> None:
        """The database is closed: its files stay as they are until the next opening."""
        try:
            sizes = {file.name: file.stat().st_size for file in self.engine.iterdir() if file.is_file()}
            (self.path / "sizes.json").write_text(json.dumps(sizes), "utf-8")
        except OSError:
            self.opened()
        self.release()

    def release(self) -> None:
        """Another process may open the store."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _let_go() -> None:
    """In a forked child: the parent alone holds its locks, so that they end with it."""
    for place in list(_held):
        place.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go)
