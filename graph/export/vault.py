"""A knowledge base as a folder of linked notes (Markdown, as Obsidian reads it): a note for each entity, with its other
names, its facts as properties that link to other notes, and the sentences that say so.

An export into the same folder writes what has changed and no more. Of a note only the lines that Clew wrote are
replaced; whatever a person wrote stays byte for byte, also in a note that was renamed or moved.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from clew.graph.errors import InputError
from clew.graph.export.files import replacing
from clew.graph.export.vault_format import (
    MARKER,
    Fact,
    fact_line,
    file_stem,
    folded,
    front_matter,
    head_lines,
    section,
    source_line,
    told,
    written,
)
from clew.graph.model import Entity, Source, Triple, stable_id
from clew.graph.store import GraphStore

_SLICE = 500  # entities written at a time
_SHOWN = 3  # sources below a fact
_LONGEST_SENTENCE = 400
_SUFFIX = ".md"
_LONGEST_NOTE = 32_000_000  # bytes; what is longer is none of ours


@dataclass
class VaultReport:
    """What an export did: notes by number, and each note that it had to leave as it was."""

    notes: int = 0
    written: int = 0
    unchanged: int = 0
    removed: int = 0
    problems: list[str] = field(default_factory=list)


@dataclass
class _Files:
    """The notes that lie in the folder: those of entities by id, and every name that is taken."""

    by_id: dict[str, Path] = field(default_factory=dict)
    by_name: dict[str, Path] = field(default_factory=dict)  # notes of nobody yet
    taken: set[str] = field(default_factory=set)


def write_vault(store: GraphStore, folder: str | Path) -> VaultReport:
    """The folder holds a note for each entity. Raises InputError where it cannot be written."""
    root, report = Path(folder), VaultReport()
    try:
        (root / MARKER).mkdir(parents=True, exist_ok=True)
        (root / MARKER / "about.txt").write_text("The notes of this folder are clew export's.\n", encoding="utf-8")
        found = _files(root, report)
        names = {entity.id: entity.name for entity in store.entities()}
        paths = {id_: _path(root, id_, name, found) for id_, name in sorted(names.items())}
        writer = _Writer(store, names, {id_: path.stem for id_, path in paths.items()})
        entities = store.entities()
        while part := list(islice(entities, _SLICE)):
            for entity, front, lines in writer.notes(part):
                _keep(paths[entity.id], front, lines, report)
        for id_ in sorted(set(found.by_id) - set(names)):
            _take_out(found.by_id[id_], report)
    except OSError as error:
        raise InputError(f"The folder {root} cannot be written: {error.strerror or error}.") from None
    return report


def _files(root: Path, report: VaultReport) -> _Files:
    found = _Files()
    for place, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for path in (Path(place) / name for name in sorted(files)):
            if path.suffix.lower() != _SUFFIX:
                continue
            found.taken.add(folded(path.stem))
            if path.is_symlink() or not path.is_file() or path.stat().st_size > _LONGEST_NOTE:
                continue
            text = _read(path)
            known = told(text) if text is not None else None
            if known is None or not known.id:
                found.by_name.setdefault(folded(path.stem), path)
            elif known.id in found.by_id:
                report.problems.append(f"{path} is a second note of one entity; it is left as it is")
            else:
                found.by_id[known.id] = path
    return found


def _path(root: Path, id_: str, name: str, found: _Files) -> Path:
    """The note of the entity: the one that is there, a person's note of its name, or a new one of a name that no
    other file has, whatever the case."""
    if id_ in found.by_id:
        return found.by_id[id_]
    stem = file_stem(name)
    theirs = found.by_name.pop(folded(stem), None)
    if theirs is not None:
        return theirs
    unique, own, length = stem, stable_id("note", id_), 6
    while folded(unique) in found.taken:
        unique = f"{stem} ({own[:length]}{'' if length <= len(own) else length})"
        length += 2
    found.taken.add(folded(unique))
    return root / f"{unique}{_SUFFIX}"


@dataclass
class _Writer:
    """The lines of notes, some entities at a time."""

    store: GraphStore
    names: Mapping[str, str]
    stems: Mapping[str, str]

    def __post_init__(self) -> None:
        self._documents = {each.id: (each.title, each.uri) for each in self.store.documents()}
        self._facts: dict[str, list[str]] = defaultdict(list)
        for triple in self.store.triples():
            self._facts[triple.head].append(triple.id)

    def notes(self, entities: Sequence[Entity]) -> Iterator[tuple[Entity, list[str], list[str]]]:
        """Of each entity the lines of the front matter and of the text."""
        ids = [id_ for entity in entities for id_ in self._facts.get(entity.id, ())]
        by_head: dict[str, list[Triple]] = defaultdict(list)
        for triple in self.store.triples(ids):
            by_head[triple.head].append(triple)
        shown = {
            source.chunk for triples in by_head.values() for triple in triples for source in triple.sources[:_SHOWN]
        }
        chunks = {chunk.id: chunk for chunk in self.store.chunks(sorted(shown))}
        sentences = {id_: (chunk.start, chunk.text) for id_, chunk in chunks.items()}
        for entity in entities:
            title = entity.name if entity.name != self.stems[entity.id] else ""
            kind = entity.type if entity.type != "OTHER" else ""
            lines = [line for fact in self._ordered(by_head[entity.id]) for line in self._lines(*fact, sentences)]
            yield entity, head_lines(entity.id, title, kind, entity.aliases), lines

    def _ordered(self, triples: Sequence[Triple]) -> list[tuple[Fact, str, list[Source]]]:
        """The facts with the names of their tails and their sources, those that are flagged alike together."""
        facts: list[tuple[Fact, str, list[Source]]] = []
        for triple in triples:
            groups: dict[tuple[str, ...], list[Source]] = defaultdict(list)
            for source in triple.sources:
                groups[tuple(sorted(source.flags))].append(source)
            for flags, sources in sorted(groups.items()):
                entity = isinstance(triple.tail, str)
                tail = self.stems.get(triple.tail_id, triple.tail_id) if entity else triple.tail
                name = self.names.get(triple.tail_id, "") if entity else ""
                facts.append((Fact(triple.relation, tail, flags, sources[0].qualifiers), name, sources))
        return sorted(facts, key=lambda each: fact_line(each[0], each[1]))

    def _lines(
        self, fact: Fact, name: str, sources: Sequence[Source], sentences: Mapping[str, tuple[int, str]]
    ) -> Iterator[str]:
        yield fact_line(fact, name)
        lines = []
        for source in sources[:_SHOWN]:
            start, text = sentences.get(source.chunk, (0, ""))
            said = text[max(source.start - start, 0) : source.end - start][:_LONGEST_SENTENCE]
            title, uri = self._documents.get(source.document, ("", ""))
            lines.append(source_line(said, f"({title}, {uri})" if title else f"({uri})"))
        yield from dict.fromkeys(lines)
        if len(sources) > _SHOWN:
            yield f"    - and {len(sources) - _SHOWN:,} more"


def _keep(path: Path, front: Sequence[str], lines: Sequence[str], report: VaultReport) -> None:
    """The note says this, beside whatever a person wrote."""
    report.notes += 1
    old = _read(path) if path.is_file() and not path.is_symlink() else ""
    if old is None or path.is_symlink():
        report.problems.append(f"{path} is no text in UTF-8; it is left as it is")
        return
    try:
        new = _with_text(_with_front(old, front), lines)
    except InputError as error:
        report.problems.append(f"{path} {error}; it is left as it is")
        return
    if new == old:
        report.unchanged += 1
    else:
        report.written += 1
        _write(path, new)


def _with_front(text: str, lines: Sequence[str]) -> str:
    span = front_matter(text)
    if span is None:
        mark = "\ufeff" if text.startswith("\ufeff") else ""
        return f"{mark}---\n{written(lines, 'front')}---\n{text.removeprefix(mark)}"
    inside = text[slice(*span)]
    held = section(inside, "front")
    around = inside if held is None else held.around()
    theirs = {line.split(":", 1)[0].strip().casefold() for line in around.split("\n") if ":" in line}
    ours = written([line for line in lines if line.split(":", 1)[0] not in theirs], "front")
    inside = ours + inside if held is None else held.around(ours)
    return text[: span[0]] + inside + text[span[1] :]


def _with_text(text: str, lines: Sequence[str]) -> str:
    span = front_matter(text)
    at = span[1] if span else 0
    held = section(text[at:], "text")
    ours = written(lines, "text")
    if held is None:
        ended = text if text.endswith("\n") else f"{text}\n"
        return f"{ended}\n{ours}"
    return text[:at] + held.around(ours)


def _take_out(path: Path, report: VaultReport) -> None:
    """What Clew wrote of an entity that is no more is gone from its note, which goes too where nothing else is in
    it."""
    text = _read(path)
    known = told(text) if text is not None else None
    if known is None:
        report.problems.append(f"{path} is the note of an entity that is no more; it is left as it is")
        return
    report.removed += 1
    if known.rest.strip():
        _write(path, known.rest)
    else:
        path.unlink()


def _read(path: Path) -> str | None:
    """The text of the note as it is, line ends and all; None for what is no UTF-8."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return None


def _write(path: Path, text: str) -> None:
    with replacing(path) as part:
        part.write_bytes(text.encode("utf-8", "replace"))


__all__ = ["VaultReport", "write_vault"]
