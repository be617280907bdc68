"""A question with what it starts from and what answers it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Example:
    """A question over one graph, with what it starts from and what answers it.

    `spans[i]` is where `seeds[i]` (a node's id) is named: `question[start:end]`. `answers` are ids of nodes, sorted;
    `path` is a relation sequence that leads from the first seed to the answers, (relation, forward) by hop, empty
    where none is known.
    """

    question: str
    spans: tuple[tuple[int, int], ...]
    seeds: tuple[str, ...]
    answers: tuple[str, ...]
    path: tuple[tuple[str, bool], ...] = ()
