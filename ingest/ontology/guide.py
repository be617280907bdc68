"""Extraction that keeps to an ontology: another extractor's triples are mapped to it, and more are found in its terms.

Nothing here knows how that extractor works, so any will do.
"""

from __future__ import annotations

import re
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np

from clew.graph.embeddings.embeddings import Embedder
from clew.graph.model import Chunk, Document, Value
from clew.ingest.extract.types import Chunked, Extraction, Extractor, RawMention, RawTriple
from clew.ingest.ontology.head import Head, describe, features
from clew.ingest.ontology.ontology import VALUES, Ontology, Relation, key
from clew.ingest.ontology.report import GuideReport, Tally
from clew.ingest.ontology.spans import Span, candidates, sentences
from clew.ingest.ontology.types import Typing

GUIDE_VERSION = "1"
THRESHOLD = 0.15  # probability above which a triple is found; chosen on the dev half of Text2KGBench TekGen
_MAP = 0.1  # above which another extractor's triple, said in other words, is taken for the ontology's relation
_NEGATION = re.compile(r"\b(?:not|never|no|nor|neither|without|denied|denies|cannot)\b|n['’]t\b", re.IGNORECASE)
_GROUP = 32  # documents whose sentences are encoded together


@dataclass(frozen=True, slots=True)
class _Sentence:
    """A sentence with its candidates, and by candidate and relation the probabilities of standing at either end."""

    start: int
    text: str
    spans: list[Span]
    subject: Any
    reached: Any


class Guided:
    """An `Extractor` whose triples all keep to the ontology."""

    def __init__(
        self,
        extract: Extractor,
        ontology: Ontology,
        embedder: Embedder,
        *,
        extractor: str,
        head: Head | None = None,
        threshold: float = THRESHOLD,
    ) -> None:
        """`extractor` is the fingerprint of `extract`; `embedder` the default one, which `head` was trained on."""
        self.ontology, self.threshold = ontology, threshold
        self._extract, self._embedder, self._head = extract, embedder, head or Head()
        self._typing = Typing(ontology, embedder)
        self._described = describe(ontology.relations, embedder)
        self._names = _names(ontology)
        self._tally, self._lock = Tally(), threading.Lock()
        self.fingerprint = f"{extractor}, ontology {ontology.fingerprint} by {GUIDE_VERSION}/{self._head.fingerprint}"

    @property
    def report(self) -> GuideReport:
        """What became of all triples so far."""
        return self._tally.report(self.ontology.source)

    def __call__(self, documents: Iterable[Chunked | tuple[Document, Sequence[Chunk]]]) -> Iterator[Extraction]:
        """One Extraction a document, in order, all of whose triples keep to the ontology."""
        stream = iter(documents)
        while group := list(islice(stream, _GROUP)):
            found = list(zip(group, self._extract(iter(group)), strict=True))
            scored = self._score([(read[0].text, extraction.mentions) for read, extraction in found])
            with self._lock:
                done = [self._guide(extraction, own) for (_, extraction), own in zip(found, scored, strict=True)]
            yield from done

    def _score(self, texts: Sequence[tuple[str, Sequence[RawMention]]]) -> list[list[_Sentence]]:
        """The sentences of each text; all are encoded together."""
        places = [(number, *span) for number, (text, _) in enumerate(texts) for span in sentences(text)]
        tokens = self._embedder.tokens([texts[number][0][start:end] for number, start, end in places])
        found: list[list[_Sentence]] = [[] for _ in texts]
        mentions = [sorted(own, key=lambda each: each.start) for _, own in texts]
        starts = [[each.start for each in own] for own in mentions]
        for (number, start, end), encoded in zip(places, tokens, strict=True):
            text = texts[number][0]
            first, last = np.searchsorted(starts[number], (start, end))
            spans = candidates(text, start, end, mentions[number][first:last])
            if spans and len(encoded.spans):
                known = features(text[start:end], start, spans, encoded, self._described)
                scores = self._head(known, self._described)
                found[number].append(_Sentence(start, text[start:end], spans, *scores))
        return found

    def _guide(self, extraction: Extraction, scored: Sequence[_Sentence]) -> Extraction:
        said = self._typing.said(extraction.triples)
        triples: dict[tuple[str, str, str], RawTriple] = {}
        for triple in extraction.triples:
            for mapped, way in self._mapped(triple, scored):
                self._take(mapped, way, said, triples)
        for sentence in scored:
            for triple in self._found(sentence):
                self._take(triple, "found", said, triples)
        kinds = {triple.head: triple.head_type for triple in triples.values()}
        kinds.update({triple.tail: triple.tail_type for triple in triples.values() if isinstance(triple.tail, str)})
        kinds.update({name: classes[0] for name, classes in said.items()})
        mentions = tuple(replace(each, type=kinds.get(each.name, each.type)) for each in extraction.mentions)
        ordered = sorted(triples.values(), key=lambda t: (t.start, t.end, t.head, t.relation, str(t.tail)))
        return replace(extraction, mentions=mentions, triples=tuple(ordered))

    def _mapped(self, triple: RawTriple, scored: Sequence[_Sentence]) -> Iterator[tuple[RawTriple, str]]:
        """The triple in the ontology's words; none where they have none for it, which is counted."""
        relation, backwards = self._names.get(key(triple.relation), (None, False))
        if relation is not None:
            way = "kept" if triple.relation == relation.name else "mapped"
            yield replace(_turned(triple) if backwards else triple, relation=relation.name), way
            return
        if triple.relation == "is a" and self._typing.class_of(_text(triple.tail)):
            self._tally.counts["mapped"] += 1  # it says which class the head is of
            return
        best = max((self._likeness(triple, each) for each in _around(triple, scored)), default=(0.0, 0, False))
        if best[0] >= _MAP:
            turned = _turned(triple) if best[2] else triple
            name = self.ontology.relations[best[1]].name
            yield replace(turned, relation=name, confidence=round(best[0], 3)), "mapped"
            return
        self._tally.reject(f"no relation for {triple.relation!r}", triple)

    def _likeness(self, triple: RawTriple, sentence: _Sentence) -> tuple[float, int, bool]:
        """Probability, relation and direction in which the sentence says the triple."""
        ends = [
            [place for place, span in enumerate(sentence.spans) if _same(span.stands_for, end)]
            for end in (triple.head, triple.tail)
        ]
        if not all(ends):
            return 0.0, 0, False
        ways = []
        for backwards, (head, tail) in ((False, ends), (True, ends[::-1])):
            if backwards and isinstance(triple.tail, Value):
                continue
            both = sentence.subject[head].max(axis=0) * sentence.reached[tail].max(axis=0)
            ways.append((float(both.max()), int(both.argmax()), backwards))
        return max(ways)

    def _found(self, sentence: _Sentence) -> Iterator[RawTriple]:
        """Triples that the network reads in the sentence, those of one relation at places of their own."""
        heads = sentence.subject.argmax(axis=0)
        chance = sentence.reached * sentence.subject.max(axis=0)
        taken: list[tuple[int, Span]] = []
        for flat in np.argsort(-chance, axis=None):
            row, column = divmod(int(flat), chance.shape[1])
            if chance[row, column] < self.threshold:
                return
            span, head = sentence.spans[row], sentence.spans[int(heads[column])]
            clash = any(other == column and span.start < place.end and place.start < span.end for other, place in taken)
            overlap = span.start < head.end and head.start < span.end
            if clash or (overlap and _same(head.stands_for, span.stands_for)) or isinstance(head.stands_for, Value):
                continue
            taken.append((column, span))
            relation = self.ontology.relations[column]
            first, last = min(head.start, span.start), max(head.end, span.end)
            triple = RawTriple(
                head.stands_for, head.type, relation.name, span.stands_for, span.type,
                first, last, round(float(chance[row, column]), 3),
            )  # fmt: skip
            between = slice(min(head.end, span.end) - sentence.start, max(head.start, span.start) - sentence.start)
            if _NEGATION.search(sentence.text[between]):
                self._tally.reject("the text between its ends negates something", triple)
                continue
            yield triple

    def _take(
        self,
        triple: RawTriple,
        way: str,
        said: dict[str, tuple[str, ...]],
        triples: dict[tuple[str, str, str], RawTriple],
    ) -> None:
        """The triple is among those kept, if its ends are what domain and range ask for."""
        relation = self._names[key(triple.relation)][0]
        tail_classes = said.get(_text(triple.tail), ())
        # The network has weighed the recogniser's types, which take many a title for a person or a place.
        kinds = ("", "") if way == "found" else (triple.head_type, triple.tail_type)
        ends = (
            ("domain", triple.head, kinds[0], said.get(triple.head, ()), relation.domain),
            ("range", triple.tail, kinds[1], tail_classes, relation.range),
        )
        for place, end, kind, classes, wanted in ends:
            why = self._typing.refusal(end, kind, classes, wanted)
            if why:
                rule = f"the {place} of {relation.name!r} is {' or '.join(wanted)}"
                self._tally.reject(f"{rule}, and the end {why}", triple)
                return
        tail = _reached(triple.tail, relation)
        at = (triple.head, relation.name, _text(tail))
        before = triples.get(at)
        self._tally.counts[way] += before is None
        if before is None or before.confidence < triple.confidence:
            head_type = self._typing.type_of(triple.head_type, said.get(triple.head, ()), relation.domain)
            tail_type = self._typing.type_of(triple.tail_type, tail_classes, relation.range)
            triples[at] = replace(
                triple, head_type=head_type, tail=tail, tail_type="" if isinstance(tail, Value) else tail_type
            )


def _names(ontology: Ontology) -> dict[str, tuple[Relation, bool]]:
    """Every name of every relation, with whether it says it the other way round; own names win."""
    found: dict[str, tuple[Relation, bool]] = {}
    for relation in ontology.relations:
        found.setdefault(key(relation.name), (relation, False))
    for relation in ontology.relations:
        for label in relation.labels:
            found.setdefault(key(label), (relation, False))
    for relation in ontology.relations:
        for label in relation.inverses:
            found.setdefault(key(label), (relation, True))
    return found


def _around(triple: RawTriple, scored: Sequence[_Sentence]) -> Sequence[_Sentence]:
    """The sentences that say the triple: `scored` stand in the order of the text."""
    first = bisect_right(scored, triple.start, key=lambda each: each.start) - 1
    last = bisect_left(scored, triple.end, key=lambda each: each.start)
    return scored[max(first, 0) : last]


def _turned(triple: RawTriple) -> RawTriple:
    """Tail and head change places; a Value as head is its text."""
    head = _text(triple.tail)
    return replace(triple, head=head, head_type=triple.tail_type, tail=triple.head, tail_type=triple.head_type)


def _text(end: str | Value) -> str:
    return end.text if isinstance(end, Value) else end


def _same(a: str | Value, b: str | Value) -> bool:
    if isinstance(a, Value) and isinstance(b, Value):
        return a.id == b.id
    return _text(a).casefold() == _text(b).casefold()


def _reached(tail: str | Value, relation: Relation) -> str | Value:
    """An entity where the relation reaches classes, a Value where it reaches values."""
    if not relation.range:
        return tail
    if relation.range[0] in VALUES:
        return Value(tail) if isinstance(tail, str) else tail
    return tail.text if isinstance(tail, Value) else tail
