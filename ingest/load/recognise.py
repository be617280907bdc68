"""What kind of folder a folder is: by the marks that programs leave in theirs, and by the links in its files."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from clew.graph.errors import SourceError
from clew.graph.export.vault_format import MARKER
from clew.ingest.load.decode import open_bytes, read_bytes

NOTE_SUFFIXES = (".md", ".markdown", ".mdx")
CHANNEL_FILES = ("channels.json", "groups.json", "dms.json", "mpims.json")
DAY_FILE = re.compile(r"\d{4}-\d{2}-\d{2}\.json")
_SAMPLE = 1 << 16  # bytes of a file that are looked at
_LOOKED_AT = 400  # files
_LEAST = 3  # links that make a folder of notes
_SHARE = 5  # one note in so many has links
_WIKILINK = re.compile(rb"\[\[[^\[\]\n]{1,200}\]\]")
_RELATIVE = re.compile(rb"\]\((?!\w+:)([^()\s#]{1,200}\.(?:md|markdown|mdx))(?:#[^()\s]*)?\)")
_CODE = re.compile(rb"^(```|~~~).*?^\1|`[^`\n]{1,300}`", re.DOTALL | re.MULTILINE)
_MAILDIR = ("cur", "new", "tmp")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A folder of a kind of its own: `notes`, `slack` or `maildir`. `what` names it in the report; in a `titled` one
    pages go by their headings."""

    kind: str
    root: Path
    what: str
    titled: bool = False


def recognised(folder: Path, *, census: bool = True) -> Recognised | None:
    """The folder of a kind of its own that this is, or lies in; None where it is one like any other. Without the
    `census` only the marks that programs leave in their folders of notes count."""
    try:
        return _recognised(folder.resolve(), census=census)
    except OSError:  # what may not be looked into is named when it is read
        return None


def _recognised(folder: Path, *, census: bool) -> Recognised | None:
    if census and all((folder / name).is_dir() for name in _MAILDIR):
        return Recognised("maildir", folder, "a mail folder")
    if census and is_slack(folder):
        return Recognised("slack", folder, "a Slack export")
    for place in (folder, *folder.parents):
        what = _marked(place)
        if what:
            return Recognised("notes", place, what)
    return _by_links(folder) if census else None


def _marked(folder: Path) -> str:
    if (folder / ".obsidian").is_dir():
        return "an Obsidian vault"
    if (folder / "logseq" / "config.edn").is_file() or ((folder / "logseq").is_dir() and (folder / "pages").is_dir()):
        return "a Logseq graph"
    if (folder / ".foam").is_dir():
        return "a Foam workspace"
    return "notes that clew export wrote" if (folder / MARKER).is_dir() else ""


def _by_links(folder: Path) -> Recognised | None:
    wiki = relative = looked = 0
    links = [0, 0]
    for path in notes_in(folder, marked=False):
        if looked == _LOOKED_AT:
            break
        looked += 1
        try:
            with open_bytes(path) as stream:
                data = _CODE.sub(b"", stream.read(_SAMPLE))
        except (OSError, SourceError):
            continue
        found = len(_WIKILINK.findall(data))
        near = sum((path.parent / os.fsdecode(match.group(1))).is_file() for match in _RELATIVE.finditer(data))
        links = [links[0] + found, links[1] + near]
        wiki, relative = wiki + bool(found), relative + bool(near)
    if links[0] >= _LEAST and wiki * _SHARE >= looked:
        return Recognised("notes", folder, "a folder of linked notes")
    if links[1] >= _LEAST and relative * _SHARE >= looked:
        return Recognised("notes", folder, "a wiki in Markdown", titled=True)
    return None


def notes_in(root: Path, *, marked: bool = True) -> Iterator[Path]:
    """The notes below the folder, in sorted order. What is hidden is none, and neither is Logseq's own folder; unless
    `marked`, folders that are vaults themselves are left out."""
    for place, folders, files in os.walk(root):
        here = Path(place)
        folders[:] = sorted(name for name in folders if not name.startswith(".") and not is_own_folder(here / name))
        if not marked and here != root and _marked(here):
            folders.clear()
            continue
        for name in sorted(files):
            if name.lower().endswith(NOTE_SUFFIXES) and not name.startswith("."):
                yield here / name


def is_own_folder(folder: Path) -> bool:
    """Is this where Logseq keeps its settings and backups?"""
    return folder.name == "logseq" and ((folder / "config.edn").is_file() or (folder.parent / "pages").is_dir())


def is_slack(folder: Path) -> bool:
    """True where the folder has channels or users, and in its folders files of messages named by their day."""
    if not any((folder / name).is_file() for name in (*CHANNEL_FILES, "users.json")):
        return _only_days(folder)
    return any(_days(path) for path in folder.iterdir() if path.is_dir())


def _only_days(folder: Path) -> bool:
    """An export without its lists: nothing but folders of such files, whose messages have `ts`."""
    try:
        entries = [path for path in folder.iterdir() if not path.name.startswith(".")]
        days = [path for entry in entries if entry.is_dir() for path in _days(entry)]
        if not days or not all(entry.is_dir() for entry in entries):
            return False
        records = json.loads(read_bytes(days[0]))
    except (OSError, SourceError, ValueError, RecursionError):
        return False
    return isinstance(records, list) and any(isinstance(each, dict) and {"ts", "text"} <= set(each) for each in records)


def _days(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if DAY_FILE.fullmatch(path.name))


__all__ = [
    "CHANNEL_FILES",
    "DAY_FILE",
    "NOTE_SUFFIXES",
    "Recognised",
    "is_own_folder",
    "is_slack",
    "notes_in",
    "recognised",
]
