"""Small invented graphs over the lexicon's concepts, each naming its relations in its own way.

A network that has read questions about many of them does not take one graph's names for the only ones.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from clew.gnn.questions.lexicon.lexicon import WORKS, Concept
from clew.gnn.questions.lexicon.lives import LIVES
from clew.gnn.questions.lexicon.people import PEOPLE
from clew.gnn.questions.lexicon.things import THINGS
from clew.gnn.questions.lexicon.world import WORLD
from clew.graph.adjacency.adjacency import Adjacency, build

CONCEPTS = (*WORKS, *PEOPLE, *LIVES, *WORLD, *THINGS)
SHARE = 0.45  # of all concepts, those that one graph has
OF_A_KIND = 40  # nodes
MOST = 3  # ends of one relation at one node
ALSO = {"work": ("film", "book", "song", "album"), "thing": ("company", "film", "place", "event")}
TIMES = frozenset({"date", "year", "number"})


def invent(seed: int) -> tuple[Adjacency, list[str]]:
    """A graph and the name of each of its nodes, deterministic by `seed`."""
    random = np.random.default_rng(seed)
    style = STYLES[int(random.integers(len(STYLES)))]
    chosen = [concept for concept in CONCEPTS if random.random() < SHARE]
    rows: list[tuple[str, str, str]] = []
    for concept in chosen:
        rows += _rows(concept, style, random)
    names = sorted({node for head, _, tail in rows for node in (head, tail)})
    literal = {node for node in names if node.split("/")[0] in TIMES}
    triples = [(f"t{n:06d}", head, relation, tail, 1.0) for n, (head, relation, tail) in enumerate(sorted(set(rows)))]
    tails = {tail for _, _, _, tail, _ in triples} - {head for _, head, *_ in triples}
    entities = [node for node in names if node not in literal & tails]
    adjacency = build(1, entities=entities, chunks=[], triples=triples, mentions=[], titles=[])
    return adjacency, [_called(node, random) for node in adjacency.nodes]


def _rows(
    concept: Concept, style: Callable[[str, str], str], random: np.random.Generator
) -> list[tuple[str, str, str]]:
    """Triples of one concept, under one of its names and in the direction that the name says."""
    subject, object_ = (_kind(kind, random) for kind in concept.kinds.split(">"))
    ahead = [*_alternatives(concept.names), *_alternatives(concept.nouns)[:2]]
    back = _alternatives(concept.flip)
    flipped = bool(back) and random.random() < 0.3
    said = back if flipped or not ahead else ahead
    relation = style(said[int(random.integers(len(said)))], subject)
    rows = []
    for place in range(OF_A_KIND):
        if random.random() < 0.6:
            for end in random.integers(OF_A_KIND, size=int(random.integers(1, MOST + 1))):
                if subject != object_ or place != end:
                    pair = (f"{subject}/{place}", f"{object_}/{end}")
                    rows.append((pair[1], relation, pair[0]) if flipped else (pair[0], relation, pair[1]))
    return rows


def _kind(kind: str, random: np.random.Generator) -> str:
    options = ALSO.get(kind, (kind,))
    return options[int(random.integers(len(options)))]


def _alternatives(text: str) -> list[str]:
    return [part.partition("@")[0].strip() for part in text.split("|") if part.strip()]


def _called(node: str, random: np.random.Generator) -> str:
    """A name: syllables, or a year for what is a time."""
    kind, _, number = node.partition("/")
    if kind in TIMES:
        return str(1900 + int(number))
    syllables = ["".join(random.choice(list(part)) for part in ("bdfgklmnprstvz", "aeiou")) for _ in range(3)]
    return f"{''.join(syllables[:2])} {syllables[2]}{number}".title()


def _snake(name: str, kind: str) -> str:  # noqa: ARG001 - a style has the kind too
    return name.replace(" ", "_")


def _camel(name: str, kind: str) -> str:  # noqa: ARG001
    first, *rest = name.split()
    return first + "".join(word.title() for word in rest)


def _words(name: str, kind: str) -> str:  # noqa: ARG001
    return name


def _dotted(name: str, kind: str) -> str:
    return f"{kind}.{kind}.{name.replace(' ', '_')}"


STYLES: tuple[Callable[[str, str], str], ...] = (_snake, _camel, _words, _words, _dotted)
