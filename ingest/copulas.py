"""Triples from "X is a NOUN" and from nouns beside names: what a thing is, its nationality, its year."""

from __future__ import annotations

from clew.graph.model import Value
from clew.ingest.context import RELATIVE, Context
from clew.ingest.corefer import Reference
from clew.ingest.subjects import SUBJECT, clause_flags, subject_of
from clew.ingest.words import DIRECTIONS, KIN, noun_type

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
    if not heads:
        return
    flags = clause_flags(context, index)
    name = context.named(index)
    if name is not None:
        if parse.pos[subject] != "NOUN":  # "her father is X" is said of the father, by the noun rules
            context.emit(heads, "is", name, (subject, index), 0.7, flags=flags)
        return
    if parse.pos[index] not in {"NOUN", "PROPN"}:
        return
    nouns = [index, *(kid for kid in parse.kids[index] if parse.dep[kid] == "conj" and parse.pos[kid] == "NOUN")]
    for noun in nouns:
        if context.named(noun) is None:
            describe(context, heads, noun, (subject, noun), strength=0.9, flags=flags)


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
    modifiers = [kid for kid in parse.kids[noun] if kid < noun and parse.dep[kid] in {"amod", "compound", "nummod"}]
    stack, before = modifiers[:], list(modifiers)
    while stack:
        more = [kid for kid in parse.kids[stack.pop()] if parse.dep[kid] in {"amod", "compound", "nummod"}]
        stack += more
        before += more
    for kid in sorted(before):
        date = context.date(kid)
        if date is not None and len(date[0].normal) == 4:
            context.emit(heads, "year", date[0], (*said, kid), strength, flags=flags)
    for value, token in _nationality(context, sorted(before)):
        context.emit(heads, "is", Value(value), (*said, token), strength * 0.9, flags=flags)
    of = parse.child(noun, "nmod")
    kin = not (KIN | {"member", "part"}).isdisjoint((parse.lemma[noun], parse.low[noun])) and (
        parse.child(noun, "nmod:poss") >= 0 or (of >= 0 and parse.case(of) == "of")
    )
    if not kin:
        context.emit(heads, "is a", Value(phrase(context, noun)), said, strength, flags=flags)


def _nationality(context: Context, tokens: list[int]) -> list[tuple[str, int]]:
    """Capitalised adjectives, neighbours together: "Saudi Arabian"."""
    parse = context.parse
    out: list[tuple[str, int]] = []
    last = -2
    for token in tokens:
        part = parse.low[token] in DIRECTIONS and parse.pos[token + 1] == "ADJ"
        modifies = parse.pos[token] == "ADJ" or (parse.pos[token] == "PROPN" and parse.dep[token] == "amod")
        if not (modifies or part) or not parse.words[token][0].isupper():
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
