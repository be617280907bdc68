"""Entities that a seed's own passage names beside a word that the question asks with ("directed by X")."""

from __future__ import annotations

import numpy as np

from clew.graph.adjacency.adjacency import Adjacency, Floats, Subgraph
from clew.graph.model import name_key
from clew.graph.store import GraphStore
from clew.retrieval.question.link import Question, Seeds
from clew.retrieval.question.words import CUES, STOP_WORDS, WORD

BEFORE, AFTER = 48, 24  # characters around a mention in which the word stands
STEM = 5  # letters that two forms of one word share: direct-ed, direct-or
MOST_CHUNKS = 12
LOOKED_UP = 16  # best-scored entities whose namesakes are looked up


def near_entities(question: Question, seeds: Seeds, store: GraphStore) -> dict[str, float]:
    """Weight 0..1 of each entity that a chunk titled after a named seed mentions near a cue of the question."""
    stems = cue_stems(question.cues)
    named = {id_ for span in seeds.spans for id_, weight in span.entities if weight >= 0.2}
    chunk_ids = titled_chunks(store.adjacency(), named)[:MOST_CHUNKS]
    if not stems or not chunk_ids:
        return {}
    texts = {chunk.id: (chunk.start, chunk.text.casefold()) for chunk in store.chunks(chunk_ids)}
    found: dict[str, float] = {}
    for mention in store.mentions(chunks=chunk_ids):
        if mention.entity in named or mention.start == mention.end or mention.chunk not in texts:
            continue
        offset, text = texts[mention.chunk]
        start, end = mention.start - offset, mention.end - offset
        before, after = text[max(start - BEFORE, 0) : max(start, 0)], text[end : end + AFTER]
        near = max(_nearness(before, stems, from_end=True), 0.5 * _nearness(after, stems, from_end=False))
        if near > found.get(mention.entity, 0.0):
            found[mention.entity] = near
    return found


def _nearness(text: str, stems: set[str], *, from_end: bool) -> float:
    words = WORD.findall(text)
    for distance, word in enumerate(reversed(words) if from_end else words):
        if word[:STEM] in stems:
            return 1 / (1 + 0.25 * distance)
    return 0.0


def cue_stems(cues: tuple[str, ...]) -> set[str]:
    """The stems of the words that say in text what these cues ask for."""
    phrases = [phrase for cue in cues for phrase in (cue, *CUES.get(cue, ()))]
    words = {word.casefold() for phrase in phrases for word in WORD.findall(phrase)}
    return {word[:STEM] for word in words if word not in STOP_WORDS and len(word) > 2} - {"place", "date"}


def titled_chunks(adjacency: Adjacency, entities: set[str]) -> list[str]:
    """Ids of the chunks whose document is titled after one of these entities."""
    index = adjacency.node_index
    numbers = [index[id_] for id_ in sorted(entities) if id_ in index]
    return [adjacency.chunks[int(chunk)] for chunk in np.flatnonzero(np.isin(adjacency.title_entity, numbers))]


def namesakes(nodes: Floats, seeds: Seeds, subgraph: Subgraph, store: GraphStore) -> dict[str, str]:
    """For the best-scored entities that no document is titled after: the chunks titled by the same name with a
    bracket ("Henry King" may be "Henry King (director)"), each with the id of the entity whose score it may share."""
    adjacency = subgraph.adjacency
    has_title = np.isin(subgraph.nodes, adjacency.title_entity) | adjacency.is_value[subgraph.nodes]
    best = [int(node) for node in np.argsort(-nodes, kind="stable")[: 4 * LOOKED_UP] if not has_title[node]]
    ids = [adjacency.nodes[subgraph.nodes[node]] for node in best]
    keys = {
        name_key(entity.name): entity.id
        for entity in store.entities([id_ for id_ in ids if id_ not in seeds.entities][:LOOKED_UP])
    }
    index = adjacency.node_index
    twins = {index[id_]: keys[key] for key, found in store.find(sorted(keys)).items() for id_ in found if id_ in index}
    titled = np.flatnonzero(np.isin(adjacency.title_entity, list(twins)))
    return {adjacency.chunks[int(chunk)]: twins[int(adjacency.title_entity[chunk])] for chunk in titled}
