"""Questions made from templates, said as people would: by anything that rewords texts, such as a language model.

What is handed over holds no entity's name: a seed is `[A]` or `[B]` there. So a wording can neither lose a name nor
give the answer away unseen, and no more leaves the graph than the words of its relations.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from clew.gnn.example import Example
from clew.graph.model import name_key

Reword = Callable[[Sequence[str]], Sequence[str]]  # a text for each text, "" where there is none

MARKS = ("[A]", "[B]")
_LONGEST = 300


def reworded(
    examples: Iterable[Example], reword: Reword, name: Callable[[str], str]
) -> tuple[list[Example], dict[str, int]]:
    """The examples in new words, and how many were `reworded` or why they keep their own. `name` gives the name of a
    node's id. A wording counts only where it names each seed once and no answer."""
    kept = list(examples)
    masked = [mask(example) for example in kept]
    texts = list(dict.fromkeys(text for text in masked if text))
    wordings = dict(zip(texts, reword(texts), strict=True))
    counts: Counter[str] = Counter()
    for place, (example, text) in enumerate(zip(kept, masked, strict=True)):
        kept[place], outcome = _said(example, text, wordings.get(text, ""), name)
        counts[outcome] += 1
    return kept, dict(sorted(counts.items()))


def mask(example: Example) -> str:
    """The question with a mark for each seed; empty where it has more than two, or holds a mark as it is."""
    if len(example.spans) > len(MARKS) or any(mark in example.question for mark in MARKS):
        return ""
    text = example.question
    for place in sorted(range(len(example.spans)), key=lambda place: -example.spans[place][0]):
        start, end = example.spans[place]
        text = text[:start] + MARKS[place] + text[end:]
    return text


def _said(example: Example, masked: str, wording: str, name: Callable[[str], str]) -> tuple[Example, str]:
    """The example in these words, or as it was, and what became of it."""
    text = " ".join(wording.split())
    if not text:
        return example, "without a wording"
    if text == masked:
        return example, "in the same words"
    marks = MARKS[: len(example.spans)]
    if len(text) > _LONGEST or any(text.count(mark) != (mark in marks) for mark in MARKS):
        return example, "without the seed's name"
    if any(_names(text, name(answer)) and not _names(masked, name(answer)) for answer in example.answers):
        return example, "with the answer's name"
    return _filled(example, text), "reworded"


def _filled(example: Example, text: str) -> Example:
    """The wording with the seeds' names in place of their marks."""
    spans = [(0, 0)] * len(example.spans)
    question, at = "", 0
    for place in sorted(range(len(spans)), key=lambda place: text.index(MARKS[place])):
        start, end = example.spans[place]
        found = text.index(MARKS[place])
        question += text[at:found]
        spans[place] = (len(question), len(question) + end - start)
        question += example.question[start:end]
        at = found + len(MARKS[place])
    return replace(example, question=question + text[at:], spans=tuple(spans))


def _names(text: str, answer: str) -> bool:
    """Whether a text holds this name as whole words."""
    key = name_key(answer)
    return len(key) > 2 and f" {key} " in f" {name_key(text)} "


__all__ = ["MARKS", "Reword", "mask", "reworded"]
