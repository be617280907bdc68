"""What spaCy found, as the plain columns that the rules read."""

from __future__ import annotations

import re

from spacy.tokens import Doc

from clew.ingest.extract.names.cleaning import Cleaned
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.parse_repairs import Tree
from clew.ingest.parser.boundaries import ENDS
from clew.ingest.parser.lemmas import spelled

_VALUES = frozenset({"DATE", "NUMBER"})  # `dates` reads these
_TOKEN = re.compile(r"\S+")


def to_parse(doc: Doc, cleaned: Cleaned, offset: int) -> Parse:
    """The spaCy doc as plain columns, with offsets in the document; whitespace tokens hang on nothing."""
    spans = [cleaned.span(start, end) for start, end in spans_of(doc)]
    return columns(doc, [(offset + start, offset + end) for start, end in spans])


def spans_of(doc: Doc) -> list[tuple[int, int]]:
    return [(token.idx, token.idx + len(token)) for token in doc]


def spaced(text: str) -> list[tuple[int, int]]:
    """The spans of what blanks part."""
    return [match.span() for match in _TOKEN.finditer(text)]


def columns(doc: Doc, spans: list[tuple[int, int]]) -> Parse:
    """The spaCy doc as plain columns; `spans` are the places of its tokens in the text."""
    tokens = list(doc)
    words = [token.text for token in tokens]
    sentence, number = [], -1
    before = "."
    for token in tokens:
        number += bool(token.is_sent_start) and before[-1] in ENDS
        sentence.append(max(number, 0))
        before = token.text
    pos = ["SPACE" if word.isspace() else token.pos_ for token, word in zip(tokens, words, strict=True)]
    tag = [token.tag_ for token in tokens]
    tree = Tree(words, pos, tag, [token.dep_ for token in tokens], [token.head.i for token in tokens])
    tree.mend()
    return Parse(
        words=words,
        pos=pos,
        tag=tag,
        lemma=[spelled(token.lemma_ or token.lower_, kind) for token, kind in zip(tokens, tag, strict=True)],
        dep=tree.dep,
        head=tree.head,
        start=[start for start, _ in spans],
        end=[end for _, end in spans],
        sentence=sentence,
        entities=[(each.start, each.end, each.label_) for each in doc.ents if each.label_ not in _VALUES],
    )


__all__ = ["columns", "spaced", "spans_of", "to_parse"]
