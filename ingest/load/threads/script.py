"""A conversation put together as one text: who says what stays known for every stretch of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from clew.graph.model import Document
from clew.ingest.load.items import Loaded, ReadyTriple, Section
from clew.ingest.structure.blocks import Block, Span
from clew.ingest.structure.build import shifted
from clew.ingest.structure.plain import read_plain
from clew.ingest.structure.turns import Annotations, Link, Turn


@dataclass
class Script:
    """The text so far, with its blocks, turns, links and ready triples."""

    blocks: list[Block] = field(default_factory=list)
    turns: list[Turn] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    triples: list[ReadyTriple] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    _parts: list[str] = field(default_factory=list)
    _length: int = 0

    @property
    def text(self) -> str:
        """All that was written."""
        return "".join(self._parts)

    def write(self, words: str, *, before: str = "\n") -> Span:
        """The words stand at the end, and state nothing by themselves; returns their span."""
        if self._parts:
            self._parts.append(before)
            self._length += len(before)
        self._parts.append(words)
        self._length += len(words)
        return self._length - len(words), self._length

    def aside(self, words: str, *, before: str = "\n") -> Span:
        """Words that are there to be searched, and are no speech: a header, a note of who joined."""
        span = self.write(words, before=before)
        if words.strip():
            self.blocks.append(Block("code", *span))
        return span

    def section(self, title: str) -> None:
        """What follows is of this day, or of this part of a recording."""
        if title:
            start = self._length + 1 if self._parts else 0
            self.sections.append(Section(start, title, 0))

    def say(self, words: str, turn: Turn, *, before: str = "\n", quoted: int = 0, lines: bool = False) -> Span:
        """The words stand at the end as this turn's, whose own span does not count. With `lines` they may have lists
        and pairs of their own; else each line is prose."""
        start, end = self.write(words, before=before)
        if words.strip():
            self.blocks += (
                [_quoted(shifted(block, start), quoted) for block in read_plain(words)]
                if lines
                else list(_paragraphs(words, start, quoted))
            )
            self.turns.append(Turn(start, end, turn.speaker, turn.addressee, turn.group, turn.date, turn.at))
        return start, end

    @property
    def last(self) -> Span:
        """The span of what was written last."""
        return self._length - len(self._parts[-1]), self._length

    def prose(self, words: str) -> None:
        """Words that nobody in particular says, with their lists and pairs."""
        start, end = self.write(words, before="\n\n")
        self.blocks += [shifted(block, start) for block in read_plain(words)]
        self.turns.append(Turn(start, end))

    @staticmethod
    def link(span: Span, name: str, kind: str) -> Link:
        """The words at this span are exactly this entity."""
        return Link(*span, name, kind)

    def state(
        self, head: str, relation: str, tail: str, span: Span, *, types: tuple[str, str] = ("", ""), when: str = ""
    ) -> None:
        """A ready triple that stands at this span, of this day where it is of one."""
        if head and tail and head != tail:
            told = {"time": when} if when else {}
            self.triples.append(
                ReadyTriple(head, relation, tail, *span, head_type=types[0], tail_type=types[1], qualifiers=told)
            )

    def loaded(
        self,
        uri: str,
        title: str,
        *,
        metadata: Mapping[str, str] | None = None,
        note: str = "",
        names: Mapping[str, str] | None = None,
    ) -> Loaded:
        """The document of all this; it is about nobody in particular."""
        annotations = Annotations("", "", tuple(self.turns), tuple(self.links), dict(names or {}))
        document = Document.make(uri, self.text, title=title, metadata=metadata)
        return Loaded(
            replace(document, annotations=annotations), triples=tuple(self.triples), sections=tuple(self.sections),
            note=note, blocks=tuple(self.blocks),
        )  # fmt: skip


def _quoted(block: Block, quoted: int) -> Block:
    return replace(block, quoted=block.quoted + quoted) if quoted else block


def _paragraphs(words: str, start: int, quoted: int) -> Iterable[Block]:
    at = 0
    for line in words.split("\n"):
        if line.strip():
            yield Block("paragraph", start + at, start + at + len(line.rstrip()), quoted=quoted)
        at += len(line) + 1


def first_names(people: Iterable[str]) -> dict[str, str]:
    """The given name of each of these people who is the only one of it, with the whole name."""
    found: dict[str, set[str]] = {}
    for person in set(people):
        words = person.split()
        if len(words) > 1:
            found.setdefault(words[0], set()).add(person)
    taken = {person for person in people if " " not in person}
    return {name: min(whole) for name, whole in sorted(found.items()) if len(whole) == 1 and name not in taken}


__all__ = ["Script", "first_names"]
