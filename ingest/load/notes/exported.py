"""What Clew itself wrote into a note when it exported a graph: taken back as it was, and not read as sentences."""

from __future__ import annotations

from dataclasses import dataclass, field

from clew.graph.export.vault_format import Fact, Told
from clew.graph.model import Value
from clew.ingest.load.items import ReadyTriple
from clew.ingest.load.notes.vault import Note, Vault
from clew.ingest.structure.blocks import Block
from clew.ingest.structure.turns import Link


@dataclass
class Stated:
    """The facts and other names as rows below a text, each a block that is searched and not read."""

    text: str
    blocks: list[Block] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    triples: list[ReadyTriple] = field(default_factory=list)

    def row(self, *parts: str) -> tuple[int, int]:
        """The row is there; returns where it begins and ends."""
        line = " | ".join(" ".join(part.split()) for part in parts)
        self.text += f"{'' if not self.text or self.text.endswith(chr(10)) else chr(10)}{line}"
        start = len(self.text) - len(line)
        self.blocks.append(Block("code", start, len(self.text)))
        return start, len(self.text)


def stated(told: Told, note: Note, vault: Vault, text: str) -> Stated:
    """What the note tells of its entity, below its text."""
    rows = Stated(text)
    if told.aliases:
        start, _ = rows.row(note.name, "also called", ", ".join(told.aliases))
        at = start + len(" ".join(note.name.split())) + len(" | also called | ")
        for alias in told.aliases:
            place = rows.text.find(alias, at)
            if place >= 0:
                rows.links.append(Link(place, place + len(alias), note.name, told.type or "OTHER"))
                at = place + len(alias)
    for fact in told.facts:
        _state(rows, fact, note, vault)
    if not rows.text.strip():
        rows.row(note.name)
    return rows


def _state(rows: Stated, fact: Fact, note: Note, vault: Vault) -> None:
    if isinstance(fact.tail, Value):
        span = rows.row(note.name, fact.relation, fact.tail.text)
        told = (fact.tail.text, fact.tail.datatype, fact.tail.normal, fact.tail.language)
    else:
        target = vault.target(fact.tail, note.path)
        name = target.name
        span = rows.row(note.name, fact.relation, name)
        said = " ".join(name.split())
        rows.links.append(Link(span[1] - len(said), span[1], name, target.kind))
        told = (name, target.kind, "", "")
    tail, kind, normal, language = told
    rows.triples.append(
        ReadyTriple(
            note.name,
            fact.relation,
            tail,
            *span,
            tail_type=kind,
            flags=fact.flags,
            qualifiers=fact.qualifiers,
            exact=True,
            normal=normal,
            language=language,
        )
    )


__all__ = ["Stated", "stated"]
