"""What a text without a title or heading is about: the name that its first sentence begins with and speaks of."""

from __future__ import annotations

import re

from clew.graph.model import Document
from clew.ingest.extract.names.cleaning import clean, find_lead
from clew.ingest.extract.names.marked import tidy
from clew.ingest.extract.names.mentions import find_names
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.structure.facts.facts import Facts
from clew.ingest.structure.facts.outline import is_file, stem_of

_FIRST = 400  # characters looked at
_NEAR = 3  # tokens before the name
_GOES_ON = re.compile(r"[\s\-]+[A-ZÀ-Þ0-9]")
_SUBJECTS = frozenset({"nsubj", "nsubj:pass", "nsubj:outer"})


def opening_of(document: Document, facts: Facts) -> str:
    """The words that such a text begins with; "" where its subject is known or it has headings and parts of its own."""
    if facts.subject.name or document.annotations is not None or facts.headed or not facts.passages:
        return ""
    first = facts.passages[0]
    return clean(document.text[first.start : min(first.end, first.start + _FIRST)]).text


def hinted(document: Document, facts: Facts) -> str:
    """The file's name, where the text begins with the name that it is, and that name does not go on."""
    hint, first = stem_of(document), facts.passages[0]
    text = document.text[first.start : first.start + _FIRST]
    lead = find_lead(text, hint) if is_file(document) and hint else None
    if lead is None or _GOES_ON.match(text, lead[1]):
        return ""
    named = text[lead[0] : lead[1]].strip("\"“”' ")
    if named.casefold() == hint.casefold():
        return named
    return hint if " " in hint else ""  # one word is too little to know a fuller name by


def lead_name(parse: Parse) -> tuple[str, bool]:
    """The name at the beginning of the first sentence that is its subject ("" where there is none), and whether that
    sentence says what it is: then it is what the text is about all along."""
    for span in find_names(parse, None).spans[:1]:
        first = span.first - (span.first > 0 and parse.words[span.first - 1] in {'"', "“", "``"})
        heads = [
            parse.head[index]
            for index in range(span.first, span.last)
            if parse.dep[index] in _SUBJECTS and not span.first <= parse.head[index] < span.last
        ]
        inverted = span.last < len(parse) and parse.words[span.last] == ","  # "Okafor, Chinedu"
        if first < _NEAR and parse.sentence[span.first] == parse.sentence[0] and heads and not inverted:
            words = parse.words[span.first : span.last]
            defined = parse.child(heads[0], "cop") >= 0 and parse.pos[heads[0]] == "NOUN"
            return (tidy(" ".join(words)) if len(words) > 1 else words[0]), defined
    return "", False


__all__ = ["hinted", "lead_name", "opening_of"]
