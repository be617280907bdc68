"""Who is meant where nobody is named: the speaker, the one addressed, the subject that a sentence leaves out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from clew.graph.model import Document
from clew.ingest.extract.names.cleaning import Cleaned
from clew.ingest.extract.names.coreference import Reference, Referents
from clew.ingest.extract.names.deixis import called, speaking
from clew.ingest.extract.names.marked import Name
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.types import RawMention, RawTriple
from clew.ingest.structure.turns import Annotations, Turn

_SUPPLIED = "She "
_VERB_FIRST = re.compile(
    r"(?:^|(?<=[.!;] )|(?<=\n))(?P<sentence>[A-Z][a-z]{1,18}[a-rt-z]s [^.!?;\n]{2,300}"
    r"(?:\.[^\s.!?;\n][^.!?;\n]{0,80}){0,4}[.!])(?=\s|$)"
)
_FINITE = frozenset({"VBD", "VBZ", "VBN"})  # no bidding: "See the runbook"
_NO_SUBJECT = frozenset({"PUNCT", "ADV", "AUX", "SPACE", "PART"})


def referents_of(document: Document, subject: str) -> Referents:
    """What is known of the document before it is read. A record, such as an encyclopedia's article, is about its
    title; in a file "the deposit" is that file's."""
    record = bool(document.title) and (not document.uri.startswith("file:") or "#" in document.uri)
    referents = Referents(subject, record=record, scope="" if record else document.title)
    told = document.annotations
    if isinstance(told, Annotations):
        for other, name in told.names.items():
            referents.define(other, name)
        if told.subject:
            referents.type = told.subject_type
            referents.unsaid = Reference(told.subject, told.subject_type or "OTHER", 0.9)
    return referents


def told(referents: Referents, span: Name, text: str, start: int) -> tuple[Reference, RawMention]:
    """What the `text` at this offset stands for, and its mention, where the source itself says what it means."""
    referents.told(span.means, span.type, start)
    form = "name" if text == span.means else "alias"
    mention = RawMention(start, start + len(text), text, span.type, 1.0, form, span.means)
    return Reference(span.means, span.type, 1.0), mention


def speaker_at(parse: Parse, turn: Turn | None, index: int, named: Iterable[tuple[int, str]]) -> Reference | None:
    """Whom the first or second person at this token means where it is known who speaks. `named` are the tokens of names
    with what they stand for."""
    return speaking(parse.low[index], turn, called(parse, index, named)) if turn is not None else None


def unsaid(parse: Parse, referents: Referents, index: int) -> list[Reference]:
    """Whom the verb at this token is said of where its sentence begins with it: the note that it stands in, or the
    speaker ("Wrote the scheduler.")."""
    place = index
    if referents.unsaid is None:
        return []
    while parse.dep[place] == "conj" and parse.pos[parse.head[place]] == "VERB":
        place = parse.head[place]
    if parse.head[place] != place or parse.tag[place] not in _FINITE:
        return []
    before = [token for token in range(place) if parse.sentence[token] == parse.sentence[place]]
    return [referents.unsaid] if all(parse.pos[token] in _NO_SUBJECT for token in before) else []


def with_subject(text: str) -> Iterator[tuple[int, Cleaned]]:
    """The sentences that begin with what may be a verb, plain nouns to a parser: "Reports to Ada." Each is told with a
    subject before it, and where it begins."""
    for match in _VERB_FIRST.finditer(text):
        sentence = match.group("sentence")
        words = _SUPPLIED + sentence[0].lower() + sentence[1:]
        cleaned = Cleaned(words, (0, 0), len(_SUPPLIED.rstrip()))
        cleaned._from, cleaned._to = [0, len(_SUPPLIED)], [0, 0]
        yield match.start("sentence"), cleaned


def begins_with_verb(parse: Parse) -> bool:
    """Is the second word the verb of the sentence, and the first, which we supplied, its subject?"""
    return len(parse) > 2 and parse.head[0] == 1 == parse.head[1] and parse.dep[0] == "nsubj" and parse.tag[1] == "VBZ"


def _questions(text: str, parse: Parse) -> list[tuple[int, int]]:
    """The spans of the sentences that ask."""
    spans: dict[int, tuple[int, int]] = {}
    for index, sentence in enumerate(parse.sentence):
        start, _ = spans.get(sentence, (parse.start[index], 0))
        spans[sentence] = (start, parse.end[index])
    return [span for span in spans.values() if text[span[0] : span[1]].rstrip(" \n\"'”’)").endswith("?")]


def attributed(triples: list[RawTriple], text: str, parse: Parse, turn: Turn | None) -> list[RawTriple]:
    """What a piece of the text says: as the speaker's word where there is one, without what is only asked."""
    if turn is None:
        return triples
    asked = _questions(text, parse)
    flags = {f"attributed:{turn.speaker}"} if turn.speaker else set()
    told = {"at": turn.at} if turn.at else {}
    return [
        replace(each, flags=tuple(sorted(flags | set(each.flags))), qualifiers={**told, **each.qualifiers})
        for each in triples
        if not any(start <= each.start < end for start, end in asked)
    ]


__all__ = ["attributed", "begins_with_verb", "referents_of", "speaker_at", "told", "unsaid", "with_subject"]
