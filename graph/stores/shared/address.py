"""PATH/served.json: where the process that has a store open answers others, and the token that they must know.

Only the user may read it. It is written whole or not at all, once the store is open, and removed before it is closed;
one that a killed process left behind leads nowhere and is overwritten by the next owner.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
import time
from dataclasses import asdict, dataclass
from pathlib import Path

_NAME = "served.json"
_MOST = 4096  # bytes of the file


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A port on loopback, the token (hexadecimal) and the process that answers there."""

    port: int
    token: str
    process: int

    @staticmethod
    def new(port: int) -> Endpoint:
        """This process on that port, with a fresh token."""
        return Endpoint(port, secrets.token_hex(32), os.getpid())


def announce(folder: Path, endpoint: Endpoint) -> None:
    """Others find the endpoint. Raises OSError where the folder cannot be written."""
    draft = folder / f"{_NAME}.new"
    draft.unlink(missing_ok=True)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(draft, flags, 0o600), "w", encoding="ascii") as file:
        json.dump(asdict(endpoint), file)
    draft.replace(folder / _NAME)


def withdraw(folder: Path, endpoint: Endpoint) -> None:
    """This endpoint is not to be found any more; another's is left alone."""
    with contextlib.suppress(OSError):
        if find(folder) == endpoint:
            (folder / _NAME).unlink()


def find(folder: Path) -> Endpoint | None:
    """The endpoint announced, None where there is none, it is no regular file, belongs to or can be read or written
    by others than this user, or says nothing sensible."""
    try:
        number = os.open(folder / _NAME, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
        with os.fdopen(number, "rb") as file:
            if not _is_private(os.fstat(file.fileno())):
                return None
            told = json.loads(file.read(_MOST))
        endpoint = Endpoint(int(told["port"]), str(told["token"]), int(told["process"]))
        return endpoint if 0 < endpoint.port < 65536 and len(bytes.fromhex(endpoint.token)) == 32 else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _is_private(about: os.stat_result) -> bool:
    if not stat.S_ISREG(about.st_mode):
        return False
    if not hasattr(os, "getuid"):  # Windows: the folder's own rights must do
        return True
    return about.st_uid == os.getuid() and not about.st_mode & 0o077


def name_of(folder: Path) -> str:
    """The name under which the knowledge base keeps derived files in its cache, empty where it keeps none."""
    try:
        return str(json.loads((folder / "clew.json").read_text("utf-8"))["uuid"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def patience(folder: Path) -> float:
    """Seconds to wait for the process that holds the folder's lock but cannot be reached: it may be opening or
    closing the store. One that does not mean to serve it is not waited for."""
    try:
        return 180.0 if "shared" in (folder / "lock").read_text("utf-8") else 1.0
    except (OSError, UnicodeDecodeError):  # an engine that has its own lock, which says nothing
        return 60.0


def is_young(folder: Path) -> bool:
    """Whether it was changed in the last seconds: another process may be making a store there."""
    try:
        return abs(time.time() - folder.stat().st_mtime) < 3
    except OSError:
        return False
