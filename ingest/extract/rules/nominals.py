"""Triples from nouns: prepositions, possessors and appositions.

A relation that a noun names is said of the one who is that noun, whatever order the text uses: "Guy's widow,
Marozia" and "Marozia, widow of Guy" are both (Marozia, widow of, Guy).

Confidence before factors: 0.8 noun with preposition, 0.75 possessor, 0.6 a noun beside a name, 0.5 place in place.
"""

from __future__ import annotations

from clew.graph.model import Value
from clew.ingest.extract.facts.subjects import said_of
from clew.ingest.extract.facts.tense import PAST, contrast, noun_flags, validity
from clew.ingest.extract.names.coreference import Reference
from clew.ingest.extract.names.things import is_definite
from clew.ingest.extract.rules.context import PLAIN, Context, Said
from clew.ingest.extract.rules.copulas import describe
from clew.ingest.extract.rules.word_lists import KIN, LEAVING_VERBS, OF_PLACES, OF_ROLES, OFFICES, ROLES, noun_type

_WITHIN = {"in", "near", "at"}


def read_nouns(context: Context) -> None:
    """The triples that the noun phrases of this piece say are in the context."""
    parse = context.parse
    for index, pos in enumerate(parse.pos):
        if context.names.at[index] >= 0:
            _place(context, index)
        elif pos == "NOUN" or parse.words[index] in OFFICES:
            _noun(context, index)
        if parse.low[index] in OF_PLACES and index > 1 and parse.words[index - 1] == "-":
            _compound_place(context, index)


def _compound_place(context: Context, index: int) -> None:
    """ "the Warsaw-born chemist Marie Curie" was born in Warsaw."""
    place = context.named(index - 2)
    if place is None or place.type != "PLACE":
        return
    parse = context.parse
    noun = index
    for _ in range(4):
        noun = parse.head[noun]
        if noun > index and parse.pos[noun] in {"NOUN", "PROPN"}:
            heads = context.refer(noun)
            context.emit(heads, f"{parse.low[index]} in", place, (index - 2, noun), 0.75)
            return


def _noun(context: Context, index: int) -> None:
    parse = context.parse
    kids = parse.kids[index]
    related = [kid for kid in kids if parse.dep[kid] in {"nmod", "nmod:poss", "obl"}]
    if not related and parse.lemma[index] in KIN:  # "wife and later widow of X"
        shared = parse.child(index, "conj")
        related = [kid for kid in parse.kids[shared] if parse.dep[kid] == "nmod"] if shared >= 0 else []
    apposed = parse.dep[index] in {"appos", "nmod:desc"} or index + 1 < len(parse)
    if not related and not apposed:
        return
    heads = context.refer(index)
    if not heads:
        return
    noun = parse.low[index] if parse.tag[index] == "NN" else parse.lemma[index].lower()
    noun = " ".join([*_role(context, index), noun])
    said = _said(context, index)
    before = len(context.triples)
    for kid in related:
        if parse.dep[kid] == "nmod:poss":
            for owner, place in _owners(context, index, kid):
                context.emit(heads, f"{noun} of", owner, (index, place, _place_of(context, index)), 0.75, said=said)
            continue
        preposition = parse.case(kid)
        if not preposition or context.names.date_at[kid] >= 0:
            continue
        tails: list[tuple[Reference | Value, int]] = [*context.tails(kid)]
        if not tails and _is_it(context, index, heads) and parse.pos[kid] == "NOUN" and preposition == "of":
            tails = [(context.value(kid), kid)]  # "the head of payroll"
        for tail, place in tails:
            context.emit(heads, f"{noun} {preposition}", tail, (index, place), 0.8, said=said)
    copular = parse.child(index, "cop") >= 0 or parse.dep[index] == "conj"
    definite = parse.child(index, "det") >= 0 and heads[0].factor < 0.95
    beside = parse.dep[index] in {"appos", "nmod:desc"} or _touches(context, index)
    possessor = parse.child(index, "nmod:poss")
    plain = not copular and not definite and (possessor < 0 or parse.low[possessor] in {"our", "my"})
    if len(context.triples) == before and plain and beside:
        describe(context, heads, index, (index, _place_of(context, index)), strength=0.6, said=said)


def _is_it(context: Context, index: int, heads: list[Reference]) -> bool:
    """Does the text say who "the head of payroll" is?"""
    parse = context.parse
    copular = parse.child(index, "cop") >= 0 or (
        parse.dep[index] == "nsubj" and context.named(parse.head[index]) is not None
    )
    apposed = heads[0].type == "PERSON" and parse.child(index, "appos") >= 0
    return (copular or apposed) and is_definite(parse, index)


def _role(context: Context, noun: int) -> list[str]:
    """What is part of a role's name: "chief technology" of an officer, "founding" of a father."""
    parse, words = context.parse, list[str]()
    for index in range(noun - 1, -1, -1):
        compound = parse.dep[index] == "compound" and parse.pos[index] == "NOUN" and parse.low[noun] in ROLES
        hyphened = index > 0 and parse.words[index - 1] == "-"
        if not (compound or parse.low[index] in OF_ROLES) or hyphened or not index < parse.head[index] <= noun:
            break
        words.insert(0, parse.low[index])
    return words


def _said(context: Context, index: int) -> Said:
    """How the clause whose predicate the noun is says so; "former" and "incoming" beside it; "stepped down as"."""
    parse = context.parse
    since, until = validity(parse, index, context.iso)
    said = PLAIN._replace(since=since, until=until)
    for place in (index, parse.head[index]) if parse.dep[index] == "conj" else (index,):
        if parse.child(place, "cop") >= 0:
            said = said_of(context, place)
            break
    flags = {*said.flags, *noun_flags(parse, index)}
    above = parse.head[index]
    if parse.case(index) == "as" and parse.pos[above] == "VERB":
        flags |= {*said_of(context, above).flags, *([PAST] if parse.lemma[above] in LEAVING_VERBS else [])}
    if "nsubj" in parse.dep[index] and parse.child(above, "cop") >= 0:
        said = said_of(context, above)  # "the director is Ida Ott"
        flags |= set(said.flags)
    return said._replace(flags=contrast(parse, index, tuple(sorted(flags))))


def _owners(context: Context, index: int, owner: int) -> list[tuple[Reference, int]]:
    """Whose it is, and where that stands: in "Stephen and his wife, Anna" the pronoun is Stephen's; "Sokra's and
    Xanta's son" is both's."""
    parse = context.parse
    head = parse.head[index]
    if parse.dep[index] == "conj" and parse.low[owner] in {"his", "her", "their"} and head < owner:
        before = context.named(head)
        if before is not None and before.type == "PERSON":
            return [(before, owner)]
    joined = [kid for kid in parse.kids[owner] if parse.dep[kid] == "conj" and context.named(kid) is not None]
    return [(reference, place) for place in (owner, *joined) for reference in context.refer(place)]


def _touches(context: Context, index: int) -> bool:
    if not noun_type(context.parse.low[index]) or context.parse.tag[index] != "NN":
        return False
    number = context.names.at[index + 1] if index + 1 < len(context.parse) else -1
    return (
        number >= 0 and context.names.spans[number].first == index + 1 and context.names.spans[number].type != "PLACE"
    )


def _place_of(context: Context, index: int) -> int:
    """The token of the name that a noun stands beside; the noun itself where it stands beside none."""
    parse = context.parse
    for place in (index + 1, index + 2):
        if place < len(parse) and context.names.at[place] >= 0:
            return place
    return parse.head[index] if context.names.at[parse.head[index]] >= 0 else index


def _place(context: Context, index: int) -> None:
    """A name in a place: "Paris, Texas" and "University of Foo in Paris" say (..., in, ...)."""
    parse = context.parse
    head, dep = parse.head[index], parse.dep[index]
    if head == index or context.names.at[head] < 0 or context.names.at[head] == context.names.at[index] or head > index:
        return
    outer, inner = context.named(index), context.named(head)
    if outer is None or inner is None or outer.type != "PLACE" or inner.type == "PERSON":
        return
    comma = dep == "appos" and inner.type == "PLACE" and parse.words[index - 1] == ","
    comma = comma and parse.low[parse.head[head]] != "capital"  # "the capital of Norway, Oslo"
    within = dep == "nmod" and parse.case(index) in _WITHIN
    if comma or within:
        context.emit([inner], "in", outer, (head, index), 0.5)
