"""Questions made from a graph's own paths, so that the network can be trained without one labelled question."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from clew.gnn.example import Example
from clew.gnn.questions.grammar import looks_like, sort_value
from clew.gnn.questions.phrases import Side, end_kinds, known, sides_of
from clew.gnn.questions.templates import Place, said, word_comparison, word_conjunction, word_path
from clew.gnn.questions.walks import Numbers, Walks
from clew.graph.adjacency.adjacency import Adjacency
from clew.graph.errors import InputError

KINDS = ("path", "conjunction", "comparison")
_SHARES = {"path": 0.76, "conjunction": 0.16, "comparison": 0.08}
_PLAIN = frozenset({"topic", "year", "date", "number", "genre", "language", "rating", "votes"})
_VAGUE = frozenset({"place", "work", "thing", "film", "book", "song", "album", "company", "group"})
_PATIENCE = 400  # attempts without an example after which a graph is taken to hold no more of what is asked


def synthesize(
    adjacency: Adjacency,
    name: Callable[[int], str],
    *,
    count: int,
    seed: int = 0,
    hops: Sequence[int] = (1, 2, 3, 4),
    kinds: Sequence[str] = KINDS,
    max_answers: int = 200,
) -> Iterator[Example]:
    """Up to `count` questions with all their answers, the same for the same arguments.

    `name(i)` is the text of node i. Each question starts from one or two named entities and asks for what a relation
    sequence that occurs in the graph leads to: over `hops` relations, never more than `max_answers` nodes. Kinds are
    asked for in the shares of most use; one that the graph cannot give (no dates to compare) leaves its share to the
    others, and fewer than `count` come where the graph has no more. Raises InputError for an unknown kind or hop.
    """
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown or not kinds:
        raise InputError(
            f"Unknown kinds of question: {', '.join(unknown) or 'none given'}.", hint=f"Choose from {', '.join(KINDS)}."
        )
    if not hops or min(hops) < 1:
        raise InputError(f"A question takes at least one hop, not {list(hops)}.", hint="Give hops such as (1, 2, 3).")
    return _Maker(adjacency, name, seed, tuple(hops), max_answers).examples(count, tuple(dict.fromkeys(kinds)))


class _Maker:
    """One run over one graph: its walks, what is known of its nodes, and the two sources of chance."""

    def __init__(
        self, adjacency: Adjacency, name: Callable[[int], str], seed: int, hops: tuple[int, ...], max_answers: int
    ) -> None:
        self.adjacency, self.hops, self.max_answers = adjacency, hops, max_answers
        # What people have words for they also ask about; the rest is there so that new names are learnt too.
        self.walks = Walks(
            adjacency, np.array([1.0 if known(name) else 0.15 for name in adjacency.relations], dtype=float)
        )
        self.rng = np.random.default_rng(seed)
        self.words = random.Random(seed)
        self._name = name
        self._names: dict[int, str] = {}
        self.made, self.misses = dict.fromkeys(hops, 0), dict.fromkeys(hops, 0)

    def examples(self, count: int, kinds: tuple[str, ...]) -> Iterator[Example]:
        """The stream that `synthesize` promises."""
        makers = {"path": self.path, "conjunction": self.conjunction, "comparison": self.comparison}
        failures = dict.fromkeys(kinds, 0)
        made = 0
        while made < count and failures and len(self.walks.used):
            options = list(failures)
            kind = self.words.choices(options, [_SHARES[option] for option in options])[0]
            example = makers[kind]()
            failures[kind] = 0 if example else failures[kind] + 1
            if failures[kind] > _PATIENCE:
                del failures[kind]
            if example:
                made += 1
                yield example

    def path(self) -> Example | None:
        """A question over one relation sequence from one entity."""
        length = self.length()
        walked = self.walks.random_walk(length, self.rng, limit=self.max_answers)
        if walked is None:
            self.missed(length)
            return None
        steps, reached = walked
        seed = int(reached[0][0])
        places = self.places(steps, reached)
        if not self.sayable(seed) or self.mixed(reached[-1]) or self.odd(places):
            return None
        self.walks.count(steps)
        self.made[length] += 1
        self.misses[length] = 0
        return self.example(word_path(self.words, self.kind_of(reached[0]), places), (seed,), reached[-1], steps)

    def length(self) -> int:
        """How many hops to try: those of which there are fewest so far, with some chance, so that hard ones keep up."""
        rare = min(self.made.values())
        return self.words.choice(
            [hops for hops, count in self.made.items() if count <= rare + 4 or self.words.random() < 0.1]
        )

    def missed(self, length: int) -> None:
        """A walk of this length failed; a length that a graph cannot give is no longer tried."""
        self.misses[length] += 1
        if self.misses[length] > _PATIENCE // 4 and len(self.made) > 1:
            del self.made[length]

    def conjunction(self) -> Example | None:
        """A question for what two entities both lead to, by one or two steps each."""
        target, step = self.walks.random_start(self.rng)
        steps = self.walks.steps_at(target)
        branches = [self.branch(target, chosen) for chosen in (step, int(self.rng.choice(steps)))]
        if branches[0] is None or branches[1] is None or branches[0][0] == branches[1][0]:
            return None
        (a, way_a), (b, way_b) = branches[0], branches[1]
        if not self.sayable(a) or not self.sayable(b) or self.text(a) == self.text(b):
            return None
        ends = [self.walks.follow(seed, way, limit=50 * self.max_answers) for seed, way in ((a, way_a), (b, way_b))]
        if ends[0] is None or ends[1] is None:
            return None
        answers = np.setdiff1d(np.intersect1d(ends[0], ends[1]), [a, b])
        if not 0 < len(answers) <= self.max_answers:
            return None
        places_a, places_b = self.branch_places(a, way_a, answers), self.branch_places(b, way_b, answers)
        if places_a is None or places_b is None:
            return None
        kinds = (self.kind_of(np.array([a])), self.kind_of(np.array([b])))
        text = word_conjunction(self.words, places_a, places_b, kinds, way_a == way_b and len(way_a) == 1)
        return self.example(text, (a, b), answers, way_a)

    def branch(self, target: int, step: int) -> tuple[int, tuple[int, ...]] | None:
        """An entity and the steps that lead from it to the target: the given one, and at times one before it."""
        way: tuple[int, ...] = ()
        here = target
        long = 2 in self.hops and self.words.random() < 0.25
        for length in range(2 if long else 1):
            if length:
                step = int(self.rng.choice(self.walks.steps_at(here)))
            near = self.walks.neighbors(here, step)
            near = near[(near != target) & ~self.walks.is_value[near]]
            if not len(near):
                return None
            here, way = int(self.rng.choice(near)), (step ^ 1, *way)
        return here, way

    def branch_places(self, seed: int, way: tuple[int, ...], answers: Numbers) -> list[Place] | None:
        """The places of a branch whose last is the answers."""
        middle = [self.walks.follow(seed, way[:end], limit=50 * self.max_answers) for end in range(1, len(way))]
        if any(nodes is None or not len(nodes) for nodes in middle):
            return None
        return self.places(way, [np.array([seed]), *(nodes for nodes in middle if nodes is not None), answers])

    @cached_property
    def comparable(self) -> list[int]:
        """The forward steps whose tails are mostly numbers or times."""
        found = []
        for step in self.walks.used[self.walks.used % 2 == 0]:
            nodes = self.walks.nodes_with(int(step))
            sample = [self.walks.neighbors(int(node), int(step)) for node in nodes[:: max(1, len(nodes) // 12)]]
            ends = [int(near[0]) for near in sample if len(near)]
            if len(nodes) > 1 and ends and np.mean([sort_value(self.text(end)) is not None for end in ends]) > 0.4:
                found.append(int(step))
        return found

    def comparison(self) -> Example | None:
        """A question for which of two entities has the smaller (or greater) value."""
        if not self.comparable:
            return None
        way = [self.words.choice(self.comparable)]
        nodes = self.walks.nodes_with(way[0])
        seeds = [int(node) for node in self.rng.choice(nodes, 2)]
        if 2 in self.hops and self.words.random() < 0.3:
            before = self.walks.steps_at(seeds[0])
            way.insert(0, int(self.rng.choice(before)) ^ 1)
            seeds = [self._one_back(node, way[0]) for node in seeds]
        if -1 in seeds or not all(map(self.sayable, seeds)) or self.text(seeds[0]) == self.text(seeds[1]):
            return None
        values = [self.value_of(node, way) for node in seeds]
        kind, other = (self.kind_of(np.array([node])) for node in seeds)
        if values[0] is None or values[1] is None or values[0][0] != values[1][0] or values[0][1] == values[1][1]:
            return None
        places = self.branch_places(seeds[0], tuple(way), self.walks.follow(seeds[0], way, limit=1))  # type: ignore[arg-type]
        if kind != other or places is None or not places[-1].side.nouns:
            return None
        smaller = self.words.random() < 0.5
        first_wins = (values[0][1] < values[1][1]) == smaller
        text = word_comparison(self.words, kind, values[0][0], smaller, places)
        return self.example(text, (seeds[0], seeds[1]), np.array([seeds[0] if first_wins else seeds[1]]), ())

    def _one_back(self, node: int, step: int) -> int:
        near = self.walks.neighbors(node, step ^ 1)
        near = near[~self.walks.is_value[near]]
        return int(self.rng.choice(near)) if len(near) else -1

    def value_of(self, node: int, way: Sequence[int]) -> tuple[str, float] | None:
        """The one value at the end of a way, as kind and number; None where there is none or more than one."""
        ends = self.walks.follow(node, way, limit=1)
        return sort_value(self.text(int(ends[0]))) if ends is not None and len(ends) else None

    def example(self, text: str, seeds: tuple[int, ...], answers: Numbers, steps: Sequence[int]) -> Example:
        """The example that asks `text` of the seeds."""
        question, spans = said(self.words, text, [self.text(node) for node in seeds])
        ids, relations = self.adjacency.nodes, self.adjacency.relations
        return Example(
            question=question,
            spans=spans,
            seeds=tuple(ids[node] for node in seeds),
            answers=tuple(sorted(ids[int(node)] for node in answers)),
            path=tuple((relations[step >> 1], step & 1 == 0) for step in steps),
        )

    def places(self, steps: Sequence[int], reached: Sequence[Numbers]) -> list[Place]:
        """How each place after the seed is said."""
        places: list[Place] = []
        for index, step in enumerate(steps):
            side = self.side(step, reached[index], reached[index + 1])
            count = len(reached[index + 1])
            many = self.words.random() < (0.85 if count > 1 else 0.22)
            # A person whom a film is about is a topic there: only vague classes are told by the nodes themselves.
            kind = self.kind_of(reached[index + 1], default=side.kind) if side.kind in _VAGUE else side.kind
            places.append(Place(side, kind, many, index > 0 and step == steps[index - 1] ^ 1))
        return places

    def odd(self, places: Sequence[Place]) -> bool:
        """Whether a path goes on from a topic or a year as from something else; people seldom do, so few are kept.
        There and back over a topic or a year ("films of the same year") is said, but less than over people."""
        turns = any(
            one.side.kind in _PLAIN and next_.side.from_kind != one.side.kind for one, next_ in pairwise(places)
        )
        vague = any(one.side.kind in _PLAIN and next_.back for one, next_ in pairwise(places))
        return (turns and self.words.random() < 0.75) or (vague and self.words.random() < 0.4)

    def mixed(self, answers: Numbers) -> bool:
        """Whether some answers look like dates and some do not: no one question word asks for both."""
        looks = [looks_like(self.text(int(node))) in {"year", "date"} for node in answers[:6]]
        return any(looks) and not all(looks)

    def side(self, step: int, here: Numbers, there: Numbers) -> Side:
        """The phrases of a step between these nodes."""
        tails = here if step & 1 else there
        timed = looks_like(self.text(int(tails[0]))) in {"year", "date"}
        return sides_of(self.adjacency.relations[step >> 1], timed, not step & 1)

    def kind_of(self, nodes: Numbers, default: str = "thing") -> str:
        """The class of these nodes: what most of their relations say, else their look, else the default."""
        votes = self.node_kinds[nodes[:32]]
        known = votes[votes > 0]
        if len(known):
            return self.kind_names[int(np.bincount(known).argmax())]
        look = looks_like(self.text(int(nodes[0])))
        return default if look == "text" else look

    @cached_property
    def node_kinds(self) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
        """The class of each node as a number in `kind_names`, 0 where its relations tell none."""
        ends = [end_kinds(relation, False) for relation in self.adjacency.relations]
        self.kind_names = ["", *sorted({kind for pair in ends for kind in pair if kind})]
        size = max(len(self.adjacency.nodes), 1)
        best, most = np.zeros(size, dtype=np.int8), np.zeros(size, dtype=np.int64)
        for number, kind in enumerate(self.kind_names[1:], 1):
            votes = np.zeros(size, dtype=np.int64)
            for end, nodes in ((0, self.adjacency.head), (1, self.adjacency.tail)):
                speaks = np.array([pair[end] == kind for pair in ends], dtype=bool)
                votes += np.bincount(nodes[speaks[self.adjacency.relation]], minlength=size)
            best[votes > most] = number
            most = np.maximum(most, votes)
        return best

    def sayable(self, node: int) -> bool:
        """Whether a node's name can stand in a question."""
        text = self.text(node)
        return 0 < len(text.split()) <= 12 and len(text) <= 120 and any(letter.isalnum() for letter in text)

    def text(self, node: int) -> str:
        """The node's name, asked for once."""
        if node not in self._names:
            self._names[node] = self._name(node)
        return self._names[node]
