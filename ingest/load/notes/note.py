"""A note as a document: what its links, properties, tags and tasks say, and what is left to be read as sentences."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from clew.graph.export.vault_format import told
from clew.graph.model import Document, stable_id
from clew.ingest.load.items import LINKS_TO, Loaded, ReadyTriple
from clew.ingest.load.notes.exported import stated
from clew.ingest.load.notes.fields import (
    ALIASES,
    KINDS,
    TAGS,
    box,
    bracketed,
    callout,
    front,
    lines,
    listed,
    property_name,
    signed_dates,
    tags,
    told_type,
    without,
)  # fmt: skip
from clew.ingest.load.notes.marks import Mark, Marks, Placed, raw_links, without_signs
from clew.ingest.load.notes.vault import Note, Target, Vault
from clew.ingest.structure.blocks import Block, Span
from clew.ingest.structure.build import sections
from clew.ingest.structure.front_matter import properties
from clew.ingest.structure.markdown import read_markdown
from clew.ingest.structure.turns import Annotations, Link

_WORD = re.compile(r"[\w'’.-]+")
_END = re.compile(r"[.!?][\"'”’)\]]*\s+")
_HANDLE = re.compile(r"(?<![\w.])@([^\W\d_][\w.-]{0,40})")
_LINKS = frozenset({"link", "path", "embed"})
_IGNORED = frozenset(
    {"id", "clew", "collapsed", "cssclass", "cssclasses", "heading"}
)  # for the programs, not about the note


@dataclass
class Counts:
    """What was read in a folder of notes; `missing` are the notes that links name and nobody wrote."""

    notes: int = 0
    links: int = 0
    properties: int = 0
    aliases: int = 0
    tags: int = 0
    tasks: int = 0
    missing: Counter[str] = field(default_factory=Counter)


def read_note(text: str, note: Note, vault: Vault, uri: str, counts: Counts) -> Loaded:
    """The document of a note. `counts` grow by what it holds."""
    exported = told(text)
    text = exported.rest if exported else text
    marks = Marks()
    built = read_markdown(without_signs(text), marks)
    placed = Placed(built.text, marks.found)
    reader = _Reader(placed.text, note, vault, counts, placed.marks)
    yaml, _ = front(text)
    blocks = [block for each in built.blocks for block in reader.block(placed.block(each))]
    wrong = reader.broken_front(yaml) if yaml.strip() else ""
    reader.rest()
    counts.notes += 1
    names = vault.names(_WORD.findall(placed.text)) if not note.day else {}
    if exported:
        reader.kind = exported.type or reader.kind
        rows = stated(exported, note, vault, placed.text)
        blocks += rows.blocks
        reader.links += rows.links
        reader.triples += rows.triples
        counts.properties += len(rows.triples)
        counts.aliases += len(exported.aliases)
        placed.text = rows.text
    links = tuple(sorted(reader.links, key=lambda link: (link.start, link.end)))
    kind = reader.kind
    annotations = Annotations("" if note.day else note.name, kind, (), links, names, note.day)
    meant = stable_id(
        "links", *(f"{link.start}:{link.name}:{link.type}" for link in links), *map(repr, sorted(names.items()))
    )
    title = note.day or note.name
    document = Document.make(uri, placed.text, title=title, version=meant if links or names else "")
    document = replace(document, annotations=annotations)
    triples = tuple(replace(each, head_type=kind) if each.head == note.name else each for each in reader.triples)
    return Loaded(document, triples=triples, sections=sections(placed.text, blocks), note=wrong, blocks=tuple(blocks))


class _Reader:
    """One note while its blocks are read."""

    def __init__(self, text: str, note: Note, vault: Vault, counts: Counts, marks: list[Mark]) -> None:
        self.text, self.note, self.vault, self.counts, self.marks = text, note, vault, counts, marks
        self.triples: list[ReadyTriple] = []
        self.links: list[Link] = []
        self.kind = ""
        self._used: set[Span] = set()  # links that are the value of something
        self._blocks: list[Block] = []

    @property
    def subject(self) -> str:
        """The note's entity; a day is none."""
        return "" if self.note.day else self.note.name

    def block(self, block: Block) -> Iterator[Block]:
        """What is left of the block to be read as sentences."""
        if block.kind == "code":
            yield block
            return
        if block.place == "front matter":
            self._raw(block.start, block.end)
        if block.kind == "pair" and (block.place == "front matter" or self._doubled(block)):
            name = property_name(getattr(block, "name", "") or self.text[slice(*block.key)])
            self._property(self._owner(block), name, block.value, (block.start, block.end))
            yield Block("code", block.start, block.end)
            self._blocks.append(block)
            return
        if block.kind == "pair" and any(block.key[0] <= mark.start and mark.end <= block.key[1] for mark in self.marks):
            block = replace(block, kind="item" if block.level else "paragraph", key=(0, 0), value=(0, 0))
        self._blocks.append(block)
        yield self._prose(block)

    def _raw(self, start: int, end: int) -> None:
        for mark in raw_links(self.text[start:end]):
            self.marks.append(replace(mark, start=mark.start + start, end=mark.end + start))

    def _doubled(self, block: Block) -> bool:
        return self.text[block.key[1] : block.value[0]].strip() == "::"

    def _owner(self, block: Block) -> str:
        """Whose property it is: that of the link which is all that its item says, else the note's."""
        above = self._blocks[-1] if self._blocks else None
        same = above is not None and above.kind == "item" and block.level == above.level
        if above is None or not same or "-" in self.text[above.end : block.start]:
            return self.subject
        return self._only_link(above.start, above.end) or self.subject

    def _only_link(self, start: int, end: int) -> str:
        """What a text means that is one link and no more."""
        end = start + len(self.text[start:end].rstrip())
        found = [mark for mark in self.marks if mark.kind == "link" and (mark.start, mark.end) == (start, end)]
        return self._target(found[0]).name if found else ""

    def _property(self, owner: str, name: str, value: Span, span: Span) -> None:
        text = self.text[slice(*value)]
        if name in _IGNORED or not text.strip():
            return
        if name in ALIASES and owner == self.subject:
            self._aliases(value)
        elif name in TAGS:
            for tag in listed(name, [text]):
                self._tag(tag, span)
        else:
            self.counts.properties += 1
            if name in KINDS:
                self._typed(text)
            self._values(owner, name, value, span)

    def _values(self, owner: str, name: str, value: Span, span: Span) -> None:
        inside = [
            mark for mark in self.marks if mark.kind in _LINKS and value[0] <= mark.start and mark.end <= value[1]
        ]
        for mark in inside:
            self._used.add((mark.start, mark.end))
            target = self._target(mark)
            kind = "text" if target.file else "value" if target.day else target.kind
            self._state(owner, name, target.day or target.name, span, kind)
        if inside:
            return
        words = self.text[slice(*value)].strip().strip("\"'")
        known = self.vault.exact(words)
        if known is not None and not known.day:
            self.links.append(Link(*value, known.name, known.kind or "OTHER"))
            self._state(owner, name, known.name, span, known.kind or "OTHER")
        elif words:
            self._state(owner, name, words, span, "value")

    def _aliases(self, value: Span) -> None:
        at = value[0]
        for alias in listed("aliases", [self.text[slice(*value)]]):
            start = self.text.find(alias, at, value[1])
            if start >= 0 and self.subject:
                self.links.append(Link(start, start + len(alias), self.subject))
                self.counts.aliases += 1
                at = start + len(alias)

    def _tag(self, tag: str, span: Span) -> None:
        """A tag and those above it in its path; one that is a common noun for a kind of thing is the note's type."""
        self.counts.tags += 1
        parts = tag.split("/")
        for size in range(len(parts), 0, -1):
            self._state(self.subject, "tagged", "/".join(parts[:size]), span, "text")
        self._typed(parts[-1])

    def _typed(self, word: str) -> None:
        self.kind = self.kind or told_type(word)

    def _prose(self, block: Block) -> Block:
        """The block without what its form says; fields, tags and tasks in it are stated."""
        start, end = block.start, block.end
        boxes = [mark for mark in self.marks if mark.kind == "task" and start <= mark.start <= mark.end <= end]
        state = ("done" if boxes[0].target == "x" else "open", start) if boxes else None
        state = state or (box(self.text, start, end) if block.kind == "item" else None)
        if state is not None:
            return self._task(block, *state)
        called = callout(self.text, start, end) if block.quoted else None
        if called is not None:
            self._state(self.subject, called[0], self.text[called[1] : end].strip(), (called[1], end), "text")
            block = replace(block, start=min(called[1], end), quoted=block.quoted - 1)
        silent = list(block.silent)
        for each in lines(self.text, start, end):
            owner = self._only_link(start, each.span[0]) if block.kind == "item" else ""
            self._property(owner or self.subject, each.name, each.value, each.span)
            silent.append(each.span)
        for each in bracketed(self.text, start, end):
            self.counts.properties += 1
            self._values(self.subject, each.name, each.value, each.span)
            silent.append(each.span)
        for tag, span in tags(self.text, start, end):
            silent.append(span)
            if self.note.day:
                self.counts.tags += 1
                self._noted(tag, span, end)
            else:
                self._tag(tag, span)
        return replace(block, silent=tuple(sorted(silent)))

    def _noted(self, tag: str, span: Span, end: int) -> None:
        """In a diary a tag says what its line is for the notes that it names: "#decision keep [[Pigeon queue]]"."""
        words = self.text[span[1] : end].strip()
        for mark in self.marks:
            if mark.kind == "link" and span[1] <= mark.start and mark.end <= end:
                self._state(self._target(mark).name, tag, words, (span[0], end), "text")

    def _task(self, block: Block, state: str, start: int) -> Block:
        self.counts.tasks += 1
        end = block.end
        start += len(self.text[start:end]) - len(self.text[start:end].lstrip())
        fields = [*bracketed(self.text, start, end, single=True), *signed_dates(self.text, start, end)]
        spans = [each.span for each in fields] + [span for _, span in tags(self.text, start, end)]
        words = without(self.text, start, end, spans)
        name = f"{words} ({self.subject})" if self.subject else words
        if not words:
            return block
        where = (block.start, end)
        self.links.append(Link(start, end, name))
        self._state(self.subject, "task", name, where, "OTHER")
        self._state(name, "state", state, where, "text")
        if self.note.day:
            self._state(name, "noted on", self.note.day, where, "value")
        for each in fields:
            self._values(name, each.name, each.value, each.span)
        for match in _HANDLE.finditer(self.text, start, end):
            person = self.vault.exact(match.group(1))
            if person is not None:
                self._state(name, "owner", person.name, match.span(), "OTHER")
        return Block("code", block.start, end)

    def rest(self) -> None:
        """Links that are no value of anything: the words are mentions, and the notes are linked."""
        for mark in sorted(self.marks, key=lambda mark: (mark.start, mark.end)):
            if mark.kind == "page":
                self._state(self.subject, LINKS_TO, mark.target, (mark.start, mark.end), "text")
            elif mark.kind != "task":
                self._linked(mark)

    def _linked(self, mark: Mark) -> None:
        target = self._target(mark)
        self.counts.links += 1
        if not target.exists and not target.file and not target.day:
            self.counts.missing[target.name] += 1
        span = (mark.start, mark.end)
        if target.name == self.subject:
            return
        if not target.day and not target.file:
            self.links.append(Link(*span, target.name, target.kind))
        if span in self._used:
            return
        if self.note.day:
            if not target.day and not target.file:
                self._state(target.name, "mentioned on", self.note.day, self._sentence(span), "value")
            return
        relation = "embeds" if mark.kind == "embed" else LINKS_TO
        kind = "text" if target.file else "" if target.day else target.kind
        self._state(self.subject, relation, target.day or target.name, self._sentence(span), kind)

    def _target(self, mark: Mark) -> Target:
        return self.vault.target(mark.target, self.note.path)

    def _sentence(self, span: Span) -> Span:
        """The sentence around a link, as far as its line goes."""
        line = self.text.rfind("\n", 0, span[0]) + 1
        end = self.text.find("\n", span[1])
        end = len(self.text) if end < 0 else end
        line, end = max(line, span[0] - 600), min(end, span[1] + 600)
        before = [match.end() for match in _END.finditer(self.text, line, span[0])]
        after = _END.search(self.text, span[1], end)
        return (before[-1] if before else line), (after.end() if after else end)

    def _state(self, head: str, relation: str, tail: str, span: Span, kind: str) -> None:
        """`kind` is the type of an entity; `text`, or `value` for one that may be a number or a date."""
        if head and relation and tail and head != tail:
            self.triples.append(ReadyTriple(head, relation, tail, *span, tail_type=kind))

    def broken_front(self, yaml: str) -> str:
        """What is wrong with the front matter; where something is, its lines are read one by one."""
        if properties(yaml):
            return ""
        at = self.text.find(yaml.strip("\n"))
        read = 0
        for line in yaml.strip("\n").split("\n") if at >= 0 else ():
            self._raw(at, at + len(line))
            for each in properties(line):
                span = (at + each.value[0], at + each.value[1])
                self._property(self.subject, property_name(each.name), span, (at, at + len(line)))
                read += 1
            at += len(line) + 1
        return f"has front matter that is no valid YAML: {read} of its lines could be read, the rest is kept as text"


def missing(counts: Counts, most: int = 5) -> str:
    """The notes that are named and not there, for the report."""
    names: Sequence[str] = [name for name, _ in sorted(counts.missing.items(), key=lambda pair: (-pair[1], pair[0]))]
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{more}"


__all__ = ["Counts", "missing", "read_note"]
