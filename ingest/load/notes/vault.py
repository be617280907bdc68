"""A folder of notes that link to each other: which names a note has, and which note a link means.

A link means exactly one note, found as the programs that people write notes with find it: by path, by name, by alias,
whatever the case; of several notes of one name, the one in the same folder, else the one with the shortest path.
"""

from __future__ import annotations

import posixpath
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from urllib.parse import unquote

from clew.graph.model import name_key
from clew.ingest.extract.names.dates import date_in, iso
from clew.ingest.load.recognise import NOTE_SUFFIXES

_DAY = re.compile(r"(\d{4})[-_. ]?(\d{2})[-_. ]?(\d{2})")
_STAMP = re.compile(r"\d{8,14}[\s_-]+(?=\S)")
_SPACES = re.compile(r"[\s_]+")
_SLUG = re.compile(r"[^\w]+")
_LONGEST = 8  # words of a name that is looked for in a text
_FILE = re.compile(r"\.\w{1,5}$")


@dataclass(frozen=True, slots=True)
class Head:
    """What the beginning of a note's file tells: its path in the folder without suffix, its heading, aliases, and the
    type of entity that its properties or tags tell. An `exported` note is that of one entity, whatever its name looks
    like."""

    path: str
    title: str = ""
    aliases: tuple[str, ...] = ()
    exported: bool = False
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """A note: its path without suffix, the name of its entity, its other names, its day where it is a diary's, and the
    type of its entity where the note tells it."""

    path: str
    name: str
    aliases: tuple[str, ...] = ()
    day: str = ""
    kind: str = ""

    @property
    def folder(self) -> str:
        """The path of the folder that it lies in."""
        return posixpath.dirname(self.path)


@dataclass(frozen=True, slots=True)
class Target:
    """What a link means: the entity's `name`, or the `day`; `exists` is false where no note of the name is there, and
    `file` true where it is no note but a picture or another file; `kind` is the type that the note tells of itself."""

    name: str
    day: str = ""
    exists: bool = True
    file: bool = False
    kind: str = "OTHER"


@dataclass
class Vault:
    """The notes of one folder. `notes` are by path; `namesakes` are names that several notes have."""

    notes: dict[str, Note] = field(default_factory=dict)
    namesakes: tuple[str, ...] = ()
    _places: dict[str, list[Note]] = field(default_factory=dict)
    _called: dict[str, list[Note]] = field(default_factory=dict)
    _longest: dict[str, int] = field(default_factory=dict)  # words of the longest name that begins with this word

    @staticmethod
    def of(heads: Iterable[Head], *, titled: bool = False) -> Vault:
        """The vault of these notes, whatever their order; in a `titled` one a page goes by its heading."""
        ordered = sorted(heads, key=lambda head: (head.path.count("/"), head.path))
        taken: dict[str, list[str]] = {}
        vault = Vault()
        for head in ordered:
            name = named(head, titled=titled)
            day = "" if head.exported else day_of(posixpath.basename(head.path))
            others = taken.setdefault(name_key(name), [])
            if others and not day:
                name = f"{name} ({posixpath.dirname(head.path) or 'top'})"
            others.append(name)
            aliases = [*head.aliases, posixpath.basename(head.path)]
            others_of_it = tuple(dict.fromkeys(each for each in aliases if each != name))
            note = Note(head.path, day or name, others_of_it, day, "" if day else head.kind)
            vault.notes[head.path] = note
        vault.namesakes = tuple(sorted(names[0] for names in taken.values() if len(names) > 1))
        vault._index()
        return vault

    def _index(self) -> None:
        for note in self.notes.values():
            parts = note.path.split("/")
            for place in range(len(parts)):
                self._places.setdefault(key("/".join(parts[place:])), []).append(note)
            for alias in {key(name): name for name in (note.name, *note.aliases)}:
                self._called.setdefault(alias, []).append(note)
                words = alias.split()
                if words:
                    self._longest[words[0]] = max(len(words), self._longest.get(words[0], 0))

    def target(self, link: str, source: str) -> Target:
        """What the link in the note at the path `source` means; `link` may have a heading, a block and a suffix."""
        place = unquote(link.split("#", 1)[0].split("^", 1)[0]).strip().replace("\\", "/").removeprefix("/")
        if not place:
            return self._of(self.notes[source])
        bare = place
        for suffix in NOTE_SUFFIXES:
            bare = bare.removesuffix(suffix)
        folder = posixpath.dirname(source)
        exact = self.notes.get(posixpath.normpath(posixpath.join(folder, bare)))
        if exact is not None and (bare.startswith(".") or "/" in bare):
            return self._of(exact)
        found = self._places.get(key(bare)) or self._called.get(key(bare)) or ()
        if found:
            return self._of(min(found, key=lambda note: (note.folder != folder, note.path.count("/"), note.path)))
        name = posixpath.basename(bare) or bare
        if _FILE.search(place) and bare == place:
            return Target(name, exists=False, file=True)
        return Target(_SPACES.sub(" ", name).strip() or name, day_of(name), exists=False)

    def exact(self, name: str) -> Note | None:
        """The one note that goes by exactly this name or alias; None where there is none or more than one."""
        found = self._called.get(key(name), ())
        return found[0] if len(found) == 1 else None

    def names(self, words: Sequence[str]) -> dict[str, str]:
        """The other names of notes that stand among these words, each with the note's name; what two notes are called
        is left out."""
        found: dict[str, str] = {}
        low = [key(word) for word in words]
        for first, word in enumerate(low):
            for size in range(1, min(self._longest.get(word, 0), len(low) - first, _LONGEST) + 1):
                note = self.exact(" ".join(low[first : first + size]))
                if note is not None and not note.day:
                    said = " ".join(words[first : first + size])
                    if name_key(said) != name_key(note.name):
                        found[said] = note.name
        return found

    @staticmethod
    def _of(note: Note) -> Target:
        return Target(note.name, note.day, kind=note.kind or "OTHER")


def key(name: str) -> str:
    """The form under which links are compared: case, composition and the kind of blank make no difference."""
    return _SPACES.sub(" ", unicodedata.normalize("NFC", name).casefold()).strip()


def named(head: Head, *, titled: bool = False) -> str:
    """The name of the note's entity: the file's name, or the heading that this is the short form of; of an index page
    without a heading, the folder's."""
    stem = posixpath.basename(head.path)
    if head.exported:
        return head.title or stem
    short = _slug(head.title) == _slug(stem) or not any(letter.isalpha() for letter in stem)
    if head.title and (titled or short):
        return head.title
    if titled and stem.casefold() in {"index", "readme"}:
        return posixpath.basename(posixpath.dirname(head.path)) or stem
    return _STAMP.sub("", stem, count=1) or stem


def _slug(name: str) -> str:
    return _SLUG.sub("-", name.replace("_", "-").casefold()).strip("-")


def day_of(name: str) -> str:
    """The ISO date that the name of a note is, `""` where it is none."""
    match = _DAY.fullmatch(name.strip())
    if match:
        return iso(*match.groups())
    found = date_in(name)
    whole = found is not None and (found.start, found.end) == (0, len(name))
    return found.normal if found is not None and whole and len(found.normal) == len("2026-02-11") else ""


__all__ = ["Head", "Note", "Target", "Vault", "day_of", "key", "named"]
