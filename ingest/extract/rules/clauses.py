"""Triples from verbs and copulas, by Universal Dependencies.

Relation names are made of the text's own words: a verb's past form (so that one act has one name in any tense),
"by" after a passive, the preposition before a tail: `directed by`, `born in`, `married`, `starred`, `is a`.

Confidence before factors: 0.9 copula and passive agent, 0.85 active object, 0.8 verb with preposition, 0.55 where
a common noun stands between verb and tail.
"""

from __future__ import annotations

from typing import NamedTuple

from clew.graph.model import Value
from clew.ingest.extract.facts.subjects import clause_flags, subject_of
from clew.ingest.extract.names.coreference import Reference
from clew.ingest.extract.names.dates import number_value
from clew.ingest.extract.rules.context import Context
from clew.ingest.extract.rules.copulas import phrase, read_copula
from clew.ingest.extract.rules.speech import unsaid
from clew.ingest.extract.rules.word_lists import KIN, OF_WORKS, PARTS_OF_WORKS, past

_WHERE = {"in", "at", "near"}
_PARTICLES = {"over", "out", "up", "down", "off", "away"}
_DATE_PREPOSITIONS = {"on", "in", "from", "until", "since", "by", "during", "before", "after"}


class Clause(NamedTuple):
    """Of whom a clause speaks, in which relation, which tokens say so, and how sure it is."""

    heads: list[Reference]
    relation: str
    said: tuple[int, ...]
    flags: tuple[str, ...]
    qualifiers: dict[str, str]

    def emit(self, context: Context, preposition: str, tail: Reference | Value, place: int, strength: float) -> None:
        """The heads stand in the relation, with this preposition, to the tail."""
        relation = f"{self.relation} {preposition}".rstrip()
        said = tail.normal if isinstance(tail, Value) else tail.name
        others = {kind: value for kind, value in self.qualifiers.items() if value != said}
        context.emit(self.heads, relation, tail, (*self.said, place), strength, flags=self.flags, qualifiers=others)


def read_clauses(context: Context) -> None:
    """The triples that the verbs and copulas of this piece say are in the context."""
    parse = context.parse
    for index, pos in enumerate(parse.pos):
        if parse.child(index, "cop") >= 0:
            read_copula(context, index)
        elif pos == "VERB" and parse.dep[index] not in {"case", "amod", "compound", "fixed"}:
            _verb(context, index)
        elif pos == "VERB" and parse.tag[index] == "VBN" and index + 2 < len(parse) and parse.low[index + 1] == "by":
            _agent_behind(context, index)


def _agent_behind(context: Context, index: int) -> None:
    """ "a song recorded by country artist John Anderson", where the parser took the participle for an adjective."""
    parse = context.parse
    noun = index - 1
    while noun > 0 and (parse.tag[noun] == "VBN" or parse.low[noun] == "and"):
        noun -= 1
    heads = context.refer(noun) if noun >= 0 and parse.pos[noun] in {"NOUN", "PROPN"} else []
    place = index + 2
    while place < len(parse) and context.names.at[place] < 0 and parse.pos[place] in {"ADJ", "NOUN", "DET"}:
        place += 1
    if not heads or place >= len(parse) or context.names.at[place] < 0:
        return
    clause = Clause(heads, parse.low[index], (noun, index), context.flags(index), {})
    for tail, at in context.listed(context.head_of(context.names.at[place])):
        clause.emit(context, "by", tail, at, 0.8)


def _passive(context: Context, index: int, depth: int = 0) -> bool:
    parse = context.parse
    if parse.tag[index] not in {"VBN", "VBD"}:
        return False
    if parse.child(index, "aux:pass", "nsubj:pass") >= 0:
        return True
    if any(parse.dep[kid] == "aux" and parse.lemma[kid] == "have" for kid in parse.kids[index]):
        return False
    if parse.tag[index] == "VBD":
        return parse.dep[index] == "acl" and parse.child(index, "obj", "nsubj", "aux") < 0
    dep = parse.dep[index]
    if dep == "conj" and depth < 6 and parse.pos[parse.head[index]] == "VERB":
        return _passive(context, parse.head[index], depth + 1)
    return parse.child(index, "obj") < 0


def _relation(context: Context, index: int, passive: bool) -> str:
    parse = context.parse
    lemma, low = parse.lemma[index].lower(), parse.low[index]
    if passive or (parse.tag[index] == "VBD" and not parse.child(index, "aux") >= 0):
        word = low
    else:
        word = past(lemma) if lemma.isalpha() or "-" in lemma else low
    particle = parse.child(index, "compound:prt")
    if particle < 0 and index + 1 < len(parse) and parse.head[index + 1] == index:  # "switched over to"
        particle = index + 1 if parse.dep[index + 1] == "advmod" and parse.low[index + 1] in _PARTICLES else -1
    return f"{word} {parse.low[particle]}" if particle >= 0 else word


def _verb(context: Context, index: int) -> None:
    parse = context.parse
    subject = subject_of(context, index)
    own = subject >= 0 and parse.dep[subject].startswith("nsubj")
    heads = (
        context.subjects(subject)
        if own
        else context.refer(subject)
        if subject >= 0
        else unsaid(parse, context.referents, index)
    )
    passive = _passive(context, index)
    relation = _relation(context, index, passive)
    if not heads and passive and subject >= 0 and parse.lemma[subject] in PARTS_OF_WORKS:
        heads = context.whole(subject)
        relation = f"{parse.lemma[subject]} {relation}"
    elif not heads and own and (heads := context.owners(subject)):
        relation = f"{parse.low[subject]} {relation}"
    if passive and heads and relation in OF_WORKS and all(head.type == "PERSON" for head in heads):
        subject, heads = context.work_above(subject, heads)
    if not heads:
        return
    oblique = _oblique_of(context, index, passive)
    qualifiers = _qualifiers(context, [index, *oblique])
    clause = Clause(heads, relation, (subject, index), clause_flags(context, index), qualifiers)
    direct = parse.child(index, "obj", "xcomp") if not passive else -1
    noun = _object(context, clause, direct) if direct >= 0 else ""
    if noun:
        clause = clause._replace(relation=f"{relation} {noun}")
    for kid in oblique:
        _oblique(context, clause, kid)


def _oblique_of(context: Context, index: int, passive: bool) -> list[int]:
    """What hangs on the verb by a preposition; "directed and written by X" shares it."""
    parse = context.parse
    oblique = [kid for kid in parse.kids[index] if parse.dep[kid].startswith("obl")]
    after = parse.child(index, "conj")
    if passive and not oblique and after >= 0 and parse.tag[after] == "VBN":
        oblique = [kid for kid in parse.kids[after] if parse.dep[kid].startswith("obl") and parse.case(kid) == "by"]
    return oblique


def _object(context: Context, clause: Clause, direct: int) -> str:
    """Verb and object; returns the object's noun where it is no entity, which is then part of the relation."""
    parse = context.parse
    named = context.listed(direct)
    for tail, place in named:
        clause.emit(context, "", tail, place, 0.85)
    noun = parse.low[direct] if not named and parse.pos[direct] == "NOUN" else ""
    if noun:
        counted = clause._replace(relation=f"{clause.relation} {noun}")
        _count(context, counted, direct)
        _through(context, counted, direct)
    if parse.dep[direct] == "obj":
        _trailing(context, clause, direct)
    return noun


def _count(context: Context, clause: Clause, noun: int) -> None:
    """ "has 700,000 inhabitants": a number is a value."""
    parse = context.parse
    number = parse.child(noun, "nummod")
    if number < 0 or parse.kids[number]:
        return
    value = number_value(parse.words[number])
    if value is not None:
        clause.emit(context, "", value, number, 0.7)


def _qualifiers(context: Context, heads: list[int]) -> dict[str, str]:
    """When and where the act took place, and for how much: what hangs on the verb or on what hangs on it."""
    parse = context.parse
    found: dict[str, str] = {}
    verb, *oblique = heads
    near = [each for kid in parse.kids[verb] for each in (kid, *parse.kids[kid])]
    behind = [kid for head in near if _person(context, head) for kid in parse.kids[head]]
    for kid in [*oblique, *(kid for kid in behind if parse.dep[kid] == "nmod")]:
        date = context.date(kid)
        if date is not None:
            found.setdefault("time", date[0].normal)
        elif parse.case(kid) in _WHERE:
            for reference in context.refer(kid):
                if reference.type == "PLACE":
                    found.setdefault("place", reference.name)
        elif parse.case(kid) == "for" and parse.child(kid, "nummod") >= 0:
            found.setdefault("quantity", phrase(context, kid))
    return found


def _person(context: Context, index: int) -> bool:
    name = context.named(index)
    return name is not None and name.type == "PERSON"


def _oblique(context: Context, clause: Clause, kid: int) -> None:
    """Verb, preposition, tail: an entity, a date, or what someone acts as."""
    parse = context.parse
    preposition = parse.case(kid)
    if preposition == "according to":
        return
    date = context.date(kid)
    if date is not None:
        value, day = date
        preposition = preposition if preposition in _DATE_PREPOSITIONS else "on" if day else "in"
        clause.emit(context, preposition, value, kid, 0.85)
        return
    named = context.listed(kid) if preposition else []
    for tail, place in named:
        clause.emit(context, preposition, tail, place, 0.9 if preposition == "by" else 0.8)
        if place != kid:
            _trailing(context, clause, place)
    if not named and parse.pos[kid] == "NOUN":
        _common(context, clause, preposition, kid)
    _trailing(context, clause, kid)


def _common(context: Context, clause: Clause, preposition: str, kid: int) -> None:
    """Verb, preposition, common noun: what someone acts as, and the tails behind the noun."""
    if preposition == "as":
        context.stand_for(kid, clause.heads)
    kin = context.parse.lemma[kid] in KIN  # "born as the son of X" is said by the noun rules
    if (preposition == "as" and not kin) or (preposition == "for" and clause.relation.endswith("known")):
        clause.emit(context, preposition, Value(phrase(context, kid)), kid, 0.7)
    if preposition and preposition != "as":
        relation = f"{clause.relation} {preposition} {context.parse.low[kid]}"
        _through(context, clause._replace(relation=relation), kid)


def _through(context: Context, clause: Clause, noun: int) -> None:
    """Tails behind a common noun: "won an award for X" says (won award for, X), "married X's daughter" (married
    daughter of, X)."""
    for preposition, tail, place in context.behind(noun, owners=True):
        clause.emit(context, preposition, tail, place, 0.55)


def _trailing(context: Context, clause: Clause, tail: int) -> None:
    """A date that the parser hung on the object belongs to the act: "died in Simmern in 1480". So does a place that
    it hung on a person: "founded by Abbe and Zeiss in Jena"."""
    parse = context.parse
    number = context.names.at[tail]
    span = context.names.spans[number] if number >= 0 else None
    for token in range(span.first, span.last) if span else (tail,):
        for kid in parse.kids[token]:
            if not parse.dep[kid].startswith("nmod") or kid < tail:
                continue
            date = context.date(kid)
            preposition = parse.case(kid)
            if date is not None and (preposition in _DATE_PREPOSITIONS or (date[1] and not preposition)):
                clause.emit(context, preposition or "on", date[0], kid, 0.75)
            elif date is None and preposition in _WHERE and _person(context, tail):
                place = context.named(kid)
                if place is not None and place.type == "PLACE":
                    clause.emit(context, preposition, place, kid, 0.7)
