"""Words for two steps at once: a grandmother is a parent's mother, an uncle a parent's brother."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from clew.gnn.example import Example
from clew.gnn.questions.phrases import known, sides_of
from clew.gnn.questions.walks import Walks
from clew.graph.adjacency.adjacency import Adjacency

# What each step is, by nouns that only it has; the narrowest first.
_STEPS = {
    "father": {"father", "dad"},
    "mother": {"mother", "mom"},
    "son": {"son"},
    "daughter": {"daughter"},
    "parent": {"parent"},
    "child": {"child"},
    "spouse": {"spouse", "husband", "wife"},
    "sibling": {"sibling", "brother", "sister"},
}
_UP, _DOWN = ("father", "mother", "parent"), ("son", "daughter", "child")

_GRAND = {
    "father": "grandfather|granddad|grandpa|grandfather",
    "mother": "grandmother|grandma|grandmom|granny",
    "parent": "grandparent|grandparents|grandfather|grandmother|grandma|grandmom|grandpa|granddad",
    "son": "grandson",
    "daughter": "granddaughter",
    "child": "grandchild|grandchildren|grandson|granddaughter|grandkid",
}
_LAW = {
    "father": "father-in-law|father in law",
    "mother": "mother-in-law|mother in law",
    "parent": "father-in-law|mother-in-law|parents-in-law|in-laws",
}
_CLASS = {**dict.fromkeys(_UP, "up"), **dict.fromkeys(_DOWN, "down")}
_OTHERS = {
    ("down", "spouse"): "son-in-law|daughter-in-law",
    ("up", "sibling"): "uncle|aunt",
    ("sibling", "down"): "nephew|niece",
    ("sibling", "spouse"): "brother-in-law|sister-in-law",
    ("spouse", "sibling"): "brother-in-law|sister-in-law",
}
_PATTERNS = (
    "who is the {} of X",
    "who is X's {}",
    "who was the {} of X",
    "who are the {} of X",
    "X's {}",
    "the {} of X",
    "what is the name of X's {}",
    "name the {} of X",
    "tell me who X's {} is",
    "who is X 's {} ?",
    "the {} of X ?",
)
_BEYOND = (
    "what is the {1} of X's {0}",
    "what is the {1} of the {0} of X",
    "X's {0}'s {1}",
    "the {1} of X's {0}",
    "the {1} of the {0} of X",
    "what is X 's {0} 's {1} ?",
    "the {1} of {0} of X ?",
    "tell me the {1} of X's {0}",
)
_BEFORE = (
    "who is the {0} of the {1} of X",
    "X's {1}'s {0}",
    "the {0} of X's {1}",
    "who is X 's {1} 's {0} ?",
    "the {0} of {1} of X ?",
    "who was the {0} of X's {1}",
)


def kin_questions(adjacency: Adjacency, name: Callable[[int], str], *, count: int, seed: int = 0) -> Iterator[Example]:
    """Up to `count` questions that name two steps of kinship by one word, alone, or with a step before or after.
    Fewer, or none, where the graph has few such steps. Deterministic by `seed`."""
    walks = Walks(adjacency, np.array([1.0 if known(relation) else 0.2 for relation in adjacency.relations]))
    words, kinds = random.Random(seed), _kinds(adjacency)
    starts = [(int(node), step) for step in kinds for node in walks.nodes_with(step)]
    made = tries = 0
    while starts and made < count and tries < 60 * count:
        tries += 1
        example = _example(walks, words, kinds, words.choice(starts), name)
        if example:
            made += 1
            yield example


def _kinds(adjacency: Adjacency) -> dict[int, str]:
    """Which steps (`Walks`) are of kinship, and what."""
    found = {}
    for number, relation in enumerate(adjacency.relations):
        for way in (0, 1):
            nouns = set(sides_of(relation, False, way == 0).nouns)
            kind = next((kind for kind, own in _STEPS.items() if own & nouns), "")
            if kind in {"father", "mother"} and "parent" in nouns:
                kind = "parent"
            if kind in {"son", "daughter"} and "child" in nouns:
                kind = "child"
            if kind and known(relation):
                found[2 * number + way] = kind
    return found


def compound(first: str, second: str) -> Sequence[str]:
    """The words for two steps of kinship, none where there is none."""
    if (first in _UP and second in _UP) or (first in _DOWN and second in _DOWN):
        said = _GRAND[second].split("|")
        side = {"father": "paternal ", "mother": "maternal "}.get(first, "")
        return [*said, side + said[0]] if side else said
    if first == "spouse" and second in _UP:
        return _LAW[second].split("|")
    pair = (_CLASS.get(first, first), _CLASS.get(second, second))
    return _OTHERS.get(pair, "").split("|") if pair in _OTHERS else []


def _example(
    walks: Walks, words: random.Random, kinds: dict[int, str], start: tuple[int, int], name: Callable[[int], str]
) -> Example | None:
    seed, first = start
    steps, last = [first], walks.neighbors(seed, first)
    for _ in range(words.choice((1, 1, 2))):
        options = [int(step) for node in last[:3] for step in walks.steps_at(int(node))]
        if not options:
            return None
        steps.append(words.choice(options))
        reached = walks.follow(seed, steps, limit=60)
        if reached is None or not len(reached):
            return None
        last = reached
    said = _worded(walks, words, kinds, steps)
    called = name(seed).strip()
    if not said or not called or len(called.split()) > 12:
        return None
    called = called.lower() if words.random() < 0.3 else called
    place = said.index("X")
    ids, relations = walks.adjacency.nodes, walks.adjacency.relations
    path = tuple((relations[step >> 1], not step & 1) for step in steps)
    answers = tuple(sorted(ids[int(node)] for node in last))
    span = (place, place + len(called))
    return Example(said[:place] + called + said[place + 1 :], (span,), (ids[seed],), answers, path)


def _worded(walks: Walks, words: random.Random, kinds: dict[int, str], steps: Sequence[int]) -> str:
    def noun(step: int) -> str:
        relation = walks.adjacency.relations[step >> 1]
        nouns = sides_of(relation, False, not step & 1).nouns
        return words.choice(nouns) if nouns else ""

    kin = [kinds.get(step, "") for step in steps]
    if len(steps) == 2:
        said = compound(*kin)
        return words.choice(_PATTERNS).format(words.choice(said)) if said else ""
    for pair, other, patterns in ((kin[:2], steps[2], _BEYOND), (kin[1:], steps[0], _BEFORE)):
        said = compound(*pair)
        if said and noun(other):
            return words.choice(patterns).format(words.choice(said), noun(other))
    return ""
