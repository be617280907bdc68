"""A question's text becomes seed entities, and similarities of the graph's relations to what it asks."""

from __future__ import annotations

import difflib
import math
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

import numpy as np

from clew.graph.adjacency.adjacency import Adjacency, Floats
from clew.graph.model import Entity, name_key
from clew.graph.store import GraphStore, Hit
from clew.retrieval.question.words import COMPARING, CUES, STOP_WORDS, WORD, content_words, expected_types

if TYPE_CHECKING:
    from clew.graph.embeddings.embeddings import Embedder

LONGEST_NAME = 12  # words
LINKED_CHARACTERS = 2_000  # of a question; what follows is not searched for names
SAME_NAME = 8  # entities of one name that share its weight
FUZZY = 0.82  # similarity of spellings that counts as the same name
SURE, UNSURE = 0.6, 0.35  # beside a name this sure, one no surer than that is taken for a plain word
MAX_CUES = 6
CUE_HITS = 24  # relations looked up for each phrase
KEPT_PHRASES = 4096
CUE_FLOOR = 0.35  # a relation less similar than this to a phrase of the question is not asked for
VECTOR_SEEDS = 5
VECTOR_WEIGHT = 0.08  # of an entity that is only near in meaning, beside named ones
VECTOR_ALONE = 0.5  # the same where the question names nothing


@dataclass(frozen=True)
class Question:
    """A question as the steps after linking see it.

    `vector` unit float32 [dimension]; `cues` are the words that ask for something, and `relations` gives for each
    relation near to one of them its similarity to each cue, float32 [len(cues)] in 0..1. `types` are the
    types an answer should have (`expected_types`).
    """

    text: str
    vector: Floats
    cues: tuple[str, ...] = ()
    relations: Mapping[str, Floats] = field(default_factory=dict)
    types: frozenset[str] = frozenset()

    def relation_scores(self, adjacency: Adjacency) -> Floats:
        """Similarity of each relation of the adjacency to each cue: float32 [relations, cues], 0 where unknown."""
        scores = np.zeros((len(adjacency.relations), len(self.cues)), dtype=np.float32)
        for name, row in self.relations.items():
            place = bisect_left(adjacency.relations, name)
            if place < len(adjacency.relations) and adjacency.relations[place] == name:
                scores[place] = row
        return scores


class Meant(NamedTuple):
    """An entity that goes by a name, and how much the name says of it."""

    id: str
    weight: float


@dataclass(frozen=True, slots=True)
class Span:
    """A name in the question, `text == question[start:end]`, with the entities that go by it and their weights."""

    start: int
    end: int
    text: str
    entities: tuple[Meant, ...]

    @property
    def weight(self) -> float:
        """How much the span says."""
        return sum(weight for _, weight in self.entities)


@dataclass(frozen=True)
class Seeds:
    """Where a question starts in the graph: `entities` and `chunks` (id to weight), the `spans` that name them in
    the order of the question, and `near`: entities that a seed's own passage names beside a word of the question."""

    entities: Mapping[str, float] = field(default_factory=dict)
    chunks: Mapping[str, float] = field(default_factory=dict)
    spans: tuple[Span, ...] = ()
    near: Mapping[str, float] = field(default_factory=dict)
    missing: tuple[str, ...] = ()


def long_names(seeds: Seeds) -> list[tuple[int, int]]:
    """Where the question's names of several words lie that are surely meant as names."""
    return [(span.start, span.end) for span in seeds.spans if span.weight >= SURE and " " in span.text.strip()]


def link(question: str, store: GraphStore, embedder: Embedder) -> tuple[Question, Seeds]:
    """The question with its cues and relation similarities, and the entities that it names."""
    text = question[:LINKED_CHARACTERS]
    adjacency = store.adjacency()
    spans, missing = find_names(text, store, adjacency)
    cues = find_cues(text, spans)
    phrases = {cue: (cue, *CUES.get(cue, ())) for cue in cues}
    known = _known_hits(store, embedder, adjacency.generation)
    new = [phrase for phrase in dict.fromkeys(chain(*phrases.values())) if phrase not in known]
    vectors = embedder.encode([text, *new])
    for phrase, vector in zip(new, vectors[1:], strict=True):
        known[phrase] = store.search_vectors("relation", vector, CUE_HITS)
    asked = Question(question, vectors[0], cues, _relations(phrases, known), expected_types(text))
    return asked, Seeds(_weights(spans, store, vectors[0]), {}, tuple(spans), {}, tuple(missing))


def _weights(spans: Sequence[Span], store: GraphStore, vector: Floats) -> dict[str, float]:
    weights: dict[str, float] = {}
    for span in spans:
        for entity, weight in span.entities:
            weights[entity] = weights.get(entity, 0.0) + weight
    share = VECTOR_WEIGHT if weights else VECTOR_ALONE
    for hit in store.search_vectors("entity", vector, VECTOR_SEEDS):
        if hit.id not in weights and hit.score > 0.3:
            weights[hit.id] = share * hit.score
    return weights


# -- names ---------------------------------------------------------------------------------------------------------


def find_names(text: str, store: GraphStore, adjacency: Adjacency) -> tuple[list[Span], list[str]]:
    """The names in the text that the graph knows, longest first choice and none overlapping, in order; and the
    capitalised or quoted runs that it does not know."""
    candidates = list(_candidates(text))
    found = store.find(sorted({key for _, _, key in candidates}))
    known = [(start, end, found[key]) for start, end, key in candidates if found.get(key)]
    entities = {
        entity.id: entity
        for entity in store.entities(sorted({id_ for *_, ids in known for id_ in ids[: 8 * SAME_NAME]}))
    }
    spans: list[Span] = []
    for start, end, ids in sorted(known, key=lambda item: (-len(text[item[0] : item[1]].split()), item[0])):
        strength = name_strength(text, start, end)
        if strength > 0 and not any(start < span.end and span.start < end for span in spans):
            shares = _shares(text, start, end, [entities[id_] for id_ in ids if id_ in entities], adjacency)
            spans.append(
                Span(start, end, text[start:end], tuple(Meant(id_, strength * share) for id_, share in shares))
            )
    spans, missing = _mend(text, spans, store, adjacency)
    if any(span.weight >= SURE for span in spans):
        spans = [span for span in spans if span.weight > UNSURE]
    return sorted(spans, key=lambda span: span.start), missing


def _candidates(text: str) -> Iterator[tuple[int, int, str]]:
    """Start, end and key of every run of up to LONGEST_NAME words."""
    words = [match.span() for match in WORD.finditer(text)]
    for first, (start, _) in enumerate(words):
        for _, end in words[first : first + LONGEST_NAME]:
            inside = text[start:end]
            if inside.count("(") > inside.count(")") and text[end : end + 1] == ")":
                yield start, end + 1, name_key(text[start : end + 1])
            elif inside.count(")") > inside.count("(") and text[max(start - 1, 0) : start] == "(":
                yield start - 1, end, name_key(text[start - 1 : end])
            else:
                yield start, end, name_key(inside)


def name_strength(text: str, start: int, end: int) -> float:
    """How surely a stretch of the question is meant as a name, 0..1: capitals, digits, quotes and length speak for
    it; the question's first word, lower case and function words against."""
    words = WORD.findall(text[start:end])
    meaning = [word for word in words if word.casefold() not in STOP_WORDS]
    quoted = text[max(start - 1, 0) : start] in {'"', "“", "«"} and text[end : end + 1] in {'"', "”", "»", ""}
    if quoted and words:
        return 1.0
    capital = [word for word in words if not word[0].islower()]
    if not meaning:  # "It" is hardly ever a name, "The Who" is one where it stands in mid-sentence
        return 0.6 if len(capital) == len(words) > 1 and start > 0 else 0.0
    if len(meaning) == 1:
        first = not WORD.search(text, 0, start)
        return 0.1 if meaning[0][0].islower() or len(meaning[0]) == 1 else 0.4 if first else 0.8
    return 1.0 if capital else 0.3


def _shares(text: str, start: int, end: int, entities: list[Entity], adjacency: Adjacency) -> list[tuple[str, float]]:
    """How entities of one name share its weight: those that the question's other words speak for come first."""
    key, around = name_key(text[start:end]), set(content_words(text[:start] + " " + text[end:]))
    titled = _titled(adjacency, [entity.id for entity in entities])
    weights = []
    for entity in entities:
        own = name_key(entity.name)
        bracket = set(content_words(own[own.rfind("(") :])) if "(" in own else set()
        weight = 1.0 if own == key else 0.7 if own.startswith(f"{key} (") else 0.35
        weight *= 4.0 if bracket & around else 1.0
        weight *= 2.0 if entity.id in titled else 1.0
        weights.append((entity.id, weight))
    best = sorted(weights, key=lambda item: (-item[1], item[0]))[:SAME_NAME]
    total = sum(weight for _, weight in best)
    return [(id_, weight / total) for id_, weight in best]


def _titled(adjacency: Adjacency, ids: Sequence[str]) -> set[str]:
    offsets, groups = adjacency.mentions_by_entity
    found = set()
    for id_ in ids:
        node = adjacency.node_index.get(id_, -1)
        if node >= 0:
            chunks = adjacency.mention_chunk[groups[offsets[node] : offsets[node + 1]]]
            if bool((adjacency.title_entity[chunks] == node).any()):
                found.add(id_)
    return found


_RUN = re.compile(
    r"[\"“«](?P<quoted>[^\"”»]{2,120})[\"”»]"
    r"|(?:[^\W\d_a-z]|\d)[\w'’.]*(?:[ \-]+(?:(?:of|the|de|la|du|von|van|der|and|al|in|to|y|&)[ \-]+){0,2}"
    r"(?:[^\W\d_a-z]|\d)[\w'’.]*)*"
)


def _mend(text: str, spans: list[Span], store: GraphStore, adjacency: Adjacency) -> tuple[list[Span], list[str]]:
    """Runs of capitals that exact look-up left open are looked up by spelling; what stays unknown is named."""
    missing = []
    for match in _RUN.finditer(text):
        start, end = match.span("quoted") if match.group("quoted") else match.span()
        if match.start() == 0 and not match.group("quoted"):
            start += _question_word(match.group())
        run = text[start:end].strip()
        inside = [span for span in spans if span.start < end and start < span.end]
        covered = sum(min(span.end, end) - max(span.start, start) for span in inside)
        if not content_words(run) or covered >= 0.6 * len(run):
            continue
        best = _fuzzy(run, store)
        if best:
            spans = [span for span in spans if span not in inside]
            shares = _shares(text, start, end, list(store.entities([id_ for id_, _ in best])), adjacency)
            spans.append(Span(start, end, run, tuple(Meant(id_, 0.8 * best[0][1] * share) for id_, share in shares)))
        elif not inside:
            missing.append(run)
    return spans, missing


def _question_word(run: str) -> int:
    """Length of the function words that a run at the start of a question begins with."""
    length = 0
    for match in WORD.finditer(run):
        if match.group().casefold() not in STOP_WORDS:
            break
        length = match.end()
    return length


def _fuzzy(run: str, store: GraphStore) -> list[tuple[str, float]]:
    """Entities whose name or alias is spelt nearly like the run, best first, with the similarity."""
    key = name_key(run)
    found = []
    for entity in store.entities([hit.id for hit in store.search_text("entity", run, 8)]):
        score = max((_spelling(key, name_key(form)) for form in (entity.name, *entity.aliases)), default=0.0)
        if score >= FUZZY:
            found.append((entity.id, score))
    return sorted(found, key=lambda item: (-item[1], item[0]))[:2]


def _spelling(one: str, other: str) -> float:
    plain = other.split(" (", maxsplit=1)[0]
    return max(difflib.SequenceMatcher(None, one, form, autojunk=False).ratio() for form in {other, plain})


# -- relations -----------------------------------------------------------------------------------------------------


def find_cues(text: str, spans: Sequence[Span]) -> tuple[str, ...]:
    """The content words outside names that ask for something, in order; nouns that only say what kind of thing
    follows ("film Atomised", "the company that bought") are left out unless nothing else is there."""
    rest, kinds = [], set()
    position = 0
    for span in sorted(spans, key=lambda span: span.start):
        before = text[position : span.start]
        kinds.update(re.findall(r"([^\W\d_]+)[,:]?\s*[\"“]?$", before.casefold()))
        rest.append(before)
        position = span.end
    rest.append(text[position:])
    plain = " ".join(rest).casefold()
    kinds.update(re.findall(r"\b(?:the|an?)\s+([^\W\d_]+)\s+(?:that|which|who|whose|where)\b", plain))
    words = re.findall(r"[^\W\d_]+(?:-[^\W\d_]+)*", plain)
    found = list(dict.fromkeys(word for word in words if word not in STOP_WORDS | COMPARING and len(word) > 2))
    asking = [word for word in found if word in CUES or word not in kinds]
    return tuple(asking or found)[:MAX_CUES]


# Questions ask with the same few words, so what relations are near to a phrase is kept while the store stays as it is.
_HITS: WeakKeyDictionary[GraphStore, tuple[tuple[int, str], dict[str, list[Hit]]]] = WeakKeyDictionary()


def _known_hits(store: GraphStore, embedder: Embedder, generation: int) -> dict[str, list[Hit]]:
    """The relations near to each phrase asked before of this store at this generation; to be added to."""
    state = (generation, embedder.fingerprint)
    kept = _HITS.get(store)
    if kept is None or kept[0] != state or len(kept[1]) > KEPT_PHRASES:
        kept = _HITS[store] = (state, {})
    return kept[1]


def _relations(phrases: Mapping[str, Sequence[str]], hits: Mapping[str, Sequence[Hit]]) -> dict[str, Floats]:
    similarities: dict[str, Floats] = {}
    for column, group in enumerate(phrases.values()):
        for phrase in group:
            for hit in hits[phrase]:
                # Cosines of short texts crowd above the floor: stretch what is left to 0..1.
                score = (hit.score - CUE_FLOOR) / (1 - CUE_FLOOR)
                if score > 0 and math.isfinite(score):
                    row = similarities.setdefault(hit.id, np.zeros(len(phrases), dtype=np.float32))
                    row[column] = max(float(row[column]), min(score, 1.0))
    return similarities
