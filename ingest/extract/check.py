"""What somebody claims to have read in a text, checked against it: found with its place, or rejected and counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NamedTuple

from clew.graph.model import Document, Value, name_key
from clew.ingest.extract.names.cleaning import plain_title
from clew.ingest.extract.names.coreference import PRONOUNS, Referents
from clew.ingest.extract.names.dates import typed_value
from clew.ingest.extract.quotations import Searched, Span
from clew.ingest.extract.relation_names import relation_name
from clew.ingest.extract.types import TYPES, Extraction, RawMention, RawTriple

_ENTITIES, _TRIPLES, _OTHERS = 200, 300, 20  # the most that is taken of one answer, and of one entity's other names
_PLACES = 50  # mentions of one name in one passage
_LONGEST = 200  # characters of a name; a value may have twice as many
_WORD = re.compile(r"\w+")
_SYNONYMS = {
    **dict.fromkeys(("PER", "HUMAN", "CHARACTER"), "PERSON"),
    **dict.fromkeys(("ORG", "ORGANIZATION", "COMPANY", "GROUP", "BAND"), "ORGANISATION"),
    **dict.fromkeys(("LOC", "LOCATION", "GPE", "CITY", "COUNTRY"), "PLACE"),
    **dict.fromkeys(("FILM", "BOOK", "SONG", "ALBUM", "WORK_OF_ART", "CREATIVE WORK"), "WORK"),
}
SURE, LESS_SURE = 0.85, 0.7  # not calibrated: where both ends stand in the quote, and where one was resolved

Found = tuple[str | Value, str, bool]  # name or value, type, whether it stands in the quote


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of a document to read: `document.text[start : start + len(text)] == text`."""

    text: str
    start: int
    title: str = ""
    headings: tuple[str, ...] = ()


class _Entity(NamedTuple):
    name: str
    type: str
    forms: tuple[str, ...]  # as they stand in the text, the name first where it does


class Reject(Exception):  # noqa: N818 - it is no error of the program: it carries the reason
    """A claim that the text does not bear out."""


class Verifier:
    """One document's extraction while the answers about its passages come in, in the order of the text."""

    def __init__(self, document: Document, subject: str, relations: Sequence[str] = ()) -> None:
        self.document = document
        self.rejected: Counter[str] = Counter()
        self._subject = subject
        self._referents = Referents(subject)
        self._relations = {relation_name(each)[0] or each: each for each in relations}
        self._mentions: dict[tuple[int, int], RawMention] = {}
        self._triples: dict[tuple[Any, ...], RawTriple] = {}
        self._types: dict[str, Counter[str]] = {}

    def take(self, passage: Passage, answer: Mapping[str, Any]) -> None:
        """What the answer says of the passage is part of the extraction, as far as the text bears it out."""
        searched = Searched(passage.text)
        entities = self._entities(searched, passage, answer.get("entities"))
        for item in _items(answer.get("triples"), _TRIPLES):
            try:
                self._triple(searched, passage, entities, item)
            except Reject as reason:
                self.rejected[str(reason)] += 1

    def extraction(self) -> Extraction:
        """All that was taken, in the order of the text, each name with one type."""
        types = {name: max(sorted(kinds), key=lambda kind: kinds[kind]) for name, kinds in self._types.items()}
        mentions = [replace(each, type=types.get(each.name, each.type)) for each in self._mentions.values()]
        triples = [
            replace(
                each,
                head_type=types.get(each.head, each.head_type),
                tail_type=types.get(each.tail, each.tail_type) if isinstance(each.tail, str) else "",
            )
            for each in self._triples.values()
        ]
        return Extraction(
            tuple(sorted(mentions, key=lambda m: (m.start, m.end, m.name))),
            tuple(sorted(triples, key=lambda t: (t.start, t.end, t.head, t.relation, str(t.tail)))),
        )

    # -- entities --------------------------------------------------------------------------------------------------

    def _entities(self, searched: Searched, passage: Passage, claimed: Any) -> dict[str, _Entity]:
        """The entities that stand in the passage, by the key of each of their names; each place is a mention."""
        found: list[tuple[int, _Entity]] = []
        for item in _items(claimed, _ENTITIES):
            try:
                found.append(self._entity(searched, item))
            except Reject as reason:
                self.rejected[str(reason)] += 1
        by_key: dict[str, _Entity] = {}
        for at, entity in sorted(found, key=lambda each: (each[0], each[1].name)):
            name, kind, _ = self._referents.name(entity.name, entity.type, passage.start + at)
            kept = entity._replace(name=name, type=kind or entity.type)
            self._vote(kept)
            for form in (entity.name, *entity.forms):
                by_key.setdefault(name_key(form), kept)
        self._mention_all(searched, passage, by_key)
        return by_key

    def _entity(self, searched: Searched, item: Mapping[str, Any]) -> tuple[int, _Entity]:
        name = _text(item, "name", _LONGEST)
        kind = _type(item.get("type"))
        forms = [name, *_names(item.get("also"))]
        places = {form: searched.name(form) for form in forms}
        inside = {form: place for form, place in places.items() if place and form.lower() not in PRONOUNS}
        missing = sum(not place for form, place in places.items() if form != name)
        if missing:
            self.rejected["an entity's other name is not in the text"] += missing
        if not inside:
            if self._is_subject(name):
                return 0, _Entity(name, kind, ())
            raise Reject("an entity is not in the text")
        if name not in inside and not self._is_subject(name) and name not in self._types:
            name = max(inside, key=len)
        at = min(place[0] for place in inside.values() if place)
        return at, _Entity(name, kind, tuple(inside))

    def _mention_all(self, searched: Searched, passage: Passage, by_key: Mapping[str, _Entity]) -> None:
        """Every place of every form is a mention, the longer form where two overlap."""
        forms = {form: entity for entity in by_key.values() for form in entity.forms}
        taken = bytearray(len(searched.text))
        for form in sorted(forms, key=lambda form: (-len(form), form)):
            entity = forms[form]
            same = name_key(form) in {name_key(entity.name), name_key(plain_title(entity.name))}
            for start, end in islice(searched.names(form), _PLACES):
                if not any(taken[start:end]):
                    taken[start:end] = b"\1" * (end - start)
                    self._mention(passage, (start, end), entity, "name" if same else "alias", SURE)

    def _mention(self, passage: Passage, span: Span, entity: _Entity, form: str, confidence: float) -> None:
        start, end = passage.start + span[0], passage.start + span[1]
        text = self.document.text[start:end]
        self._mentions.setdefault(
            (start, end), RawMention(start, end, text, entity.type, confidence, form, entity.name)
        )

    def _vote(self, entity: _Entity) -> None:
        self._types.setdefault(entity.name, Counter())[entity.type] += 1 if entity.type == "OTHER" else 10

    def _is_subject(self, name: str) -> bool:
        subject = self._subject
        return bool(subject) and name_key(name) in {name_key(subject), name_key(plain_title(subject))}

    # -- triples ---------------------------------------------------------------------------------------------------

    def _triple(
        self, searched: Searched, passage: Passage, entities: Mapping[str, _Entity], item: Mapping[str, Any]
    ) -> None:
        head, tail = _text(item, "head", _LONGEST), _text(item, "tail", 2 * _LONGEST)
        quote = searched.quote(_text(item, "quote", len(passage.text) + 100))
        if quote is None:
            raise Reject("the quote is not in the text")
        words = {word[0].lower() for word in _WORD.finditer(searched.text, *quote)}
        relation, denied = self._relation(_text(item, "relation", _LONGEST), words)
        start = self._end(searched, entities, head, quote, "head")
        end = self._tail(searched, entities, tail, quote, value=item.get("tail_kind") == "value" or relation == "is a")
        if not (start[2] or end[2]):
            raise Reject("the quote names neither head nor tail")
        name = start[0]
        if not isinstance(name, str) or name == end[0]:
            raise Reject("head and tail are the same" if name == end[0] else "the head is no entity")
        resolved = not start[2] and self._pronoun(searched, passage, quote, name, start[1])
        flags = [flag for flag in ("negated", "hedged") if item.get(flag) is True or (flag == "negated" and denied)]
        sure = SURE if start[2] and end[2] else (SURE + LESS_SURE) / 2 if resolved else LESS_SURE
        span = passage.start + quote[0], passage.start + quote[1]
        triple = RawTriple(name, start[1], relation, end[0], end[1], *span, sure, tuple(flags))
        tail_key = end[0] if isinstance(end[0], str) else end[0].id
        self._triples.setdefault((name, relation, tail_key, span, triple.flags), triple)

    def _relation(self, text: str, said: Collection[str]) -> tuple[str, bool]:
        relation, denied = relation_name(text, said)
        if not relation:
            raise Reject("the relation is empty or too long")
        if not self._relations:
            return relation, denied
        if relation not in self._relations:
            raise Reject("the relation is not one of those asked for")
        return self._relations[relation], denied

    def _tail(
        self, searched: Searched, entities: Mapping[str, _Entity], text: str, quote: Span, *, value: bool
    ) -> Found:
        known = name_key(text) in entities and not value
        typed = None if known else typed_value(text)
        if not value and typed is None:
            return self._end(searched, entities, text, quote, "tail")
        place = searched.name(text, quote)
        if place is None:
            raise Reject("the tail is not in the text")
        return typed or Value(searched.text[slice(*place)]), "", _inside(place, quote)

    def _end(self, searched: Searched, entities: Mapping[str, _Entity], text: str, quote: Span, which: str) -> Found:
        """The entity that a head or tail names."""
        entity = entities.get(name_key(text))
        forms = dict.fromkeys((text, *(entity.forms if entity else ())))
        places = [place for form in forms if (place := searched.name(form, quote))]
        inside = any(_inside(place, quote) for place in places)
        if entity is not None:
            return entity.name, entity.type, inside
        if self._is_subject(text):
            return self._subject, "OTHER", inside
        if not places or len(text) > _LONGEST:
            raise Reject(f"the {which} is not in the text")
        if text.lower() in PRONOUNS or not _WORD.search(text) or typed_value(text) is not None:
            raise Reject(f"the {which} is no name")
        return searched.text[slice(*places[0])], "OTHER", inside

    def _pronoun(self, searched: Searched, passage: Passage, quote: Span, name: str, kind: str) -> bool:
        """Where the quote has one pronoun and no other, it stands for the name, and is a mention of it."""
        words = [word for word in _WORD.finditer(searched.text, *quote) if word[0].lower() in PRONOUNS]
        if len({word[0].lower() for word in words}) != 1:
            return False
        self._mention(passage, words[0].span(), _Entity(name, kind, ()), "pronoun", LESS_SURE)
        return True


def _inside(place: Span, quote: Span) -> bool:
    return quote[0] <= place[0] and place[1] <= quote[1]


def _items(value: Any, most: int) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; what is no object is passed on as an empty one, to be rejected."""
    for item in value[:most] if isinstance(value, list) else ():
        yield item if isinstance(item, dict) else {}


def _type(value: Any) -> str:
    """The type that is meant: models without a schema say it their own way."""
    kind = value.strip().upper() if isinstance(value, str) else ""
    kind = _SYNONYMS.get(kind, kind)
    return kind if kind in TYPES else "OTHER"


def _names(value: Any) -> list[str]:
    """The texts of a list that can be names."""
    texts = [each.strip() for each in value[:_OTHERS] if isinstance(each, str)] if isinstance(value, list) else []
    return [text for text in texts if 0 < len(text) <= _LONGEST]


def _text(item: Mapping[str, Any], name: str, most: int) -> str:
    value = item.get(name)
    text = " ".join(value.split()) if isinstance(value, str) and name != "quote" else value
    if not isinstance(text, str) or not text.strip() or len(text) > most:
        raise Reject("a part is missing, too long or of the wrong kind")
    return text.strip()


__all__ = ["Passage", "Verifier"]
