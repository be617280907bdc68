"""Key-value lines as facts of what they stand under; lists under a key or heading likewise."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clew.graph.model import name_key
from clew.ingest.structure.blocks import Block, Span
from clew.ingest.structure.facts.facts import Facts, Passage
from clew.ingest.structure.facts.outline import Outline, Subject
from clew.ingest.structure.facts.phrases import NameSpan, Phrase, is_code, looks_named
from clew.ingest.structure.facts.wording import only_names, relation, tails, tidy

_NONE = Phrase()
_DEFINES = re.compile(r"an? (?=\w)", re.IGNORECASE)
_PART = re.compile(r"(?! )[^,;]+")
_LONG = 4  # words of a value above which it is read as prose too
_LONGEST_ITEM = 160


def asked_of_pair(text: str, block: Block) -> Iterator[str]:
    """The words of a pair that must be known as phrases."""
    yield _key(text, block)
    value = text[slice(*block.value)]
    if value:
        yield value
    if "," in value or ";" in value:
        yield from (value[start:end] for start, end in parts_of(value))


def parts_of(words: str) -> list[Span]:
    """What commas and semicolons part."""
    return [(match.start(), match.end()) for match in _PART.finditer(words)]


def _key(text: str, block: Block) -> str:
    return " ".join((block.name or text[slice(*block.key)]).split())


@dataclass(slots=True)
class PairReader:
    """Reads the pairs and lists of one document. `known` holds the keys of names that its tables and headings give."""

    outline: Outline
    phrases: Mapping[str, Phrase]
    known: Mapping[str, str]
    facts: Facts
    fallback: Subject

    def read(self, block: Block, following: Sequence[Block]) -> None:
        """What the pair states is added; what it says in sentences is left as passages."""
        text = self.outline.text
        key, value = _key(text, block), text[slice(*block.value)]
        head = self._head(block)
        if block.place == "front matter":
            self._front(block, key, value, head)
            return
        if block.place == "mail header":
            if not block.quoted:
                self._header(key, block, value, head)
            return
        asked = self.phrases.get(key, _NONE)
        if not value.strip():
            self._list(relation(key), head, block, following, asked)
            return
        self._line(block, key, asked, self._said(value), head)

    def _said(self, value: str) -> Phrase:
        """The value as a phrase. Capitalised words are a name, even where one looks like a verb: "Kalder Works"."""
        said = self.phrases.get(value, _NONE)
        if said.form != "noun" and looks_named(value) and 1 < len(value.split()) < 6 and value[-1].isalnum():
            return Phrase("noun", (NameSpan(0, len(value), "OTHER"),), (0, len(value)))
        return said

    def _header(self, key: str, block: Block, value: str, head: Subject) -> None:
        if head.span[0] < block.value[0] or head.span[1] > block.value[1]:  # the line that names the subject
            self._state(head, relation(key), block, self._said(value))

    def _front(self, block: Block, key: str, value: str, head: Subject) -> None:
        if name_key(value) != name_key(head.name):
            self._state(head, relation(key), block, self._said(value))

    def _line(self, block: Block, key: str, asked: Phrase, said: Phrase, head: Subject) -> None:
        defined = said.form == "noun" and _DEFINES.match(self.outline.text, block.value[0]) is not None
        named = defined or self._named(key, asked, said)
        if asked.form == "clause" or (said.form == "clause" and not named):
            self._passage(block, block.start, block.end)
            return
        if block.quoted and self.outline.addressed:  # what the letter before said is not this one's
            self._passage(block, block.start, block.end)
            return
        if named:
            subject = Subject(self.known.get(name_key(key), key), block.key)
            self.facts.mention(block.key, subject.name, _kind(key, asked))
            self._said_of(block, subject, said)
            return
        attribute = asked.form == "noun" or asked.tag == "VB" or _ends_in_preposition(key)
        if not attribute and said.form != "noun":
            self._passage(block, block.start, block.end)
            return
        if said.form == "order":
            self._passage(block, *block.value)
            return
        self._state(head, relation(key), block, said)

    def _said_of(self, block: Block, subject: Subject, said: Phrase) -> None:
        """A line behind a name and a colon is said of that name."""
        text, (start, end) = self.outline.text, block.value
        if said.form == "noun":
            aspect = relation(self.outline.aspect(block)) if self.outline.aspect(block) else ""
            person = self.facts.mentions[-1].type == "PERSON" if self.facts.mentions else False
            defined = _DEFINES.match(text, start)
            role = defined or (person and not said.names and text[start].islower())
            start = defined.end() if defined else start
            for tail in tails(text[start:end], _NONE if defined else said):
                self.facts.state(subject, "is a" if role else aspect, tail, start, (block.start, block.end))
            if len(text[start:end].split()) > _LONG and not only_names(text[start:end], said):
                self._passage(block, start, end, subject=subject)
            return
        for first, last, phrase in self._predicates(start, end, said):
            opening = opening_of(phrase) if phrase.form == "predicate" else ""
            self._passage(block, first, last, subject=subject, opening=opening, named=block.key if opening else (0, 0))

    def _predicates(self, start: int, end: int, said: Phrase) -> list[tuple[int, int, Phrase]]:
        """The value, cut at its commas where each part says something of the subject: "led by A, based in B"."""
        words = self.outline.text[start:end]
        parts = [(start + a, start + b, self.phrases.get(words[a:b], _NONE)) for a, b in parts_of(words)]
        apart = said.form == "predicate" and all(phrase.form == "predicate" for *_, phrase in parts)
        return parts if apart else [(start, end, said)]

    def _state(self, head: Subject, word: str, block: Block, said: Phrase) -> None:
        text, (start, end) = self.outline.text, block.value
        value = text[start:end]
        for tail in tails(value, said):
            self.facts.state(head, word, tail, start, (block.start, block.end))
        if len(value.split()) > _LONG and not block.place and not only_names(value, said):
            self._passage(block, start, end)

    def _list(self, word: str, head: Subject, block: Block, following: Sequence[Block], asked: Phrase) -> None:
        """Items below a key are its values."""
        text = self.outline.text
        items = list(items_below(block, following))
        if not items or asked.form == "clause":
            self._passage(block, block.start, block.end)
            return
        for item in items:
            words = text[item.start : item.end]
            said = self.phrases.get(words, _NONE)
            if (
                said.form == "noun"
                and len(words) <= _LONGEST_ITEM
                and (only_names(words, said) or asked.form == "noun")
            ):
                for tail in tails(words, said):
                    self.facts.state(head, word, tail, item.start, (item.start, item.end))

    def read_heading(self, section_blocks: Sequence[Block], title: str) -> None:
        """Items that are no more than names, right below a heading of an aspect, are what the heading says of the
        subject: Dependencies, Members."""
        text = self.outline.text
        items = [block for block in section_blocks if block.kind == "item"]
        head = self._head(items[0]) if items else Subject()
        if not head.name or name_key(head.name) == name_key(title):
            return
        for item in items:
            words = text[item.start : item.end]
            said = self.phrases.get(words, _NONE)
            if only_names(words, said) or is_code(tidy(words)):
                for tail in tails(words, said):
                    self.facts.state(head, relation(title), tail, item.start, (item.start, item.end))

    def _head(self, block: Block) -> Subject:
        subject = self.outline.head(block)
        return subject if subject.name else self.fallback

    def _named(self, key: str, asked: Phrase, said: Phrase) -> bool:
        """Is the key a thing that the line is about, and not what it tells of one?"""
        if name_key(key) in self.known or is_code(key):
            return True
        whole = [name for name in asked.names if not key[: name.start].strip() and not key[name.end :].strip()]
        if not whole:
            return said.form == "predicate" and " " in key and looks_named(key)
        spoken = self.outline.text.count(key) > 1
        return " " in key or (spoken and said.form in {"predicate", "clause"})

    def _passage(
        self,
        block: Block,
        start: int,
        end: int,
        *,
        subject: Subject | None = None,
        opening: str = "",
        named: Span = (0, 0),
    ) -> None:
        silent = tuple(span for span in block.silent if start <= span[0] and span[1] <= end)
        about = self.outline.subject(block)
        own = subject or (None if about is self.outline.top else about)
        self.facts.passages.append(Passage(start, end, silent, own, opening, named))


def items_below(block: Block, following: Sequence[Block]) -> Iterator[Block]:
    """The items of the list that follows a key."""
    for item in following:
        if item.kind != "item" or item.level <= block.level or item.quoted != block.quoted:
            return
        if item.level == block.level + 1:
            yield item


def opening_of(phrase: Phrase) -> str:
    """What stands for the subject of a predicate that lacks it."""
    return "It is " if phrase.tag in {"VBN", "JJ"} else "It "


def _kind(key: str, asked: Phrase) -> str:
    return next((name.type for name in asked.names if name.end - name.start == len(key)), "OTHER")


def _ends_in_preposition(key: str) -> bool:
    """ "Approved by", "Made of"."""
    last = key.rsplit(maxsplit=1)[-1]
    return " " in key and last.islower() and len(last) <= 4


__all__ = ["PairReader", "asked_of_pair", "items_below", "opening_of"]
