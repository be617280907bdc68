"""Triples from "X is a NOUN" and from nouns beside names: what a thing is, its nationality, its year."""

from __future__ import annotations

from clew.graph.model import Value
from clew.ingest.extract.facts.subjects import SUBJECT, said_of, subject_of
from clew.ingest.extract.facts.tense import contrast, is_tense_word, noun_flags
from clew.ingest.extract.names.coreference import Reference
from clew.ingest.extract.names.dates import number_value
from clew.ingest.extract.names.things import left_edge, right_edge
from clew.ingest.extract.rules.context import PLAIN, Context, Said
from clew.ingest.extract.rules.references import IDENTIFYING, RELATIVE
from clew.ingest.extract.rules.word_lists import DIRECTIONS, KIN, OF_ROLES, noun_type

_ADJUNCTS = {"amod", "compound", "nummod"}
_MODIFIERS = {"amod", "compound", "nummod", "advmod", "nmod:poss", "nmod:unmarked", "nmod:desc", "punct", "goeswith"}


def read_copula(context: Context, index: int) -> None:
    """X is a NOUN, X is NAME, X is ADJECTIVE, and what the noun's adjectives say."""
    parse = context.parse
    subject = parse.child(index, *SUBJECT)
    if subject < 0:
        subject = subject_of(context, index)
    if subject >= 0 and parse.low[subject] in RELATIVE:
        subject = context.antecedent(index)
    heads = context.subjects(subject)
    said = said_of(context, index)
    if parse.case(index) not in IDENTIFYING:
        _situated(context, heads, subject, index, said)
        return
    if not heads and _measured(context, subject, index, said):
        return
    heads = heads or (context.things(subject) if subject >= 0 else [])
    name = context.named(index)
    if name is not None:
        _identified(context, heads, name, (subject, index), said)
    elif parse.pos[index] in {"NOUN", "PROPN"}:
        nouns = [index, *(kid for kid in parse.kids[index] if parse.dep[kid] == "conj" and parse.pos[kid] == "NOUN")]
        for noun in nouns:
            if context.named(noun) is None and not parse.case(noun):
                describe(context, heads, noun, (subject, noun), strength=0.9, said=said)
    elif parse.pos[index] in {"ADJ", "NUM", "SYM", "VERB"} and parse.words[index][-1].isalnum():
        _quality(context, heads, (subject, index), said)


def _identified(
    context: Context, heads: list[Reference], name: Reference, said_by: tuple[int, int], said: Said
) -> None:
    """X is NAME; "the new treasurer is NAME" says what the bearer is, unless the noun rules say of what."""
    parse, subject = context.parse, said_by[0]
    if subject < 0 or parse.pos[subject] != "NOUN":
        context.emit(heads, "is", name, said_by, 0.7, said=said)
    elif parse.child(subject, "nmod", "nmod:poss") < 0:
        flags = tuple(sorted({*said.flags, *noun_flags(parse, subject)}))
        context.emit([name], "is a", Value(phrase(context, subject)), said_by, 0.7, said=said._replace(flags=flags))


def _quality(context: Context, heads: list[Reference], said_by: tuple[int, int], said: Said) -> None:
    """ "is allergic to penicillin", "is open", "is 210"."""
    parse, (_, index) = context.parse, said_by
    reached = [kid for kid in parse.kids[index] if parse.dep[kid].startswith("obl") and kid > index]
    for kid in reached:
        if not parse.case(kid) or context.names.date_at[kid] >= 0 or parse.pos[kid] not in {"NOUN", "PROPN", "NUM"}:
            continue
        relation = f"is {parse.low[index]} {parse.case(kid)}"
        tails: list[tuple[Reference | Value, int]] = [*context.tails(kid)]
        for tail, place in tails or [(context.value(kid), kid)]:
            context.emit(heads, relation, tail, (*said_by, place), 0.75, said=said)
    if not reached and parse.pos[index] != "VERB":
        for word in (index, *(kid for kid in parse.kids[index] if parse.dep[kid] == "conj")):
            if parse.pos[word] in {"ADJ", "NUM", "SYM"} and (word == index or parse.child(word, "nsubj", "cop") < 0):
                value = Value(context.page.words(left_edge(context.page, word), word))
                context.emit(heads, "is", value, (*said_by, word), 0.7, said=said)


def _situated(context: Context, heads: list[Reference], subject: int, index: int, said: Said) -> None:
    """ "is in Paris", "is on 5 May 2020", "is in talks with Y", "is of German origin"; "X's office is in Paris" is said
    of X."""
    parse = context.parse
    relation = f"is {parse.case(index)}"
    if not heads and (heads := context.owners(subject)):
        relation = f"{parse.low[subject]} {relation}"
    heads = heads or (context.things(subject) if subject >= 0 else [])
    if (date := context.date(index)) is not None:
        context.emit(heads, relation, date[0], (subject, index), 0.8, said=said)
        return
    tails = context.tails(index)
    for tail, place in tails:
        context.emit(heads, relation, tail, (subject, place), 0.8, said=said)
    if tails or parse.pos[index] != "NOUN":
        return
    before = len(context.triples)
    if relation == "is of":
        for value, token in _nationality(context, _before(context, index)):
            context.emit(heads, "is", Value(value), (subject, token), 0.7, said=said)
    for preposition, tail, place in context.behind(index):
        through = f"{relation} {parse.low[index]} {preposition}"
        context.emit(heads, through, tail, (subject, index, place), 0.55, said=said)
    if len(context.triples) == before:
        context.emit(heads, relation, context.value(index), (subject, index), 0.65, said=said)


def _measured(context: Context, subject: int, index: int, said: Said) -> bool:
    """ "The population of Berlin is 3.6 million": (Berlin, population, 3.6 million); whether it is one."""
    parse = context.parse
    counts = parse.tag[index] in {"CD", "$"} or parse.child(index, "nummod") >= 0
    if not counts or context.date(index) is not None or subject < 0:
        return False
    kids = [kid for kid in parse.kids[index] if parse.dep[kid] in _ADJUNCTS]
    inside = [index, *kids, *(under for kid in kids for under in parse.kids[kid] if parse.dep[under] in _ADJUNCTS)]
    first, last = min(inside), max(inside)
    if last - first + 1 != len(inside):
        return False
    text = context.page.words(first, last)
    value, tokens = number_value(text) or Value(text), (subject, first, last)
    if owners := context.owners(subject):
        context.emit(owners, parse.low[subject], value, tokens, 0.8, said=said)
    else:
        context.emit(context.things(subject), "is", value, tokens, 0.75, said=said)
    return True


def describe(
    context: Context,
    heads: list[Reference],
    noun: int,
    tokens: tuple[int, ...],
    *,
    strength: float,
    said: Said = PLAIN,
) -> None:
    """`is a` with the noun's words, `is` with its adjectives of nationality, `year` with a year before it."""
    parse = context.parse
    if not parse.words[noun].isalpha() and "-" not in parse.words[noun]:
        return
    said = said._replace(flags=contrast(parse, noun, tuple(sorted({*said.flags, *noun_flags(parse, noun)}))))
    kind = noun_type(parse.low[noun])
    heads = [head._replace(type=kind or head.type) for head in heads]
    before = _before(context, noun)
    for kid in before:
        date = context.date(kid)
        if date is not None and len(date[0].normal) == 4:
            context.emit(heads, "year", date[0], (*tokens, kid), strength, said=said)
    for value, token in _nationality(context, before):
        context.emit(heads, "is", Value(value), (*tokens, token), strength * 0.9, said=said)
    of = parse.child(noun, "nmod")
    kin = not (KIN | {"member", "part"}).isdisjoint((parse.lemma[noun], parse.low[noun])) and (
        parse.child(noun, "nmod:poss") >= 0 or (of >= 0 and parse.case(of) == "of")
    )
    if not kin:
        context.emit(heads, "is a", Value(phrase(context, noun)), tokens, strength, said=said)
        for head in heads if "negated" not in said.flags else ():
            context.referents.classify(head.name, parse.lemma[noun].lower())


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
    """The noun with the modifiers right before it, as written, without determiners; with what it is of, where that is
    no entity ("disease of the bones")."""
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
        if parse.words[before] in {",", "(", ")", '"', ":", ";"} or is_tense_word(parse, before):
            break
        first = before
    return context.page.words(first, max(noun, _complement(context, noun)))


def _complement(context: Context, noun: int) -> int:
    """The last token of the noun's "of" phrase, where no entity is named in it; else -1."""
    of = next((kid for kid in context.parse.kids[noun] if context.parse.dep[kid] == "nmod" and kid > noun), -1)
    if of < 0 or context.parse.case(of) != "of" or context.names.date_at[of] >= 0:
        return -1
    last = right_edge(context.page, noun, 6)
    return -1 if any(context.names.at[token] >= 0 for token in range(noun, last + 1)) else last
