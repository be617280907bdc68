"""The local extractor: spaCy parses, the rules beside this file read mentions and triples from the parse.

The only file that imports spaCy, besides `reader`, the component of the shipped pipeline, and the training command.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

import spacy
from spacy.language import Language
from spacy.tokens import Doc

import clew.ingest.parser.component  # noqa: F401 - registers the component that the shipped pipeline is made of
from clew.graph.errors import ModelError
from clew.graph.model import Chunk, Document
from clew.ingest.extract.lead_subjects import hinted, lead_name, opening_of
from clew.ingest.extract.names.cleaning import whole
from clew.ingest.extract.parses import columns, spaced, spans_of
from clew.ingest.extract.phrase_forms import phrase_of
from clew.ingest.extract.pieces import Piece, pieces_of
from clew.ingest.extract.reading import Reading, completed, finish, known, read
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.types import Chunked, Extraction
from clew.ingest.parser.boundaries import split_glued
from clew.ingest.structure.facts.facts import Facts
from clew.ingest.structure.facts.outline import Subject
from clew.ingest.structure.facts.read import Structure
from clew.ingest.structure.plain import read_plain

RULES_VERSION = "8"
DEFAULT_MODEL = Path(__file__).parent.parent / "models" / "en_clew"
_AT_ONCE = 60_000  # characters parsed between two words on progress, where one piece has no more
_NEEDED = {"tagger": "token.tag", "parser": "token.dep", "ner": "doc.ents"}  # any component that assigns it will do
_TREEBANK = {"``": '"', "''": '"', "-LRB-": "(", "-RRB-": ")", "-LSB-": "[", "-RSB-": "]"}


class SpacyExtractor:
    """An `Extractor` on a spaCy pipeline with Universal Dependencies: the shipped one, or any by name or path."""

    def __init__(self, model: str | Path | None = None, *, batch_size: int = 64) -> None:
        """The pipeline is loaded. Raises ModelError where it is missing, damaged or lacks a component."""
        self.batch_size = batch_size
        self._nlp = _load(model)
        self._lock = threading.Lock()
        self.fingerprint = _fingerprint(self._nlp)
        self.language = str(self._nlp.lang)  # the only one that it reads

    def __call__(self, documents: Iterable[Chunked | tuple[Document, Sequence[Chunk]]]) -> Iterator[Extraction]:
        """One Extraction a document, in order; memory holds `batch_size` documents, however many there are."""
        stream = iter(documents)
        while group := list(islice(stream, self.batch_size)):
            # spaCy remembers every word it meets; in a memory zone it forgets them again. Zones do not nest.
            with self._lock, self._nlp.memory_zone():
                found = list(self._read([Chunked(*each) for each in group]))
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
                    columns(doc, spaced(text) if tokenised else spans_of(doc))
                    for text, doc in zip(group, docs, strict=True)
                ]
            yield from found

    def _split(self, text: str) -> Doc:
        words = [_TREEBANK.get(word, word).replace("\\/", "/") for word in text.split()]
        return Doc(self._nlp.vocab, words=words, sent_starts=[not index for index in range(len(words))])

    def _read(self, documents: Sequence[Chunked]) -> Iterator[Extraction]:
        readings = [self._reading(*each) for each in zip(documents, self._facts(documents), strict=True)]
        pieces = (
            (piece.cleaned.text, piece)
            for number, reading in enumerate(readings)
            for piece in _paced(
                pieces_of(number, reading.document, reading.lead, reading.facts.passages), documents[number].chunks
            )
        )
        for group in _grouped(pieces, self.batch_size):
            for doc, piece in self._nlp.pipe(group, as_tuples=True, batch_size=self.batch_size):
                reading = readings[piece.document]
                whole = completed(reading, piece, doc)
                read(reading, whole or piece, self._nlp(whole.cleaned.text) if whole else doc)
        for reading in readings:
            yield finish(reading)

    def _facts(self, documents: Sequence[Chunked]) -> list[Facts]:
        """What the structure of each document states, and the passages that are left to be parsed."""
        structures = [Structure(each.document, each.blocks or read_plain(each.document.text)) for each in documents]
        asked = [structure.asked() for structure in structures]
        texts = list(dict.fromkeys(words for each in asked for words in each))
        docs = self._nlp.pipe(map(whole, texts), batch_size=4 * self.batch_size)
        phrases = {text: phrase_of(columns(doc, spans_of(doc))) for text, doc in zip(texts, docs, strict=True)}
        facts = [structure.facts(phrases) for structure in structures]
        self._lead([each.document for each in documents], facts)
        return facts

    def _lead(self, documents: Sequence[Document], facts: Sequence[Facts]) -> None:
        """Documents without title and heading know what they are about by their first sentence."""
        openings = [
            (opening, number) for number, each in enumerate(facts) if (opening := opening_of(documents[number], each))
        ]
        for doc, number in self._nlp.pipe(openings, as_tuples=True, batch_size=self.batch_size):
            each = facts[number]
            if name := hinted(documents[number], each):
                each.subject = Subject(name)
            else:
                name, defined = lead_name(columns(doc, spans_of(doc)))
                each.subject, each.adopted, each.passing = Subject(name), True, not defined

    def _reading(self, read: Chunked, facts: Facts) -> Reading:
        return Reading(read.document, facts, known(read.document, Subject() if facts.passing else facts.subject))


def _grouped(pieces: Iterable[tuple[str, Piece]], size: int) -> Iterator[list[tuple[str, Piece]]]:
    """The pieces in groups to be parsed at once: at most `size` of them, and fewer where they are long, so that neither
    memory nor the wait for the next word on progress follows their length."""
    group: list[tuple[str, Piece]] = []
    characters = 0
    for text, piece in pieces:
        if group and (len(group) == size or characters + len(text) > _AT_ONCE):
            yield group
            group, characters = [], 0
        group.append((text, piece))
        characters += len(text)
    if group:
        yield group


def _paced(pieces: Iterable[Piece], chunks: Iterable[Chunk]) -> Iterator[Piece]:
    """The pieces; the chunks are gone through as these come to them, for whoever counts how far reading is."""
    pace = iter(chunks)
    chunk = next(pace, None)
    for piece in pieces:
        while chunk is not None and chunk.end <= piece.offset:
            chunk = next(pace, None)
        yield piece
    for _ in pace:
        pass


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
