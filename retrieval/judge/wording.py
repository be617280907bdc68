"""Words of a question and of a text compared: the same word in another form, and how much of one is in the other."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from clew.graph.stores.bm25 import tokens
from clew.retrieval.question.words import STOP_WORDS

_ENDINGS = frozenset(
    {"", "s", "es", "d", "ed", "ing", "er", "or", "r", "rs", "ers", "ors", "en", "n", "e", "y", "ies", "ied", "ion"}
    | {"ions", "ation", "ment", "al", "t", "ly", "ist", "ant", "ent"}
)
_ROOT = 3  # letters that two forms of one word share at least


@lru_cache(maxsize=65_536)
def same_word(one: str, other: str) -> bool:
    """Whether two words are the same but for their ending: "chairs" and "chaired", "own" and "owner"."""
    if one == other:
        return True
    shared = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        shared += 1
    if shared < _ROOT or one[:1].isdigit():
        return False
    left, right = one[shared:], other[shared:]
    doubled = one[shared - 1]  # "stop", "stopped"
    if left in _ENDINGS and right in _ENDINGS:
        return True
    longer = left or right
    return not (left and right) and longer.startswith(doubled) and longer[1:] in _ENDINGS


def meaning(text: str, *, without: Iterable[str] = ()) -> list[str]:
    """The content words of a text in order, each once, less some."""
    left_out = set(without)
    return list(dict.fromkeys(word for word in tokens(text) if word not in STOP_WORDS and word not in left_out))


def share(wanted: Sequence[str], text: Iterable[str], weights: Mapping[str, float] | None = None) -> float:
    """How much of the wanted words, by weight, stands in the text in some form, 0..1; 1 where nothing is wanted."""
    present = set(text)
    total = held = 0.0
    for word in wanted:
        weight = (weights or {}).get(word, 1.0)
        total += weight
        if word in present or any(same_word(word, other) for other in present):
            held += weight
    return held / total if total else 1.0


def rarity(words: Sequence[str], texts: Sequence[set[str]]) -> dict[str, float]:
    """How rare each word is among the texts: ln(1 + N / n), as in BM25; of a word that no text has, as if one had."""
    found = {}
    for word in words:
        count = sum(word in text or any(same_word(word, other) for other in text) for text in texts)
        found[word] = math.log(1 + max(len(texts), 1) / max(count, 1))
    return found
