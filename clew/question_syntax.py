"""The parser that ships, as retrieval uses it on questions."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from clew.ingest.extract.local import SpacyExtractor
from clew.retrieval.question.syntax import Parse, Syntax

KEPT = 512  # texts whose syntax is kept: a question's steps and sentences are asked for more than once


def question_parser(model: str | Path | None = None) -> Parse:
    """A callable that parses a question with the pipeline of this name, the shipped one where None."""
    extractor = SpacyExtractor(model)

    @lru_cache(maxsize=KEPT)
    def parse(text: str) -> Syntax:
        found = next(iter(extractor.parses([text])))
        return Syntax(
            text,
            tuple(found.words),
            tuple(lemma.casefold() for lemma in found.lemma),
            tuple(found.pos),
            tuple(found.dep),
            tuple(found.head),
            tuple(found.start),
            tuple(found.end),
        )

    return parse
