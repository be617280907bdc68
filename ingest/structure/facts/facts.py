"""What the structure of a document states: facts of its key-value lines and tables, and what is left to be read as
sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

from clew.graph.model import Value, name_key
from clew.ingest.extract.types import RawMention, RawTriple
from clew.ingest.structure.blocks import Span
from clew.ingest.structure.facts.outline import Subject
from clew.ingest.structure.facts.wording import Tail

SURE = 0.95  # the confidence of what a table or a key-value line states


@dataclass(frozen=True, slots=True)
class Passage:
    """`text[start:end]` is to be read as sentences, without what is `silent` in it.

    Where it is not the document that it speaks of, `subject` says what. Where it lacks its subject, `opening` stands
    for it ("It is "), and `named` is the place that names it, if one does; a `line` is to be looked at for that.
    """

    start: int
    end: int
    silent: tuple[Span, ...] = ()
    subject: Subject | None = None
    opening: str = ""
    named: Span = (0, 0)
    line: bool = False


@dataclass(slots=True)
class Facts:
    """What the structure of a `text` states, with the passages that are left."""

    text: str
    subject: Subject = field(default_factory=Subject)
    headed: bool = False  # the document has headings
    adopted: bool = False  # the subject is told by the first sentence alone
    passing: bool = False  # and that sentence does not say what it is: no more than its first name
    mentions: list[RawMention] = field(default_factory=list)
    triples: list[RawTriple] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)

    def mention(self, span: Span, name: str, kind: str, *, form: str = "name") -> None:
        """The name stands here."""
        if span[0] < span[1]:
            self.mentions.append(RawMention(*span, self.text[slice(*span)], kind or "OTHER", SURE, form, name))

    def state(self, head: Subject, relation: str, tail: Tail, at: int, line: Span) -> None:
        """The head stands in this relation to the tail, whose words begin at `at`; the line says so."""
        if not head.name or not relation:
            return
        if tail.entity:
            name = " ".join(self.text[at + tail.start : at + tail.end].split())
            if name_key(name) == name_key(head.name):
                return
            self.mention((at + tail.start, at + tail.end), name, tail.type)
            said: str | Value = name
        elif tail.value is not None:
            said = tail.value
        else:
            return
        self.triples.append(RawTriple(head.name, "", relation, said, tail.type if tail.entity else "", *line, SURE))


def name_subject(facts: Facts, subject: Subject) -> None:
    """The heading that names a subject is a mention of it, and so are its other names in it."""
    if not subject.name or subject.span == (0, 0):
        return
    facts.mention(subject.span, subject.name, "")
    for alias in subject.aliases:
        at = facts.text.find(alias, subject.span[0], subject.span[1] + len(alias) + 8)
        if at >= 0:
            facts.mention((at, at + len(alias)), subject.name, "", form="alias")


__all__ = ["SURE", "Facts", "Passage", "name_subject"]
