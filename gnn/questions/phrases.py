"""The phrases that word one step of a path: from the lexicon where a relation's name is known, else from the name."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from clew.gnn.questions.grammar import article, base_form, looks_past, words
from clew.gnn.questions.lexicon.lexicon import WORKS, Concept
from clew.gnn.questions.lexicon.lives import LIVES
from clew.gnn.questions.lexicon.people import PEOPLE
from clew.gnn.questions.lexicon.things import THINGS
from clew.gnn.questions.lexicon.world import WORLD

KINDS: dict[str, tuple[str, ...]] = {
    "film": ("film", "movie", "film", "movie", "picture", "motion picture", "flick"), "person": ("person",),
    "work": ("work", "title"), "book": ("book", "novel"), "song": ("song", "track"), "album": ("album", "record"),
    "place": ("place", "location"), "country": ("country",), "year": ("year",), "date": ("date",),
    "number": ("number",), "company": ("company", "organization"), "genre": ("genre",), "language": ("language",),
    "topic": ("topic",), "school": ("school",), "award": ("award", "prize"), "team": ("team",), "group": ("group",),
    "event": ("event",), "profession": ("profession", "job"), "thing": ("thing",),
}  # fmt: skip
_VOTING = {"film", "person", "book", "song", "album", "company", "country", "school", "award", "team"}


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One direction of a relation, from A to B; compared by identity, so that it is a cheap key.

    `kind` is B's class, `from_kind` A's; `nouns` say what B is to A;
    `predicates` are said of B and hold A as `{}`; `gaps` are said of A and lack B at their end; `asks` ask for B;
    `keys` are the words a search box would get; `co` names two B of one A."""

    kind: str
    from_kind: str
    nouns: tuple[str, ...]
    predicates: tuple[str, ...]
    gaps: tuple[str, ...]
    asks: tuple[str, ...]
    other_nouns: tuple[str, ...]
    co: tuple[str, ...]


def split_name(relation: str) -> str:
    """The relation's name as lower-case words: "people.person.place_of_birth" -> "people person place of birth"."""
    text = re.sub(r"^.*[/#](?=[^/#]+$)", "", relation.strip())
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", text)
    return " ".join(re.sub(r"[^\w\s-]|_", " ", text).lower().split())


@cache
def sides_of(relation: str, timed: bool, ahead: bool) -> Side:
    """The phrases for walking this relation, `ahead` from head to tail; `timed`: its tails look like dates."""
    hit = _lookup(relation, timed)
    if hit is None:
        concept, flipped = fallback(split_name(relation) or "related to"), False
    else:
        concept, flipped = hit
    return _side(concept, ahead != flipped)


def known(relation: str) -> bool:
    """Whether the lexicon has words for a relation."""
    return _lookup(relation, False) is not None


def end_kinds(relation: str, timed: bool) -> tuple[str, str]:
    """The classes that a relation's head and tail show themselves to be of, "" where it tells none."""
    hit = _lookup(relation, timed)
    if hit is None:
        return ("", "")
    kinds = hit[0].kinds.split(">")
    first, second = (kind if kind in _VOTING else "" for kind in (reversed(kinds) if hit[1] else kinds))
    return first, second


def _side(concept: Concept, ahead: bool) -> Side:
    subject, object_ = concept.kinds.split(">")
    of_object, of_subject = _predicates(concept)
    nouns, back = _split(concept.nouns), _split(concept.back)
    if ahead:
        said, gaps, asks = _plain(of_object), _gaps(of_subject), _agreeing(concept.ask)
        return Side(object_, subject, nouns, said, gaps, asks, back, _split(concept.co))
    said, gaps, asks = _plain(of_subject), _gaps(of_object), _agreeing(concept.tell)
    return Side(subject, object_, back, said, gaps, asks, nouns, ())


_AGREEING = re.compile(r"\b(is|was|has|does) \{\}")


def _plain(predicates: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(p.removeprefix("!") for p in predicates)


def _agreeing(asks: str) -> tuple[str, ...]:
    return tuple(_AGREEING.sub(r"<\1> {}", ask) for ask in _split(asks))


def _gaps(predicates: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(p[:-2].strip() for p in predicates if p.endswith(" {}") and p[0] not in "~!")


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


def _predicates(concept: Concept) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """What is said of O about S and of S about O, with passives made of the bare verbs."""
    of: dict[str, list[str]] = {"o": [], "s": []}
    for role, other in (("o", "s"), ("s", "o")):
        for entry in _split(concept.o if role == "o" else concept.s):
            verb, _, participle = entry.partition("/")
            if "{}" in entry and not participle:
                of[role].append(entry)
                continue
            tail = participle.partition(" ")[2].replace("{}", "").strip()
            participle = participle.replace("{}", "").strip() or verb
            of[role].append(f"{verb} {tail} {{}}".replace("  ", " "))
            passive = f"<WAS> {participle} by {{}}"
            of[other].append(passive)
            if other == "s" and role == "o":
                of[other].append(passive)
    return tuple(of["o"]), tuple(of["s"])


@cache
def _index() -> dict[str, list[tuple[Concept, bool]]]:
    """Concepts by the relation names that mean them; True where the name points from O to S."""
    index: dict[str, list[tuple[Concept, bool]]] = {}
    concepts = [*WORKS, *LIVES, *PEOPLE, *WORLD, *THINGS]
    for concept in concepts:
        for name in _split(concept.names):
            index.setdefault(name, []).append((concept, False))
        for name in _split(concept.flip):
            index.setdefault(name, []).append((concept, True))
    for concept in concepts:
        for noun in _split(concept.nouns):
            plain = noun.partition("@")[0]
            index.setdefault(plain, []).append((concept, False))
            index.setdefault(plain + " of", []).append((concept, True))
    for concept in concepts:
        of_object, of_subject = _predicates(concept)
        for predicates, flipped in ((of_subject, False), (of_object, True)):
            for name in map(_bare, _gaps(predicates)):
                if name and name not in _PREPOSITIONS:
                    index.setdefault(name, []).append((concept, flipped))
    return index


def _bare(gap: str) -> str:
    """The relation name that says what a gap says: "<WAS> directed by" -> "directed by"."""
    return "" if gap.startswith("<HAS>") else re.sub(r"^<\w+> ", "", gap)


_WEAK = words(
    "has have had is was are were be name names list imdb main original the a an of person people film movie"
    " id type value primary official book music tv show work"
)


def _lookup(relation: str, timed: bool) -> tuple[Concept, bool] | None:
    """The concept that a relation's name means and whether it is flipped; None outside the lexicon."""
    whole = split_name(relation)
    last = split_name(re.split(r"[./#:]", relation.strip())[-1])
    for form in dict.fromkeys((whole, last, *_trimmed(whole), *_trimmed(last))):
        hits = _index().get(form, [])
        if hits:
            fitting = [hit for hit in hits if (hit[0].kinds.split(">")[1] in {"date", "year", "time"}) == timed]
            return (fitting or hits)[0]
    return None


def _trimmed(text: str) -> list[str]:
    """The words less weak ones at the front, then less weak ones at the end, then in the singular."""
    parts = text.split()
    found = []
    while len(parts) > 1 and parts[0] in _WEAK:
        parts = parts[1:]
        found.append(" ".join(parts))
    while len(parts) > 1 and parts[-1] in _WEAK - {"of"}:
        parts = parts[:-1]
        found.append(" ".join(parts))
    if parts and parts[-1].endswith("s") and len(parts[-1]) > 3:
        found.append(" ".join(parts)[:-1])
    return found


_PREPOSITIONS = words(
    "in at on by for with to from into as of under over about after during against along near through"
)
_GIVEN = words(
    "known born shown seen given taken chosen beaten sworn driven hidden stolen thrown drawn written begotten"
)
_ACTIVE = words(
    "lived travelled traveled fled arrived stayed continued escaped converted enrolled campaigned toured debuted grew"
    " emerged stood ran spoke wrote sang spent reached entered advanced rose premiered lasted ended opened closed"
    " happened occurred voted agreed applied resided existed evolved attended relocated married"
    " focused played worked served"
    " moved returned starred appeared graduated studied joined became came went died competed"
    " participated retired began started collaborated emigrated settled succeeded fought resigned belonged performed"
    " sat taught ruled reigned lied"
)


def fallback(text: str) -> Concept:
    """A concept made of a relation's words alone: "located in" -> "where is X located", "span" -> "the span of X"."""
    parts = text.split()
    while len(parts) > 1 and parts[0] in {"has", "have", "is", "was", "are", "were", "be", "had"}:
        parts = parts[1:]
    noun, first, last = " ".join(parts), parts[0], parts[-1]
    if looks_past(first) or (first in _GIVEN and len(parts) > 1):
        return _verbal(first, parts[1:], last)
    if last == "of" and len(parts) > 1:
        noun = " ".join(parts[:-1])
        return Concept(
            "thing>thing",
            "",
            back=noun,
            s=f"<IS> the {noun} of {{}}|<IS> {article(noun)} of {{}}",
            ask=f"what <is> {{}} the {noun} of|{{}} <is> the {noun} of what",
            tell=f"what is the {noun} of {{}}",
        )
    if last in _PREPOSITIONS and len(parts) > 1:
        noun = " ".join(parts[:-1])
        return Concept(
            "thing>thing",
            "",
            s=f"<IS> {article(noun)} {last} {{}}|~being {article(noun)} {last} {{}}",
            ask=f"what <is> {{}} {article(noun)} {last}",
            tell=f"what <K> is {article(noun)} {last} {{}}",
        )
    return Concept(
        "thing>thing",
        noun,
        s=f"<HAS> {{}} as {noun}|~with the {noun} {{}}|<HAS> the {noun} {{}}",
        o=f"<IS> the {noun} of {{}}",
        ask=f"what {noun} does {{}} have|which {noun} does {{}} have",
        tell=f"what has the {noun} {{}}|which <K> have {{}} as {noun}",
    )


def _verbal(verb: str, rest: list[str], last: str) -> Concept:
    tail = " ".join(rest)
    base = f"{base_form(verb)} {tail}".strip()
    if last == "by" and len(rest) == 1:
        return Concept(
            "thing>thing",
            "",
            o=verb,
            ask=f"who {verb} {{}}|what {verb} {{}}|by whom <was> {{}} {verb}",
            tell=f"what did {{}} {base_form(verb)}|what was {verb} by {{}}",
        )
    passive = verb in _GIVEN or (rest and rest[0] in _PREPOSITIONS and verb not in _ACTIVE)
    if not passive:
        where = f"|where did {{}} {base.rpartition(' ')[0]}" if last in {"in", "at"} else ""
        return Concept(
            "thing>thing",
            "",
            s=f"{verb} {tail} {{}}".replace("  ", " ") if rest else verb,
            ask=f"what did {{}} {base}|{{}} {verb} {tail} what".replace("  ", " ") + where,
            tell=f"who {verb} {tail} {{}}|what {verb} {tail} {{}}".replace("  ", " "),
        )
    where = (
        f"|where <is> {{}} {verb}|where <was> {{}} {verb}|in what place <was> {{}} {verb}"
        if last in {"in", "at"}
        else ""
    )
    return Concept(
        "thing>thing",
        "",
        s=f"<WAS> {verb} {tail} {{}}|~{verb} {tail} {{}}",
        ask=f"what <is> {{}} {verb} {tail}" + where,
        tell=f"what is {verb} {tail} {{}}|who was {verb} {tail} {{}}|what was {verb} {tail} {{}}",
    )
