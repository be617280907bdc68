"""Common nouns that a document treats as things of its own: "the payroll service", "dental insurance".

A noun phrase is a thing where it is definite or names a kind ("Mentors are not paid"), never where it is indefinite.
What a lone definite noun means depends on the document ("the deposit", "the patient"), so its name says which one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clew.ingest.extract.facts.tense import is_tense_word
from clew.ingest.extract.names.coreference import PRONOUNS, Reference
from clew.ingest.extract.names.pronouns import TIMES
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.word_lists import VAGUE, noun_type

FACTOR = 0.85  # how sure it is that the phrase is one thing
LONGEST = 9  # tokens of a name behind its noun
LONGEST_VALUE = 16
_DEFINITE = frozenset({"the", "this", "these"})
_BEFORE = frozenset({"amod", "compound", "nummod", "nmod", "advmod", "goeswith", "flat", "obl", "case", "punct"})
_OWN = frozenset({"the", "a", "an", "this", "these", "no", "any", "its", "their", "his", "her", "our", "my", "your"})
_OURS = frozenset({"our", "my"})
_STOPS = frozenset({",", ";", ":", "(", ")", '"', "“", "”"})
_OTHER_STATEMENTS = frozenset({"acl:relcl", "appos", "parataxis"})


@dataclass(frozen=True, slots=True)
class Page:
    """What phrases are made of: the document's text, a parse with offsets in it, which tokens are dates, and what the
    document is called."""

    text: str
    parse: Parse
    date_at: Sequence[int]
    scope: str

    def words(self, first: int, last: int) -> str:
        """The text from token to token, single-spaced."""
        return " ".join(self.text[self.parse.start[first] : self.parse.end[last]].split())


def left_edge(page: Page, noun: int) -> int:
    """The first token of the modifiers right before a noun, without determiners and pronouns."""
    parse = page.parse
    first = noun
    while first > 0 and parse.sentence[first - 1] == parse.sentence[noun]:
        before = first - 1
        if parse.words[before] == "-" and before and parse.start[first] - parse.end[before] <= 1:
            first = before - 1
            continue
        if parse.tag[before] == "POS" and parse.head[before] < before:  # "a doctor's certificate"
            first = before
            continue
        climbs = parse.head[before] in range(before + 1, noun + 1)
        if not climbs or parse.dep[before].split(":")[0] not in _BEFORE or parse.words[before] in _STOPS:
            break
        if parse.dep[before] == "case" and parse.tag[before] != "POS":
            break
        first = before
    while first < noun and (parse.low[first] in _OWN or is_tense_word(parse, first) or parse.tag[first] == "POS"):
        first += 1
    return first


def right_edge(page: Page, noun: int, longest: int) -> int:
    """The last token of the prepositional phrases right behind a noun; a date alone belongs to the clause."""
    parse = page.parse
    last = noun
    for kid in parse.kids[noun]:
        low, high = parse.subtree(kid)
        if kid < noun:
            continue
        if parse.dep[kid] not in {"flat", "compound", "nummod"}:
            dated = page.date_at[kid] >= 0 and parse.case(kid) != "of"
            if parse.dep[kid] not in {"nmod", "nmod:unmarked"} or dated or _speaks(parse, low, high):
                break
        if low != last + 1 or high - noun > longest:
            break
        last = high - 1
    return last


def _speaks(parse: Parse, low: int, high: int) -> bool:
    """Does the phrase hold a clause, or marks that part it?"""
    return any(
        parse.dep[token] in _OTHER_STATEMENTS or parse.words[token] in _STOPS or parse.pos[token] == "AUX"
        for token in range(low, high)
    )


def value_text(page: Page, noun: int) -> str:
    """The phrase of a noun with its modifiers and prepositional phrases, without its determiner."""
    return page.words(left_edge(page, noun), right_edge(page, noun, LONGEST_VALUE))


def is_definite(parse: Parse, noun: int) -> bool:
    """Does the phrase begin with "the" or "this"?"""
    determiner = parse.child(noun, "det")
    return determiner >= 0 and parse.low[determiner] in _DEFINITE


def thing(page: Page, noun: int) -> Reference | None:
    """The thing that a common noun phrase names; None where it names none."""
    parse = page.parse
    if not _nominal(page, noun):
        return None
    ours = _is_ours(parse, noun)
    definite = is_definite(parse, noun) or ours
    first, last = left_edge(page, noun), right_edge(page, noun, LONGEST)
    if not definite and (parse.child(noun, "det") >= 0 or parse.child(noun, "nummod") >= 0):
        return None
    name = page.words(first, last)
    begins = first == 0 or parse.sentence[first - 1] != parse.sentence[first]
    if begins and parse.pos[first] != "PROPN" and parse.words[first][1:].islower():
        name = name[0].lower() + name[1:]
    kind = noun_type(parse.low[noun]) or noun_type(parse.lemma[noun].lower())
    if definite and (first == last or kind == "PERSON" or ours):
        name = f"{name} ({page.scope})" if page.scope else ""
    return Reference(name, kind or "OTHER", FACTOR) if name else None


def _nominal(page: Page, noun: int) -> bool:
    parse = page.parse
    if parse.pos[noun] != "NOUN" or page.date_at[noun] >= 0 or parse.low[noun] in PRONOUNS:
        return False
    if (parse.lemma[noun] in VAGUE and _of_something(parse, noun)) or parse.lemma[noun] in TIMES:
        return False
    if len(parse.words[noun]) < 3:
        return False
    if not parse.words[noun][0].isalpha() or parse.child(noun, "cop") >= 0:
        return False
    owner = parse.child(noun, "nmod:poss")
    return owner < 0 or parse.pos[owner] in {"NOUN", "PROPN"} or parse.low[owner] in _OURS


def _of_something(parse: Parse, noun: int) -> bool:
    """ "A number of Germans" is no thing, "the parts" are."""
    return any(parse.dep[kid] == "nmod" and parse.case(kid) in {"of", ""} for kid in parse.kids[noun])


def _is_ours(parse: Parse, noun: int) -> bool:
    """Is it the writer's: "our landlord", "my car"?"""
    owner = parse.child(noun, "nmod:poss")
    return owner >= 0 and parse.low[owner] in _OURS


def telling(parse: Parse, noun: int) -> bool:
    """Is a definite phrase, spoken of as an object, as good as a name: "the payroll service", "the Hamburg office"?"""
    if not is_definite(parse, noun) or noun_type(parse.low[noun]) == "PERSON":
        return False
    return any(kid == noun - 1 and parse.dep[kid] == "compound" for kid in parse.kids[noun])
