"""A document while its pieces are read, one after the other: what they say, and what is known until then."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from spacy.tokens import Doc

from clew.graph.model import Document, Value, name_key
from clew.ingest.extract.confidence import confidence
from clew.ingest.extract.names.cleaning import Cleaned
from clew.ingest.extract.names.coreference import Reference, Referents
from clew.ingest.extract.names.dates import date_in
from clew.ingest.extract.names.definitions import definitions
from clew.ingest.extract.names.deixis import linked_names, relative_dates
from clew.ingest.extract.names.marked import Names
from clew.ingest.extract.names.mentions import find_names
from clew.ingest.extract.parses import columns, spans_of, to_parse
from clew.ingest.extract.phrase_forms import phrase_of
from clew.ingest.extract.pieces import Piece, piece_of, with_opening
from clew.ingest.extract.rules.brackets import read_asides
from clew.ingest.extract.rules.clauses import read_clauses
from clew.ingest.extract.rules.context import Context
from clew.ingest.extract.rules.nominals import read_nouns
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.speech import attributed, begins_with_verb, referents_of
from clew.ingest.extract.types import Extraction, RawMention, RawTriple
from clew.ingest.structure.facts.facts import Facts, Passage
from clew.ingest.structure.facts.outline import Subject, is_file
from clew.ingest.structure.turns import Annotations, Turn

_LACKING = frozenset({"VBN", "VBZ", "JJ"})  # main words of a line that may lack its subject


@dataclass(slots=True)
class Reading:
    """A document while its pieces are read, one after the other; `others` are the referents of what its sections and
    lines speak of, where that is not the document's subject."""

    document: Document
    facts: Facts
    referents: Referents
    others: dict[str, Referents] = field(default_factory=dict)
    mentions: list[RawMention] = field(default_factory=list)
    triples: list[RawTriple] = field(default_factory=list)
    definite: set[str] = field(default_factory=set)  # keys of values that may be things of their own

    @property
    def lead(self) -> str:
        """The subject that the first sentence may begin with. Where that sentence alone tells it, it is plain enough to
        be parsed as it is."""
        return "" if self.facts.adopted else self.referents.title


def completed(reading: Reading, piece: Piece, doc: Doc) -> Piece | None:
    """The piece with the subject that it lacks: "Owned by Team Basalt" is said of what its section is about."""
    passage = piece.passage
    subject = passage.subject.name if passage.subject else reading.referents.title
    if not passage.line or passage.opening or piece.supplied or not subject or reading.document.annotations is not None:
        return None
    phrase = phrase_of(columns(doc, spans_of(doc)))
    if phrase.form != "predicate" or phrase.tag not in _LACKING or len(list(doc.sents)) > 1:
        return None
    opening = "It " if phrase.tag == "VBZ" else "It is "
    return piece_of(piece.document, reading.document.text, with_opening(passage, subject, opening), "")


def known(document: Document, subject: Subject) -> Referents:
    """What is known of a document, or a part of it, that is about this subject."""
    referents = referents_of(document, subject.name)
    for alias in subject.aliases:
        referents.alias(alias)
    return referents


def _referents(reading: Reading, passage: Passage) -> Referents:
    """What the passage may speak of: a section about a thing of its own has referents of its own."""
    if passage.subject is None or passage.subject.name == reading.referents.title:
        return reading.referents
    name = passage.subject.name
    if name not in reading.others:
        reading.others[name] = known(reading.document, passage.subject)
    return reading.others[name]


def read(reading: Reading, piece: Piece, doc: Doc) -> None:
    """What the piece says is added to the reading."""
    if not len(doc):
        return
    if piece.supplied:
        _read_supplied(reading, piece, doc)
        return
    cleaned, offset, text = piece.cleaned, piece.offset, reading.document.text
    referents = _referents(reading, piece.passage)
    parse = to_parse(doc, cleaned, offset)
    asides = [
        replace(aside, start=aside.start + offset, end=aside.end + offset, anchor=aside.anchor + offset)
        for aside in cleaned.asides
    ]
    lead = _lead_tokens(parse, cleaned, offset)
    lead_end = -1
    if lead is not None:
        lead_end = parse.end[lead[1] - 1]
        dated = any(
            aside.kind == "bracket" and aside.anchor == lead_end and _full_date(text[aside.start : aside.end])
            for aside in asides
        )
        if lead == (0, len(parse)):
            referents.headings += 1
        referents.learn_subject(parse, lead[1], dated=dated)
    elif not reading.mentions:
        referents.learn_subject(parse, 0, dated=False)
    take_turn(referents, piece.turn)
    terms = definitions(text, asides)
    names = _names(reading, referents, parse, lead, {each.term for each in terms})
    context = Context(text, parse, names, referents, terms)
    mentions, triples = read_asides(text, asides, context.mentions, lead_end, referents)
    read_clauses(context)
    read_nouns(context)
    context.close()
    reading.definite |= context.definite
    reading.mentions += context.mentions + mentions
    reading.triples += attributed(context.triples, text, parse, piece.turn) + triples


def take_turn(referents: Referents, turn: Turn | None) -> None:
    """From here on, this is who speaks."""
    referents.turn = turn
    if turn is not None:
        referents.unsaid = Reference(turn.speaker, "PERSON", 0.9) if turn.speaker else None


def _read_supplied(reading: Reading, piece: Piece, doc: Doc) -> None:
    """What a sentence says that begins with its verb, where the parser, given a subject, takes it for one."""
    referents = _referents(reading, piece.passage)
    take_turn(referents, piece.turn)
    parse = to_parse(doc, piece.cleaned, piece.offset)
    subject = referents.unsaid
    if subject is None or not begins_with_verb(parse):
        return
    context = Context(reading.document.text, parse, _names(reading, referents, parse, None), referents)
    context.stand_for(0, [subject])
    read_clauses(context)
    reading.triples += attributed(context.triples, reading.document.text, parse, piece.turn)


def _names(
    reading: Reading,
    referents: Referents,
    parse: Parse,
    lead: tuple[int, int] | None,
    defined: Collection[str] = frozenset(),
) -> Names:
    """The names of the piece, those that the source marks and the days that it alone can tell among them."""
    told, turn = reading.document.annotations, referents.turn
    terms = referents.terms.union(defined)
    if not isinstance(told, Annotations):
        return find_names(parse, lead, referents.plain, terms=terms)
    days = relative_dates(parse, turn.date if turn else told.date)
    links = list(linked_names(parse, told.links))
    return find_names(parse, lead, referents.plain, terms=terms, told=links, days=days)


def _full_date(text: str) -> bool:
    found = date_in(text)
    return found is not None and (len(found.normal) == 10 or "born" in text or "–" in text)


def _lead_tokens(parse: Parse, cleaned: Cleaned, offset: int) -> tuple[int, int] | None:
    """The tokens that name the document's subject at its beginning."""
    if cleaned.lead is None:
        return None
    start, end = cleaned.lead[0] + offset, cleaned.lead[1] + offset
    inside = [index for index in range(len(parse)) if start <= parse.start[index] and parse.end[index] <= end]
    return (inside[0], inside[-1] + 1) if inside else None


def finish(reading: Reading) -> Extraction:
    """One type a name, repeated statements once, everything in the order of the text."""
    reading.mentions += reading.facts.mentions
    types = _types(reading)
    mentions = {
        (mention.start, mention.end, mention.name): replace(mention, type=types[mention.name])
        for mention in sorted(reading.mentions, key=lambda mention: -mention.confidence)
        if mention.start < mention.end
    }
    triples: dict[tuple[str, str, str, str, tuple[str, ...]], RawTriple] = {}
    things = _things(reading)
    for triple in sorted((_joined(each, things) for each in reading.triples), key=lambda triple: -triple.confidence):
        tail = triple.tail if isinstance(triple.tail, str) else triple.tail.id
        kind = types.get(triple.tail, triple.tail_type) if isinstance(triple.tail, str) else ""
        sure = confidence(triple.confidence)
        typed = replace(triple, head_type=types.get(triple.head, triple.head_type), tail_type=kind, confidence=sure)
        key = (triple.head, triple.relation, tail, f"{triple.start}:{triple.end}", triple.flags)
        triples.setdefault(key, typed)
    stated = [
        replace(
            triple,
            head_type=types.get(triple.head, "OTHER"),
            tail_type=types.get(triple.tail, triple.tail_type) if isinstance(triple.tail, str) else "",
        )
        for triple in reading.facts.triples
    ]
    return Extraction(
        tuple(sorted(mentions.values(), key=lambda m: (m.start, m.end, m.name))),
        tuple(sorted([*triples.values(), *stated], key=lambda t: (t.start, t.end, t.head, t.relation, str(t.tail)))),
        subject=_about(reading),
    )


def _about(reading: Reading) -> str:
    """What the document is about, for whoever looks for it: a record that begins with a name is; that a file does tells
    too little to keep it apart from others of like names."""
    if reading.facts.adopted and is_file(reading.document):
        return ""
    return reading.referents.title or reading.facts.subject.name


def _things(reading: Reading) -> dict[str, str]:
    """The names of what the document speaks of, by the key under which "the NOUN" may mean it."""
    return {
        key: name
        for mention in reading.mentions
        for name in (mention.name,)
        if (key := name_key(name.removesuffix(f" ({reading.referents.scope})"))) in reading.definite
    }


def _joined(triple: RawTriple, things: Mapping[str, str]) -> RawTriple:
    """A definite phrase that the document speaks of elsewhere is that thing, and no value."""
    if not isinstance(triple.tail, Value) or triple.tail.datatype != "text":
        return triple
    name = things.get(name_key(triple.tail.text), "")
    return replace(triple, tail=name, tail_type="OTHER") if name and name != triple.head else triple


def _types(reading: Reading) -> dict[str, str]:
    """The type that speaks loudest for each name: what the title's sentence says, a relation, then the recogniser."""
    votes: dict[str, dict[str, float]] = {}
    for mention in reading.mentions:
        if mention.form in {"name", "alias"}:
            kinds = votes.setdefault(mention.name, {})
            kinds[mention.type] = kinds.get(mention.type, 0.0) + (0.1 if mention.type == "OTHER" else 1.0)
        else:
            votes.setdefault(mention.name, {}).setdefault(mention.type, 0.0)
    for triple in reading.triples:
        for name, kind in ((triple.head, triple.head_type), (triple.tail, triple.tail_type)):
            if isinstance(name, str) and kind and kind != "OTHER":
                kinds = votes.setdefault(name, {})
                kinds[kind] = kinds.get(kind, 0.0) + 1.5
    types = {name: min(kinds, key=lambda kind: (-kinds[kind], kind)) for name, kinds in votes.items() if kinds}
    if reading.referents.type and reading.referents.title in types:
        types[reading.referents.title] = reading.referents.type
    return types


__all__ = ["Reading", "completed", "finish", "known", "read"]
