"""The local extractor: spaCy parses, the rules beside this file read mentions and triples from the parse.

The only file that imports spaCy, besides `reader`, the component of the shipped pipeline, and the training command.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

import clew.ingest.parser.component  # noqa: F401 - registers the component that the shipped pipeline is made of
from clew.graph.errors import ModelError
from clew.graph.model import Chunk, Document, Value, name_key
from clew.ingest.extract.confidence import confidence
from clew.ingest.extract.names.cleaning import Cleaned, clean, subject_of
from clew.ingest.extract.names.coreference import Reference, Referents
from clew.ingest.extract.names.dates import date_in
from clew.ingest.extract.names.definitions import definitions
from clew.ingest.extract.names.deixis import linked_names, relative_dates
from clew.ingest.extract.names.marked import Names
from clew.ingest.extract.names.mentions import find_names
from clew.ingest.extract.rules.brackets import read_asides
from clew.ingest.extract.rules.clauses import read_clauses
from clew.ingest.extract.rules.context import Context
from clew.ingest.extract.rules.nominals import read_nouns
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.parse_repairs import Tree
from clew.ingest.extract.rules.speech import attributed, begins_with_verb, referents_of, with_subject
from clew.ingest.extract.types import Extraction, RawMention, RawTriple
from clew.ingest.parser.boundaries import ENDS, split_glued
from clew.ingest.parser.lemmas import spelled
from clew.ingest.structure.turns import Annotations, Turn, spoken, turns_of

RULES_VERSION = "7"
DEFAULT_MODEL = Path(__file__).parent.parent / "models" / "en_clew"
_PIECE = 20_000  # characters parsed at once at most; the parser's memory follows the longest piece
_BLANK_LINES = re.compile(r"\n[^\S\n]*\n\s*")
_NEEDED = {"tagger": "token.tag", "parser": "token.dep", "ner": "doc.ents"}  # any component that assigns it will do
_VALUES = frozenset({"DATE", "NUMBER"})  # `dates` reads these
_TOKEN = re.compile(r"\S+")
_TREEBANK = {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A paragraph to parse: its place in the document, and how its clean text maps to the document's."""

    document: int
    offset: int
    cleaned: Cleaned
    turn: Turn | None = None
    supplied: bool = False  # its first word, the subject, is not in the text


@dataclass(slots=True)
class _Reading:
    """A document while its pieces are read, one after the other."""

    document: Document
    referents: Referents
    mentions: list[RawMention] = field(default_factory=list)
    triples: list[RawTriple] = field(default_factory=list)
    definite: set[str] = field(default_factory=set)  # keys of values that may be things of their own

    def take_turn(self, turn: Turn | None) -> None:
        """From here on, this is who speaks."""
        self.referents.turn = turn
        if turn is not None:
            self.referents.unsaid = Reference(turn.speaker, "PERSON", 0.9) if turn.speaker else None


class SpacyExtractor:
    """An `Extractor` on a spaCy pipeline with Universal Dependencies: the shipped one, or any by name or path."""

    def __init__(self, model: str | Path | None = None, *, batch_size: int = 64) -> None:
        """The pipeline is loaded. Raises ModelError where it is missing, damaged or lacks a component."""
        self.batch_size = batch_size
        self._nlp = _load(model)
        self._lock = threading.Lock()
        self.fingerprint = _fingerprint(self._nlp)
        self.language = str(self._nlp.lang)  # the only one that it reads

    def __call__(self, documents: Iterable[tuple[Document, Sequence[Chunk]]]) -> Iterator[Extraction]:
        """One Extraction a document, in order; memory holds `batch_size` documents, however many there are."""
        stream = iter(documents)
        while group := list(islice(stream, self.batch_size)):
            # spaCy remembers every word it meets; in a memory zone it forgets them again. Zones do not nest.
            with self._lock, self._nlp.memory_zone():
                found = list(self._read(group))
            yield from found

    def parses(self, texts: Iterable[str], *, tokenised: bool = False) -> Iterator[Parse]:
        """The parse of each text, in order, with offsets in it; `facts` reads what it says, clause by clause.

        `tokenised` texts are one sentence each, their tokens parted by blanks, brackets and quotation marks in the
        Penn Treebank's form or as they are.
        """
        stream = iter(texts)
        while group := list(islice(stream, self.batch_size)):
            with self._lock, self._nlp.memory_zone():
                docs = self._nlp.pipe(map(self._split, group) if tokenised else group, batch_size=self.batch_size)
                found = [
                    columns(doc, spaced(text) if tokenised else _spans(doc))
                    for text, doc in zip(group, docs, strict=True)
                ]
            yield from found

    def _split(self, text: str) -> Doc:
        words = [_TREEBANK.get(word, word).replace("\\/", "/") for word in text.split()]
        return Doc(self._nlp.vocab, words=words, sent_starts=[not index for index in range(len(words))])

    def _read(self, documents: Sequence[tuple[Document, Sequence[Chunk]]]) -> Iterator[Extraction]:
        subjects = [subject_of(document, chunks) for document, chunks in documents]
        readings = [
            _Reading(document, referents_of(document, subject))
            for (document, _), subject in zip(documents, subjects, strict=True)
        ]
        pieces = (
            (piece.cleaned.text, piece)
            for number, (document, chunks) in enumerate(documents)
            for piece in _pieces(number, subjects[number], document, chunks)
        )
        for doc, piece in self._nlp.pipe(pieces, as_tuples=True, batch_size=self.batch_size):
            _read(readings[piece.document], piece, doc)
        for reading in readings:
            yield _finish(reading)


def _load(model: str | Path | None) -> Language:
    name = str(model or DEFAULT_MODEL)
    hint = "Name another model in the settings, or train one: python -m clew.ingest.training.train_parser"
    try:
        nlp = spacy.load(name)
    except Exception as error:  # spaCy raises whatever its parsers of config and weights raise
        reason = str(error).splitlines()[0][:200] if str(error) else type(error).__name__
        raise ModelError(f"The language model {name!r} cannot be loaded ({reason}).", hint=hint) from error
    assigned = {each for pipe in nlp.pipe_names for each in nlp.get_pipe_meta(pipe).assigns}
    missing = [pipe for pipe, each in _NEEDED.items() if each not in assigned]
    if missing:
        raise ModelError(f"The language model {name!r} has no {', '.join(missing)}.", hint=hint)
    split_glued(nlp)
    nlp.add_pipe("clew_numeral_ends", first=True)
    if nlp.has_pipe("parser") and nlp.get_pipe_meta("parser").factory == "parser":
        nlp.add_pipe("clew_sentence_ends", before="parser")
    return nlp


def _fingerprint(nlp: Language) -> str:
    """Model name and version, a hash of its description and vocabulary sizes, and the version of the rules."""
    meta = nlp.meta
    digest = hashlib.blake2b(digest_size=6)
    digest.update(repr(sorted((key, repr(meta.get(key))) for key in ("lang", "name", "version", "labels"))).encode())
    digest.update(repr(sorted(meta.get("performance", {}).items())).encode())
    for name, pipe in nlp.pipeline:
        digest.update(str(getattr(pipe, "fingerprint", "")).encode())
        model = getattr(pipe, "model", None)
        for node in model.walk() if model is not None else ():
            for part in node.param_names if node.name != "listener" else ():
                if node.has_param(part):
                    weights = node.get_param(part)
                    digest.update(f"{name}.{node.name}.{part}{weights.shape}".encode())
                    digest.update(weights.reshape(-1)[:: max(1, weights.size // 64)].tobytes())
    return f"spacy {meta['lang']}_{meta['name']} {meta['version']} {digest.hexdigest()} rules {RULES_VERSION}"


def _pieces(number: int, subject: str, document: Document, chunks: Sequence[Chunk]) -> Iterator[_Piece]:
    first, turns = True, turns_of(document)
    unsaid = isinstance(document.annotations, Annotations) and bool(document.annotations.subject or turns)
    for chunk in chunks:
        for turn, low, high in spoken(chunk, turns):
            for start, stop in _paragraphs(chunk.text, low, high):
                text = chunk.text[start:stop]
                if text.strip():
                    yield _Piece(number, chunk.start + start, clean(text, title=subject if first else ""), turn)
                    for at, cleaned in with_subject(text) if unsaid else ():
                        yield _Piece(number, chunk.start + start + at, cleaned, turn, supplied=True)
                    first = first and name_key(text) == name_key(subject)  # a heading, before the first sentence


def _paragraphs(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    for match in _BLANK_LINES.finditer(text, start, end):
        yield from ((at, min(at + _PIECE, match.start())) for at in range(start, match.start(), _PIECE))
        start = match.end()
    yield from ((at, min(at + _PIECE, end)) for at in range(start, end, _PIECE))


def to_parse(doc: Doc, cleaned: Cleaned, offset: int) -> Parse:
    """The spaCy doc as plain columns, with offsets in the document; whitespace tokens hang on nothing."""
    spans = [cleaned.span(start, end) for start, end in _spans(doc)]
    return columns(doc, [(offset + start, offset + end) for start, end in spans])


def _spans(doc: Doc) -> list[tuple[int, int]]:
    return [(token.idx, token.idx + len(token)) for token in doc]


def spaced(text: str) -> list[tuple[int, int]]:
    """The spans of what blanks part."""
    return [match.span() for match in _TOKEN.finditer(text)]


def columns(doc: Doc, spans: list[tuple[int, int]]) -> Parse:
    """The spaCy doc as plain columns; `spans` are the places of its tokens in the text."""
    tokens = list(doc)
    words = [token.text for token in tokens]
    sentence, number = [], -1
    before = "."
    for token in tokens:
        number += bool(token.is_sent_start) and before[-1] in ENDS
        sentence.append(max(number, 0))
        before = token.text
    pos = ["SPACE" if word.isspace() else token.pos_ for token, word in zip(tokens, words, strict=True)]
    tag = [token.tag_ for token in tokens]
    tree = Tree(words, pos, tag, [token.dep_ for token in tokens], [token.head.i for token in tokens])
    tree.mend()
    return Parse(
        words=words,
        pos=pos,
        tag=tag,
        lemma=[spelled(token.lemma_ or token.lower_, kind) for token, kind in zip(tokens, tag, strict=True)],
        dep=tree.dep,
        head=tree.head,
        start=[start for start, _ in spans],
        end=[end for _, end in spans],
        sentence=sentence,
        entities=[(each.start, each.end, each.label_) for each in doc.ents if each.label_ not in _VALUES],
    )


def _read(reading: _Reading, piece: _Piece, doc: Doc) -> None:
    """What the piece says is added to the reading."""
    if not len(doc):
        return
    if piece.supplied:
        _read_supplied(reading, piece, doc)
        return
    cleaned, offset, text = piece.cleaned, piece.offset, reading.document.text
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
            reading.referents.headings += 1
        reading.referents.learn_subject(parse, lead[1], dated=dated)
    elif not reading.mentions:
        reading.referents.learn_subject(parse, 0, dated=False)
    reading.take_turn(piece.turn)
    terms = definitions(text, asides)
    names = _names(reading, parse, lead, {each.term for each in terms})
    context = Context(text, parse, names, reading.referents, terms)
    mentions, triples = read_asides(text, asides, context.mentions, lead_end, reading.referents)
    read_clauses(context)
    read_nouns(context)
    context.close()
    reading.definite |= context.definite
    reading.mentions += context.mentions + mentions
    reading.triples += attributed(context.triples, text, parse, piece.turn) + triples


def _read_supplied(reading: _Reading, piece: _Piece, doc: Doc) -> None:
    """What a sentence says that begins with its verb, where the parser, given a subject, takes it for one."""
    reading.take_turn(piece.turn)
    parse = to_parse(doc, piece.cleaned, piece.offset)
    subject = reading.referents.unsaid
    if subject is None or not begins_with_verb(parse):
        return
    context = Context(reading.document.text, parse, _names(reading, parse, None), reading.referents)
    context.stand_for(0, [subject])
    read_clauses(context)
    reading.triples += attributed(context.triples, reading.document.text, parse, piece.turn)


def _names(
    reading: _Reading, parse: Parse, lead: tuple[int, int] | None, terms: Collection[str] = frozenset()
) -> Names:
    """The names of the piece, those that the source marks and the days that it alone can tell among them."""
    told, turn = reading.document.annotations, reading.referents.turn
    terms = reading.referents.terms.union(terms)
    if not isinstance(told, Annotations):
        return find_names(parse, lead, reading.referents.plain, terms=terms)
    days = relative_dates(parse, turn.date if turn else told.date)
    links = list(linked_names(parse, told.links))
    return find_names(parse, lead, reading.referents.plain, terms=terms, told=links, days=days)


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


def _finish(reading: _Reading) -> Extraction:
    """One type a name, repeated statements once, everything in the order of the text."""
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
    return Extraction(
        tuple(sorted(mentions.values(), key=lambda m: (m.start, m.end, m.name))),
        tuple(sorted(triples.values(), key=lambda t: (t.start, t.end, t.head, t.relation, str(t.tail)))),
    )


def _things(reading: _Reading) -> dict[str, str]:
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


def _types(reading: _Reading) -> dict[str, str]:
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
