"""Triples from verbs and copulas, by Universal Dependencies.

Relation names are made of the text's own words: a verb's past form (so that one act has one name in any tense),
"by" after a passive, the preposition before a tail: `directed by`, `born in`, `married`, `starred`, `is a`.

Confidence before factors: 0.9 copula and passive agent, 0.85 active object, 0.8 verb with preposition, 0.55 where
a common noun stands between verb and tail.
"""

from __future__ import annotations

from typing import NamedTuple

from clew.graph.model import Value
from clew.ingest.context import Context
from clew.ingest.copulas import phrase, read_copula
from clew.ingest.corefer import Reference
from clew.ingest.subjects import clause_flags, subject_of
from clew.ingest.words import OF_WORKS, PARTS_OF_WORKS, past

_DATE_PREPOSITIONS = {"on", "in", "from", "until", "since", "by", "during", "before", "after"}


class Clause(NamedTuple):
    """Of whom a clause speaks, in which relation, which tokens say so, and how sure it is."""

    heads: list[Reference]
    relation: str
    said: tuple[int, ...]
    flags: tuple[str, ...]

    def emit(self, context: Context, preposition: str, tail: Reference | Value, place: int, strength: float) -> None:
        """The heads stand in the relation, with this preposition, to the tail."""
        relation = f"{self.relation} {preposition}"
        context.emit(self.heads, relation, tail, (*self.said, place), strength, flags=self.flags)


def read_clauses(context: Context) -> None:
    """The triples that the verbs and copulas of this piece say are in the context."""
    parse = context.parse
    for index, pos in enumerate(parse.pos):
        if parse.child(index, "cop") >= 0:
            read_copula(context, index)
        elif pos == "VERB" and parse.dep[index] not in {"case", "amod", "compound", "fixed"}:
            _verb(context, index)


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
    return f"{word} {parse.low[particle]}" if particle >= 0 else word


def _verb(context: Context, index: int) -> None:
    parse = context.parse
    subject = subject_of(context, index)
    own = subject >= 0 and parse.dep[subject].startswith("nsubj")
    heads = context.subjects(subject) if own else context.refer(subject)
    passive = _passive(context, index)
    relation = _relation(context, index, passive)
    if not heads and passive and subject >= 0 and parse.lemma[subject] in PARTS_OF_WORKS:
        heads = context.whole(subject)
        relation = f"{parse.lemma[subject]} {relation}"
    if passive and heads and relation in OF_WORKS and all(head.type == "PERSON" for head in heads):
        subject, heads = context.work_above(subject, heads)
    if not heads:
        return
    clause = Clause(heads, relation, (subject, index), clause_flags(context, index))
    oblique = _oblique_of(context, index, passive)
    direct = parse.child(index, "obj", "xcomp") if not passive else -1
    noun = _object(context, clause, direct, _qualifiers(context, oblique)) if direct >= 0 else ""
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


def _object(context: Context, clause: Clause, direct: int, qualifiers: dict[str, str]) -> str:
    """Verb and object; returns the object's noun where it is no entity, which is then part of the relation."""
    parse = context.parse
    named = context.listed(direct)
    for tail, place in named:
        said = (*clause.said, place)
        context.emit(clause.heads, clause.relation, tail, said, 0.85, flags=clause.flags, qualifiers=qualifiers)
    noun = parse.low[direct] if not named and parse.pos[direct] == "NOUN" else ""
    if noun:
        _through(context, clause._replace(relation=f"{clause.relation} {noun}"), direct)
    if parse.dep[direct] == "obj":
        _trailing_dates(context, clause, direct)
    return noun


def _qualifiers(context: Context, oblique: list[int]) -> dict[str, str]:
    """When and where the act took place."""
    found: dict[str, str] = {}
    for kid in oblique:
        date = context.date(kid)
        if date is not None:
            found.setdefault("time", date[0].normal)
        elif context.parse.case(kid) in {"in", "at", "near"}:
            for reference in context.refer(kid):
                if reference.type == "PLACE":
                    found.setdefault("place", reference.name)
    return found


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
    if not named and parse.pos[kid] == "NOUN":
        _common(context, clause, preposition, kid)
    _trailing_dates(context, clause, kid)


def _common(context: Context, clause: Clause, preposition: str, kid: int) -> None:
    """Verb, preposition, common noun: what someone acts as, and the tails behind the noun."""
    if preposition == "as":
        context.stand_for(kid, clause.heads)
    if preposition == "as" or (preposition == "for" and clause.relation.endswith("known")):
        clause.emit(context, preposition, Value(phrase(context, kid)), kid, 0.7)
    if preposition and preposition != "as":
        relation = f"{clause.relation} {preposition} {context.parse.low[kid]}"
        _through(context, clause._replace(relation=relation), kid)


def _through(context: Context, clause: Clause, noun: int) -> None:
    """Tails behind a common noun: "won an award for X" says (won award for, X)."""
    parse = context.parse
    for kid in parse.kids[noun]:
        if parse.dep[kid] == "nmod" and (preposition := parse.case(kid)) and context.names.date_at[kid] < 0:
            for tail, place in context.listed(kid):
                clause.emit(context, preposition, tail, place, 0.55)


def _trailing_dates(context: Context, clause: Clause, tail: int) -> None:
    """A date that the parser hung on the object belongs to the act: "died in Simmern in 1480"."""
    parse = context.parse
    number = context.names.at[tail]
    span = context.names.spans[number] if number >= 0 else None
    for token in range(span.first, span.last) if span else (tail,):
        for kid in parse.kids[token]:
            date = context.date(kid) if parse.dep[kid].startswith("nmod") else None
            if date is not None and kid > tail:
                preposition = parse.case(kid)
                if preposition in _DATE_PREPOSITIONS or (date[1] and not preposition):
                    clause.emit(context, preposition or "on", date[0], kid, 0.75)
