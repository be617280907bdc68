"""Exact match and F1 as SQuAD's evaluation script defines them (Rajpurkar et al. 2016, arXiv:1606.05250)."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Sequence

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_MARKS = str.maketrans("", "", string.punctuation)


def normal(text: str) -> str:
    """Lower case, no punctuation, no articles, single spaces."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_MARKS)).split())


def exact(said: str, gold: Sequence[str]) -> float:
    """1 where the answer is one of the gold ones, else 0."""
    return float(any(normal(said) == normal(one) for one in gold))


def f1(said: str, gold: Sequence[str]) -> float:
    """The best F1 of shared words over the gold answers, 0..1."""
    return max((_f1(normal(said).split(), normal(one).split()) for one in gold), default=0.0)


def _f1(said: list[str], gold: list[str]) -> float:
    if not said or not gold:
        return float(said == gold)
    shared = sum((Counter(said) & Counter(gold)).values())
    return 2 * shared / (len(said) + len(gold))
