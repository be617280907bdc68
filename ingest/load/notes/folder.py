"""Folders of notes: each note in one is read as a part of the whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from clew.graph.errors import SourceError
from clew.graph.export.vault_format import told
from clew.ingest.load.decode import open_bytes, read_text
from clew.ingest.load.items import Loaded, Origin, Problem
from clew.ingest.load.notes.canvas import read_canvas
from clew.ingest.load.notes.fields import ALIASES, KINDS, TAGS, front, head_properties, listed, tags, told_type
from clew.ingest.load.notes.note import Counts, missing, read_note
from clew.ingest.load.notes.vault import Head, Note, Vault
from clew.ingest.load.recognise import NOTE_SUFFIXES, notes_in

_SAMPLE = 1 << 16  # bytes of a file that are looked at
_TITLE = re.compile(r"^#[ \t]+(\S.{0,200}?)[ \t#]*$", re.MULTILINE)
_CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]{1,300}`", re.DOTALL | re.MULTILINE)
_JOURNAL = "journals"


@dataclass
class NoteFolder:
    """A folder of notes that link to each other. `what` names its kind in the report."""

    root: Path
    what: str
    titled: bool = False
    counts: Counts = field(default_factory=Counts)
    _vault: Vault | None = None

    @property
    def vault(self) -> Vault:
        """The names of all its notes, read on first use."""
        if self._vault is None:
            self._vault = Vault.of(
                (_head(path, self.path_of(path)) for path in notes_in(self.root)), titled=self.titled
            )
        return self._vault

    def path_of(self, path: Path) -> str:
        """The path of a note within the folder, without suffix; Logseq's names of nested pages are paths too."""
        place = path.relative_to(self.root).with_suffix("").as_posix()
        return place.replace("%2F", "/").replace("___", "/")

    def has(self, path: Path) -> bool:
        """Is this file one of the notes?"""
        return path.suffix.lower() in {*NOTE_SUFFIXES, ".canvas"} and path.is_relative_to(self.root)

    def read(self, origin: Origin) -> Iterator[Loaded | Problem]:
        """The note's document."""
        if origin.path.suffix.lower() == ".canvas":
            yield read_canvas(origin, self.vault, self.counts)
            return
        text, note = read_text(origin.path)
        known = self.vault.notes.get(self.path_of(origin.path)) or Note(self.path_of(origin.path), origin.stem)
        loaded = read_note(text, known, self.vault, origin.uri, self.counts)
        if not loaded.document.text.strip():
            raise SourceError("is empty")
        yield _with_note(loaded, note)

    def remark(self) -> str:
        """What the folder was taken for and what was read in it, for the report."""
        own = self.counts
        counted = [(own.notes, "note"), (own.links, "link"), (own.properties, "property"), (own.aliases, "alias")]
        counted += [(own.tags, "tag"), (own.tasks, "task")]
        told = f"is read as {self.what}: " + ", ".join(_plural(number, word) for number, word in counted if number)
        if own.missing:
            told += f"; {_plural(len(own.missing), 'note')} that links name and nobody wrote ({missing(own)})"
        if self.vault.namesakes:
            told += f"; notes of one name are told apart by their folder ({', '.join(self.vault.namesakes[:5])})"
        return told


def _head(path: Path, place: str) -> Head:
    try:
        with open_bytes(path) as stream:
            text = stream.read(_SAMPLE).decode("utf-8", "replace").removeprefix("\ufeff").replace("\r\n", "\n")
    except (OSError, SourceError):
        return Head(place)
    if (own := told(text)) is not None:
        return Head(place, own.title, own.aliases, exported=True, kind=own.type)
    found = head_properties(text)
    aliases = [alias for name in sorted(ALIASES) for alias in listed(name, found.get(name, []))]
    named = found.get("title", [""])[0].strip("\"'")
    heading = _TITLE.search(text, front(text)[1])
    words = [word for name in KINDS for word in found.get(name, ())]
    words += [tag for name in sorted(TAGS) for tag in listed(name, found.get(name, []))]
    words += [tag for tag, _ in tags(_CODE.sub("", text), 0, len(text))]
    kind = next(filter(None, map(told_type, words)), "")
    return Head(place, named or (heading.group(1).strip() if heading else ""), tuple(aliases), kind=kind)


def _with_note(loaded: Loaded, note: str) -> Loaded:
    return replace(loaded, note="; ".join(filter(None, (loaded.note, note)))) if note else loaded


def _plural(number: int, word: str) -> str:
    many = {"property": "properties", "alias": "aliases"}.get(word, f"{word}s")
    return f"{number:,} {word if number == 1 else many}"


__all__ = ["NoteFolder"]
