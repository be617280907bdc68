"""Tags of names: the best sequence in which a name goes on only where one of its kind has begun."""

from itertools import pairwise, product

import numpy as np
import pytest

from clew.ingest.parser.tagging import allowed_steps, best_tags

TAGS = ["O", "B-PERSON", "I-PERSON", "B-PLACE", "I-PLACE"]


def allowed(tags: tuple[str, ...]) -> bool:
    return all(not b.startswith("I-") or (a != "O" and a[2:] == b[2:]) for a, b in pairwise(("O", *tags)))


@pytest.mark.parametrize("seed", range(25))
def test_the_sequence_is_the_best_allowed_one(seed: int) -> None:
    rng = np.random.default_rng(seed)
    size = int(rng.integers(1, 5))
    scores = rng.normal(size=(1, size + 1, len(TAGS))).astype(np.float32)
    every = [places for places in product(range(len(TAGS)), repeat=size) if allowed(tuple(TAGS[p] for p in places))]
    best = max(every, key=lambda places: sum(scores[0, word, place] for word, place in enumerate(places)))
    found = best_tags(scores, allowed_steps(TAGS), np.array([size]))
    assert tuple(found[0, :size].tolist()) == best


def test_rows_of_unlike_length_do_not_meet() -> None:
    rng = np.random.default_rng(1)
    scores = rng.normal(size=(2, 6, len(TAGS))).astype(np.float32)
    steps = allowed_steps(TAGS)
    both = best_tags(scores, steps, np.array([6, 3]))
    alone = best_tags(scores[1:, :3], steps, np.array([3]))
    assert both[1, :3].tolist() == alone[0].tolist()
