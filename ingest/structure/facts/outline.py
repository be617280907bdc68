"""The sections of a document and what each is about: from title, headings and text together."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from clew.graph.model import Document, name_key
from clew.ingest.structure.blocks import Block, Span
from clew.ingest.structure.facts.phrases import Phrase, is_code, looks_named
from clew.ingest.structure.turns import Annotations

_NUMBERED = re.compile(r"(?:\(?\d{1,3}(?:\.\d{1,3}){0,4}[.)]?|[IVX]{1,5}\.|[A-Z]\.|(?:§|#)\s*\d+[.:]?)\s+(?=\S)")
_SITE = re.compile(r"\s+[|–—·»-]\s+")
_REPLY = re.compile(r"(?:(?:re|aw|fw|fwd|wg|sv|vs|antw|tr)\s*:\s*)+", re.IGNORECASE)
_LONGEST = 120


@dataclass(frozen=True, slots=True)
class Subject:
    """What a document or section is about: its name, other names that its heading gives it, and the heading's place (0,
    0: outside the text)."""

    name: str = ""
    span: Span = (0, 0)
    aliases: tuple[str, ...] = ()


@dataclass(slots=True)
class Section:
    """What stands under one heading, up to the next; `above` is the number of the section around it, -1 for none."""

    heading: Block | None
    start: int
    above: int = -1
    title: str = ""
    own: Subject | None = None  # where the section is about a thing of its own
    blocks: list[Block] = field(default_factory=list)


class Outline:
    """A document's blocks under its headings, each section with its subject. `named` is the document as its title or
    first heading names it; `top` the thing that it is about: the same, but for a title that is a sentence."""

    def __init__(self, document: Document, blocks: Sequence[Block]) -> None:
        self.document, self.text, self.blocks = document, document.text, blocks
        self.sections = _sections(document.text, blocks)
        self._starts = [section.start for section in self.sections]
        self.addressed = any(block.place == "mail header" for block in blocks[:8])
        self.named = self.top = _top(document, self.sections)

    def section(self, block: Block) -> Section:
        """The section that the block stands in; a heading stands in its own."""
        return self.sections[max(bisect_right(self._starts, block.start) - 1, 0)]

    def subject(self, block: Block) -> Subject:
        """What a block speaks of: the innermost section's own subject, else the document's."""
        section = self.section(block)
        while section.own is None and section.above >= 0:
            section = self.sections[section.above]
        return section.own or self.top

    def head(self, block: Block) -> Subject:
        """Of what a key-value line or a list states something: the section's own thing, or the document as titled."""
        subject = self.subject(block)
        return self.named if subject is self.top else subject

    def aspect(self, block: Block) -> str:
        """The nearest heading above the block, as words."""
        return self.section(block).title

    def learn(self, phrases: Mapping[str, Phrase]) -> None:
        """The sections that are about a thing of their own know it; `phrases` are those of their titles."""
        self.top = self._thing(phrases)
        shared = _shared(self.text, self.sections)
        coded = sum(is_code(section.title.split(" ")[0]) for section in self.sections)
        for number, section in enumerate(self.sections):
            if section.heading is None:
                continue
            if self.named.span[1] and section.heading.start <= self.named.span[0] < section.heading.end:
                section.own = None
            elif number in shared or self._is_thing(section, phrases.get(section.title)):
                section.own = subject_of_heading(section.title, section.heading, self.text, coded=coded > 1)

    def _thing(self, phrases: Mapping[str, Phrase]) -> Subject:
        """What the document is about: a title that is a sentence speaks of its first name, if the text does too."""
        title = self.named.name
        if self.document.annotations is not None:
            return self.named
        if not is_file(self.document) and not self.document.title:
            return Subject()  # a record's number: what its text speaks of is told there
        phrase = phrases.get(title)
        if phrase is None or phrase.form == "noun" or not is_file(self.document):
            return self.named
        for name in phrase.names[:1]:
            words = title[name.start : name.end]
            at = self.named.span[0] + name.start
            if not name.start and self.text.count(words) > 1:
                return Subject(words, (at, at + len(words)) if self.named.span[1] else (0, 0))
        return Subject()

    def _is_thing(self, section: Section, phrase: Phrase | None) -> bool:
        """Is this heading the name of a thing, and not of an aspect of one ("Background")?"""
        words = section.title
        if is_code(words.split()[0]) and any(char.isalpha() for char in words):
            return True
        for name in phrase.names if phrase else ():
            whole = name_key(words[name.start : name.end]) == name_key(words)
            if whole and " " in words and name.type in {"PERSON", "ORGANISATION", "PLACE"}:
                return True
        return _spoken_of(words, section, self.text)


def _sections(text: str, blocks: Sequence[Block]) -> list[Section]:
    sections = [Section(None, 0)]
    path: list[int] = []
    for block in blocks:
        if block.kind != "heading":
            sections[-1].blocks.append(block)
            continue
        while path and _level(sections[path[-1]]) >= block.level:
            path.pop()
        title = plain_heading(text[block.start : block.end])
        sections.append(Section(block, block.start, path[-1] if path else 0, title))
        path.append(len(sections) - 1)
    return sections


def _level(section: Section) -> int:
    return section.heading.level if section.heading is not None else 0


def plain_heading(words: str) -> str:
    """A heading's words without its number and the colon behind it."""
    words = " ".join(words.split())
    number = _NUMBERED.match(words)
    return words[number.end() if number else 0 :].rstrip(" :#") or words


def _top(document: Document, sections: Sequence[Section]) -> Subject:
    """The document's subject as far as title and headings tell."""
    told = document.annotations
    if isinstance(told, Annotations) and told.subject is not None:
        return Subject(told.subject)
    title = document.title.strip()
    headed = sections[1:]
    if header := _header(document.text, sections):
        return header
    if not is_file(document):
        return Subject(title) if title else _coded(document.text, sections)
    given = title if title and name_key(title) != name_key(stem_of(document)) else ""
    first = headed[0] if headed else None
    alone = first is not None and not any(_level(other) <= _level(first) for other in headed[1:])
    before = [block for block in sections[0].blocks if block.place != "front matter"]
    if first is not None and first.heading is not None:
        named = name_key(first.title)
        same = given and (named in name_key(given) or name_key(given) in named)
        if (alone and not before and (not given or same)) or (given and same):
            return subject_of_heading(first.title, first.heading, document.text)
    if given and len(given) <= _LONGEST:
        parts = _SITE.split(given)
        spoken = next((part for part in parts if part and part in document.text), "")
        return Subject(given if given in document.text or not spoken else spoken)
    return Subject()


def _coded(text: str, sections: Sequence[Section]) -> Subject:
    """A record without a title is known by the first of its fields that is an identifier or a number: "order 5081"."""
    for block in sections[-1].blocks:
        value = text[slice(*block.value)]
        if block.kind == "pair" and (is_code(value) or value.isdigit()):
            name = f"{' '.join(text[slice(*block.key)].split())} {value}" if value.isdigit() else value
            return Subject(name, block.value)
    return Subject()


def _header(text: str, sections: Sequence[Section]) -> Subject | None:
    """A letter is about what its subject line says."""
    for block in sections[0].blocks[:8]:
        if block.place == "mail header" and text[slice(*block.key)].casefold() in {"subject", "betreff", "objet"}:
            start, end = block.value
            start += len(text[start:end]) - len(_REPLY.sub("", text[start:end], count=1))
            return Subject(" ".join(text[start:end].split()), (start, end)) if text[start:end].strip() else None
    return None


def is_file(document: Document) -> bool:
    """Is the document a file of its own, whose title may be no more than the file's name?"""
    return document.uri.startswith("file:") and ("#" not in document.uri or "#row=" in document.uri)


def stem_of(document: Document) -> str:
    """The file's name as words."""
    name = PurePosixPath(unquote(urlsplit(document.uri).path)).name.removesuffix(".gz")
    return PurePosixPath(name).stem.replace("_", " ").strip()


def subject_of_heading(title: str, heading: Block, text: str, *, coded: bool = False) -> Subject:
    """The thing that a heading names. One that begins with an identifier, which the text uses or as others do
    (`coded`), is known by that: GEO204 Field Methods."""
    first, _, rest = title.partition(" ")
    first = first.rstrip(":")
    span = heading.start, heading.end
    at = text.find(title, *span)
    if at >= 0:
        span = at, at + len(title)
    if rest and is_code(first) and (coded or text.count(first) > 1):
        return Subject(first, (span[0], span[0] + len(first)), (title, rest.strip(" :–—-")))
    return Subject(title[:_LONGEST], span)


def _shared(text: str, sections: Sequence[Section]) -> set[int]:
    """Numbers of sections that are described like their neighbours: two or more under one heading with the same key."""
    keys: dict[int, set[str]] = {
        number: {name_key(text[slice(*block.key)]) for block in section.blocks if block.kind == "pair"}
        for number, section in enumerate(sections)
        if section.heading is not None
    }
    groups: dict[tuple[int, int], list[int]] = {}
    for number in keys:
        groups.setdefault((sections[number].above, _level(sections[number])), []).append(number)
    found: set[int] = set()
    for group in groups.values():
        counts = Counter(key for number in group for key in keys[number])
        found |= {number for number in group if any(counts[key] > 1 for key in keys[number])}
    return found


def _spoken_of(words: str, section: Section, text: str) -> bool:
    """Does the section's own text use the heading as a name: in the same letters, and not only to begin a sentence?"""
    if not words[0].isupper() or len(words) > _LONGEST:
        return False
    several = len(words.split()) > 1 and looks_named(words)
    for block in section.blocks:
        if block.kind not in {"paragraph", "item", "pair"}:
            continue
        at = text.find(words, block.start, block.end)
        while at >= 0:
            after = text[at + len(words) : at + len(words) + 1]
            if not after.isalnum() and (several or _inside(text, block.start, at)):
                return True
            at = text.find(words, at + 1, block.end)
    return False


def _inside(text: str, start: int, at: int) -> bool:
    """Does what stands here stand inside a sentence?"""
    before = text[start:at].rstrip()
    return bool(before) and before[-1] not in '.!?:;"“('


__all__ = ["Outline", "Section", "Subject", "is_file", "plain_heading", "stem_of", "subject_of_heading"]
