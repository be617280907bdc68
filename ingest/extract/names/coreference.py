"""Within one document: which name a short form, a pronoun or "the film" stands for.

The document's title names its subject, and that is what most of them mean in an encyclopedia's text. Factors that
lower confidence: 1.0 a full name, 0.95 a short form, 0.9 a pronoun or nominal for the subject, 0.6 one for
something else.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from clew.graph.model import name_key
from clew.ingest.extract.names.cleaning import plain_title
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.word_lists import (
    EVENT_WORDS,
    FEMALE_NOUNS,
    MALE_NOUNS,
    ORGANISATION_WORDS,
    PLACE_WORDS,
    RANKS,
    noun_type,
)
from clew.ingest.structure.turns import Turn

HE, SHE = {"he", "him", "his", "himself"}, {"she", "her", "hers", "herself"}
IT, THEY = {"it", "its", "itself"}, {"they", "them", "their", "theirs"}
PRONOUNS = HE | SHE | IT | THEY
_THINGS = {"WORK", "ORGANISATION", "PRODUCT"}
_ROMAN = re.compile(r"[ivx]{1,5}")
_INITIAL = re.compile(r"\w\.?(?:\w\.)*")
_ANY = {"company", "firm", "organisation", "organization", "business", "corporation"}  # may be said of any
_NOT_SHORT = {"the", "a", "an", "of", "and", "in", "on", "to", "for", "at", "de", "von", "van", "st", "jr", "sr"}


class Reference(NamedTuple):
    """What a word stands for, with the factor by which that is less certain than a full name."""

    name: str
    type: str
    factor: float


class Referents:
    """What the document has spoken of so far."""

    def __init__(self, title: str, *, record: bool = True, scope: str = "") -> None:
        """`title` names the document's subject, if it has one; of a `record`, such as an encyclopedia's article, that
        is what most pronouns mean. `scope` is what the document is called."""
        self.title, self.record, self.scope = title, record, scope
        self.type = ""
        self.gender = ""
        self.nouns: set[str] = set()
        self.plain = plain_title(title)
        self._short = _short_forms(self.plain)
        self._full: dict[str, str] = {name_key(self.plain): title, name_key(title): title} if title else {}
        self._last: dict[str, list[str]] = {}
        self._bare: dict[str, list[str]] = {}
        self._classes: dict[str, list[str]] = {}
        self.genders: dict[str, str] = {}
        self.terms: set[str] = set()
        self.centre: list[Reference] = []  # what the last sentence of the paragraph before was about
        self._spoken: list[tuple[int, str, str]] = []  # offset, name, type
        self._they = False
        self.headings = 0  # mentions of the title that are no part of a sentence
        self.turn: Turn | None = None  # who speaks where the document is being read
        self.unsaid: Reference | None = None  # of whom sentences without a subject are said
        self._named = 0

    def learn_subject(self, parse: Parse, after: int, *, dated: bool) -> None:
        """The title's type, gender and class nouns, as the document's first sentence tells them."""
        noun = _class_noun(parse, after)
        if noun >= 0:
            self.nouns = {parse.low[noun], parse.lemma[noun]}
            self.type = noun_type(parse.low[noun]) or noun_type(parse.lemma[noun])
        low = parse.low
        gendered = next((word for word in low if word in {"he", "she", "his", "her"}), "")
        words = self.nouns & (FEMALE_NOUNS | MALE_NOUNS)
        if words:
            self.gender = "she" if words & FEMALE_NOUNS else "he"
        elif gendered:
            self.gender = "she" if gendered in SHE else "he"
        if not self.type and not RANKS.isdisjoint(parse.words[after + 1 : after + 8]):
            self.type = "PERSON"
        if not self.type and (dated or (gendered and low[0] in {"he", "she"})):
            self.type = "PERSON"
        if noun < 0 and not self.type:
            self._named_for_what_it_is()
        self._they = "are" in low[after : after + 2] or "were" in low[after : after + 2]

    def _named_for_what_it_is(self) -> None:
        """Acme Company is a company, Trakai Castle a castle."""
        words = self.plain.split()
        for vocabulary, kind in ((EVENT_WORDS, "EVENT"), (ORGANISATION_WORDS, "ORGANISATION"), (PLACE_WORDS, "PLACE")):
            if len(words) > 1 and not vocabulary.isdisjoint(words):
                self.type = kind
        if len(words) > 1 and words[-1] in ORGANISATION_WORDS | PLACE_WORDS | EVENT_WORDS:
            self.nouns = {words[-1].lower()}

    def name(self, text: str, kind: str, offset: int) -> tuple[str, str, str]:
        """(resolved name, type, form) of a named mention; the document remembers it."""
        key = name_key(text)
        resolved, form = self._full.get(key, ""), "name"
        if resolved and name_key(resolved) != key:
            form = "alias"
        person = self.type == "PERSON" or (not self.type and kind == "PERSON")
        if not resolved and self.title and key in self._short and (person or " " in key):
            resolved, form = self.title, "alias"
        if not resolved and kind in {"PERSON", "OTHER"} and (fuller := self._fuller(key)):
            resolved, form = fuller, "alias"
        if not resolved:
            resolved = text
            self._full[key] = text
            if kind == "PERSON":
                self._remember(key, text)
        if resolved == self.title and self.title:
            kind = self.type or kind
            self._named += 1
        self._spoken.append((offset, resolved, kind))
        return resolved, kind, form

    def _remember(self, key: str, text: str) -> None:
        """A person's full name may be shortened to its last part, or written with or without initials."""
        parts = key.split()
        if 2 <= len(parts) <= 5 and "of" not in parts and parts[-1] not in _NOT_SHORT:
            self._last.setdefault(parts[-1], []).append(text)
            self._bare.setdefault(_bare(parts), []).append(text)

    def _fuller(self, key: str) -> str:
        """The one name that this is short for: "Asare" and "K. Asare" for Kwabena Asare, "Arvid Solheim" for K. T.
        Arvid Solheim; empty where there is none, or more than one."""
        parts = key.split()
        found = self._last.get(parts[-1], []) if len(parts) == 1 else []
        if len(parts) > 1:
            found = self._bare.get(_bare(parts), [])
            if all(_INITIAL.fullmatch(part) for part in parts[:-1]):
                letters = [part[0] for part in parts[:-1]]
                known = self._last.get(parts[-1], [])
                found = [name for name in known if _initials(name)[: len(letters)] == letters] if known else found
        return found[0] if len(set(found)) == 1 else ""

    def alias(self, text: str) -> None:
        """From here on, `text` is another name of the title."""
        if self.title:
            self._full.setdefault(name_key(text), self.title)

    def define(self, term: str, name: str) -> None:
        """From here on, the term is another name of what goes by the name."""
        self._full[name_key(term)] = name

    def told(self, name: str, kind: str, offset: int) -> None:
        """The source itself says that this entity is named here."""
        self._full.setdefault(name_key(name), name)
        self._spoken.append((offset, name, kind))

    def classify(self, name: str, noun: str) -> None:
        """The document calls the bearer of the name a NOUN, so that "the NOUN" may mean it."""
        known = self._classes.setdefault(noun, [])
        if name not in known:
            known.append(name)

    def gender_of(self, name: str) -> str:
        """`he`, `she` or, where the document does not tell, empty."""
        return self.genders.get(name, "") or (self.gender if name == self.title else "")

    @property
    def spoken_of(self) -> bool:
        """Does the text speak of its title? A heading such as "People" is nobody."""
        return bool(self.type) or self._named > self.headings

    def title_for(self, word: str) -> Reference | None:
        """The document's subject, where a third-person pronoun may stand for it."""
        person = word in HE or word in SHE
        if not self.title:
            return None
        if word in THEY:
            group = self._they or self.type == "ORGANISATION"
            return Reference(self.title, self.type or "ORGANISATION", 0.85) if group else None
        if self._is_subject(word, person):
            return Reference(self.title, self.type or ("PERSON" if person else "OTHER"), 0.9)
        return None

    def carried(self, word: str) -> Reference | None:
        """What the paragraph before was about, where the pronoun may stand for it."""
        if len(self.centre) != 1:
            return None
        centre = self.centre[0]
        if word in THEY:
            fits = centre.type == "ORGANISATION"
        elif word in IT:
            fits = centre.type != "PERSON"
        else:
            wanted = "he" if word in HE else "she"
            fits = centre.type == "PERSON" and self.gender_of(centre.name) in {"", wanted}
        return centre._replace(factor=centre.factor * 0.8) if fits else None

    def _is_subject(self, word: str, person: bool) -> bool:
        if not person:
            return self.type != "PERSON"
        if self.type not in {"PERSON", ""}:
            return False
        return not self.gender or (self.gender == "she") == (word in SHE)

    def nominal(self, noun: str, offset: int, *, bare: bool = True) -> Reference | None:
        """What "the NOUN" or "this NOUN" stands for: the title where it is one, else (where it is `bare` of other
        words) the one thing that is called so or is named after it; nothing where there are several."""
        kind = noun_type(noun)
        if self.title and (noun in self.nouns or (self.record and kind == self.type and kind in _THINGS)):
            return Reference(self.title, self.type or kind or "OTHER", 0.9)
        if not bare:
            return None
        for found, factor in ((self._named_after(noun, offset), 0.7), (self._called(noun, kind, offset), 0.65)):
            if found:
                only = len({name for name, _ in found}) == 1 or self.record
                return Reference(*found[-1], factor) if only else None
        return None

    def _named_after(self, noun: str, offset: int) -> list[tuple[str, str]]:
        """ "The treaty" is the Treaty of Tordesillas."""
        if noun_type(noun) == "PERSON":
            return []
        found = []
        for at, name, kind in self._spoken[-12:]:
            words = name.casefold().split(" of ")[0].split()
            if at < offset and len(name.split()) > 1 and noun in {words[0], words[-1]}:
                found.append((name, kind))
        return found

    def _called(self, noun: str, kind: str, offset: int) -> list[tuple[str, str]]:
        """What the document calls a NOUN; where a noun such as "company" fits any of its kind, those."""
        kinds = {name: spoken for at, name, spoken in self._spoken if at < offset}
        called = [(name, kinds[name]) for name in self._classes.get(noun, ()) if name in kinds]
        if called or kind not in _THINGS or not (noun in _ANY or self.record):
            return called
        recent = self._spoken[-6:] if self.record else self._spoken
        return [(name, spoken) for at, name, spoken in recent if at < offset and spoken == kind]


def _bare(parts: list[str]) -> str:
    """The name without initials; its last part is none."""
    return " ".join(part for part in (*parts[:-1], "") if not _INITIAL.fullmatch(part)) + parts[-1]


def _initials(name: str) -> list[str]:
    return [part[0] for part in name_key(name).split()[:-1]]


def _short_forms(plain: str) -> set[str]:
    """Keys of the shorter names that a text may use for its title."""
    key = name_key(plain)
    words = key.split()
    forms = set()
    head = key.split(",")[0].split(":")[0].strip()
    if head != key:
        forms.add(head)
    bare = [word for word in head.split(" of ")[0].split() if not _ROMAN.fullmatch(word)]
    if " of " in head:  # "Francis of Denmark" is never called Denmark
        forms |= {head.split(" of ")[0], " ".join(bare), *bare[:1]} if len(bare) <= 3 else set()
    elif 2 <= len(head.split()) <= 5:
        short = head.split()
        forms |= {short[0], short[-1], " ".join(short[:2]) if len(short) > 2 else short[0]}
    return {form for form in forms if form and form not in _NOT_SHORT and len(form) > 1 and words}


def _class_noun(parse: Parse, after: int) -> int:
    """The noun that says what the subject is: the last of the first run of nouns after "is a" ..."""
    size = min(len(parse), after + 40)
    index = after
    while index < size and parse.low[index] not in {"is", "was", "are", "were"}:
        index += 1
    found = -1
    while index + 1 < size:
        index += 1
        pos = parse.pos[index]
        if (
            pos == "NOUN"
            or (pos in {"PROPN", "VERB", "ADJ"} and found >= 0 and noun_type(parse.low[index]))
            or (pos == "PROPN" and noun_type(parse.low[index]))
        ):
            found = index
        elif (
            (found >= 0 and pos not in {"PUNCT", "ADJ"})
            or (parse.words[index] == "," and found >= 0)
            or pos in {"VERB", "PRON"}
        ):
            break
    if found >= 0 and parse.low[found] in {"one", "name", "member", "part", "type", "kind"}:
        return -1
    return found
