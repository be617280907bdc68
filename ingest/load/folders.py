"""Folders that are more than the files in them: vaults of notes, exports of chats, mail folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from clew.ingest.load.items import Attachment, Loaded, Origin, Problem
from clew.ingest.load.recognise import is_own_folder, recognised


@dataclass(frozen=True, slots=True)
class Home:
    """A folder of a kind of its own. `read` reads a file in it, or, where the folder is one source (`whole`), all of
    it; `has` says which files those are, `leaves_out` which of its folders are none of the user's; `remark` tells the
    report what it was taken for."""

    root: Path
    read: Callable[[Origin], Iterator[Loaded | Problem | Attachment]]
    remark: Callable[[], str]
    has: Callable[[Path], bool] = lambda _: False
    leaves_out: Callable[[Path], bool] = lambda _: False
    whole: bool = False


def home_of(folder: Path, *, census: bool = True) -> Home | None:
    """What this folder is, or lies in; None where it is a folder like any other. Without the `census` only the marks
    that programs leave in their folders count. What reads such a folder is imported when one is found."""
    found = recognised(folder, census=census)
    if found is None:
        return None
    if found.kind == "notes":
        notes = import_module("clew.ingest.load.notes.folder").NoteFolder(found.root, found.what, found.titled)
        return Home(found.root, notes.read, notes.remark, notes.has, is_own_folder)
    if found.kind == "slack":
        export = import_module("clew.ingest.load.threads.slack").SlackExport()
        return Home(found.root, export.read, export.remark, whole=True)
    read = import_module("clew.ingest.load.threads.mail").read_maildir
    return Home(found.root, read, lambda: f"is read as {found.what}", whole=True)


__all__ = ["Home", "home_of"]
