"""Triples from "X is a NOUN" and from nouns beside names: what a thing is, its nationality, its year."""

from __future__ import annotations

from clew.graph.model import Value
from clew.ingest.extract.facts.subjects import SUBJECT, clause_flags, subject_of
from clew.ingest.extract.names.coreference import Reference
from clew.ingest.extract.names.dates import number_value
from clew.ingest.extract.rules.context import IDENTIFYING, RELATIVE, Context
from clew.ingest.extract.rules.word_lists import DIRECTIONS, KIN, OF_ROLES, noun_type

_ADJUNCTS = {"amod", "compound", "nummod"}
_MODIFIERS = {"amod", "compound", "nummod", "advmod", "nmod:poss", "nmod:unmarked", "nmod:desc", "punct", "goeswith"}


def read_copula(context: Context, index: int) -> None:
    """X is a NOUN, X is NAME, and what the noun's adjectives say."""
    parse = context.parse
    subject = parse.child(index, *SUBJECT)
    if subject < 0:
        subject = subject_of(context, index)
    if subject >= 0 and parse.low[subject] in RELATIVE:
        subject = context.antecedent(index)
    heads = context.subjects(subject)
    flags = clause_flags(context, index)
    if parse.case(index) not in IDENTIFYING:
        _situated(context, heads, subject, index, flags)
        return
    if not heads:
        _measured(context, subject, index, flags)
        return
    name = context.named(index)
    if name is not None:
        if parse.pos[subject] != "NOUN":  # "her father is X" is said of the father, by the noun rules
            context.emit(heads, "is", name, (subject, index), 0.7, flags=flags)
        return
    if parse.pos[index] not in {"NOUN", "PROPN"}:
        return
    nouns = [index, *(kid for kid in parse.kids[index] if parse.dep[kid] == "conj" and parse.pos[kid] == "NOUN")]
    for noun in nouns:
        if context.named(noun) is None and not parse.case(noun):
            describe(context, heads, noun, (subject, noun), strength=0.9, flags=flags)


def _situated(context: Context, heads: list[Reference], subject: int, index: int, flags: tuple[str, ...]) -> None:
    """ "is in Paris", "is on 5 May 2020", "is in talks with Y", "is of German origin"; "X's office is in Paris" is said
    of X."""
    parse = context.parse
    relation = f"is {parse.case(index)}"
    if not heads and (heads := context.owners(subject)):
        relation = f"{parse.low[subject]} {relation}"
    if (date := context.date(index)) is not None:
        context.emit(heads, relation, date[0], (subject, index), 0.8, flags=flags)
        return
    tails = context.listed(index)
    for tail, place in tails:
        context.emit(heads, relation, tail, (subject, place), 0.8, flags=flags)
    if tails or parse.pos[index] != "NOUN":
        return
    if relation == "is of":
        for value, token in _nationality(context, _before(context, index)):
            context.emit(heads, "is", Value(value), (subject, token), 0.7, flags=flags)
    for preposition, tail, place in context.behind(index):
        through = f"{relation} {parse.low[index]} {preposition}"
        context.emit(heads, through, tail, (subject, index, place), 0.55, flags=flags)


def _measured(context: Context, subject: int, index: int, flags: tuple[str, ...]) -> None:
    """ "The population of Berlin is 3.6 million": (Berlin, population, 3.6 million)."""
    parse = context.parse
    counts = parse.tag[index] in {"CD", "$"} or parse.child(index, "nummod") >= 0
    owners = context.owners(subject) if counts else []
    if not owners or context.date(index) is not None:
        return
    kids = [kid for kid in parse.kids[index] if parse.dep[kid] in _ADJUNCTS]
    inside = [index, *kids, *(under for kid in kids for under in parse.kids[kid] if parse.dep[under] in _ADJUNCTS)]
    first, last = min(inside), max(inside)
    if last - first + 1 != len(inside):
        return
    text = " ".join(context.text[parse.start[first] : parse.end[last]].split())
    context.emit(
        owners, parse.low[subject], number_value(text) or Value(text), (subject, first, last), 0.8, flags=flags
    )


def describe(
    context: Context,
    heads: list[Reference],
    noun: int,
    said: tuple[int, ...],
    *,
    strength: float,
    flags: tuple[str, ...] = (),
) -> None:
    """`is a` with the noun's words, `is` with its adjectives of nationality, `year` with a year before it."""
    parse = context.parse
    if not parse.words[noun].isalpha() and "-" not in parse.words[noun]:
        return
    kind = noun_type(parse.low[noun])
    heads = [head._replace(type=kind or head.type) for head in heads]
    before = _before(context, noun)
    for kid in before:
        date = context.date(kid)
        if date is not None and len(date[0].normal) == 4:
            context.emit(heads, "year", date[0], (*said, kid), strength, flags=flags)
    for value, token in _nationality(context, before):
        context.emit(heads, "is", Value(value), (*said, token), strength * 0.9, flags=flags)
    of = parse.child(noun, "nmod")
    kin = not (KIN | {"member", "part"}).isdisjoint((parse.lemma[noun], parse.low[noun])) and (
        parse.child(noun, "nmod:poss") >= 0 or (of >= 0 and parse.case(of) == "of")
    )
    if not kin:
        context.emit(heads, "is a", Value(phrase(context, noun)), said, strength, flags=flags)


def _before(context: Context, noun: int) -> list[int]:
    """The adjectives, numbers and nouns that modify a noun, and theirs, in order."""
    parse = context.parse
    stack = [kid for kid in parse.kids[noun] if kid < noun and parse.dep[kid] in _ADJUNCTS]
    found = list(stack)
    while stack:
        more = [kid for kid in parse.kids[stack.pop()] if parse.dep[kid] in _ADJUNCTS]
        stack += more
        found += more
    return sorted(found)


def _nationality(context: Context, tokens: list[int]) -> list[tuple[str, int]]:
    """Capitalised adjectives, neighbours together: "Saudi Arabian"."""
    parse = context.parse
    out: list[tuple[str, int]] = []
    last = -2
    for token in tokens:
        part = parse.low[token] in DIRECTIONS and parse.pos[token + 1] == "ADJ"
        modifies = parse.pos[token] == "ADJ" or (parse.pos[token] == "PROPN" and parse.dep[token] == "amod")
        role = parse.low[token] in OF_ROLES  # "a Founding Father"
        if not (modifies or part) or role or not parse.words[token][0].isupper():
            continue
        if context.names.at[token] >= 0:
            continue
        if parse.words[token + 1] == "-":  # "American-born" is no nationality
            continue
        if out and token == last + 1:
            out[-1] = (f"{out[-1][0]} {parse.words[token]}", token)
        else:
            out.append((parse.words[token], token))
        last = token
    return out


def phrase(context: Context, noun: int) -> str:
    """The noun with the modifiers right before it, as written, without determiners."""
    parse = context.parse
    first = noun
    while first > 0 and parse.sentence[first - 1] == parse.sentence[noun]:
        before = first - 1
        if parse.words[before] == "-" and before and parse.start[first] - parse.end[before] <= 1:
            first = before - 1
            continue
        climbs = parse.head[before] in range(before + 1, noun + 1)
        if not climbs or parse.dep[before].split(":")[0] not in {part.split(":")[0] for part in _MODIFIERS}:
            break
        if parse.words[before] in {",", "(", ")", '"', ":", ";"}:
            break
        first = before
    return " ".join(context.text[parse.start[first] : parse.end[noun]].split())
