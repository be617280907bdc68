"""Triples from verbs and copulas, by Universal Dependencies.

Relation names are made of the text's own words: a verb's past form (so that one act has one name in any tense),
"by" after a passive, the preposition before a tail: `directed by`, `born in`, `married`, `starred`, `is a`.

Confidence before factors: 0.9 copula and passive agent, 0.85 active object, 0.8 verb with preposition, 0.55 where
a common noun stands between verb and tail.
"""

from __future__ import annotations

from typing import NamedTuple

from clew.graph.model import Value
from clew.ingest.extract.facts.subjects import said_of, subject_of
from clew.ingest.extract.facts.tense import contrast
from clew.ingest.extract.names.coreference import Reference
from clew.ingest.extract.names.dates import number_value
from clew.ingest.extract.names.things import telling
from clew.ingest.extract.rules.context import Context, Said
from clew.ingest.extract.rules.copulas import phrase, read_copula
from clew.ingest.extract.rules.speech import unsaid
from clew.ingest.extract.rules.word_lists import CONNECTIVES, KIN, OF_WORKS, PARTS_OF_WORKS, past

_WHERE = {"in", "at", "near"}
_PARTICLES = {"over", "out", "up", "down", "off", "away"}
_DATE_PREPOSITIONS = {"on", "in", "from", "until", "since", "by", "during", "before", "after"}


class Clause(NamedTuple):
    """Of whom a clause speaks, in which relation, which tokens say so (subject and verb), and how."""

    heads: list[Reference]
    relation: str
    tokens: tuple[int, int]
    said: Said
    qualifiers: dict[str, str]

    def emit(self, context: Context, preposition: str, tail: Reference | Value, place: int, strength: float) -> None:
        """The heads stand in the relation, with this preposition, to the tail."""
        relation = f"{self.relation} {preposition}".rstrip()
        name = tail.normal if isinstance(tail, Value) else tail.name
        others = {kind: value for kind, value in self.qualifiers.items() if value != name}
        said = self.said._replace(flags=contrast(context.parse, place, self.said.flags))
        context.emit(self.heads, relation, tail, (*self.tokens, place), strength, said=said, qualifiers=others)

    def with_noun(self, noun: str) -> Clause:
        """The clause whose relation goes on with this noun."""
        return self._replace(relation=f"{self.relation} {noun}") if noun else self


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
    clause = Clause(heads, parse.low[index], (noun, index), said_of(context, index), {})
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
    heads = heads or (context.things(subject) if subject >= 0 else [])
    if not heads:
        return
    oblique = _oblique_of(context, index, passive)
    said, before = said_of(context, index), len(context.triples)
    clause = Clause(heads, relation, (subject, index), said, _qualifiers(context, [index, *oblique]))
    direct, recipient = _objects(context, index)
    noun = ""
    if direct >= 0 and (not passive or parse.pos[direct] in {"NOUN", "PROPN"}):
        clause, noun = _object(context, clause, direct)
        noun = noun if not passive and parse.child(direct, "nummod") < 0 else ""
    for tail, place in context.tails(recipient) if recipient >= 0 else ():  # "gave X a book": (gave book to, X)
        clause.with_noun(noun).emit(context, "to", tail, place, 0.75)
    for kid in oblique:
        _oblique(context, clause.with_noun(noun), kid)
    said_alone = passive and parse.child(index, "aux:pass") >= 0 and parse.child(index, "ccomp", "xcomp") < 0
    if said_alone and len(context.triples) == before and " " not in relation:
        context.emit(heads, "is", Value(parse.low[index]), (subject, index), 0.6, said=said)


def _oblique_of(context: Context, index: int, passive: bool) -> list[int]:
    """What hangs on the verb by a preposition; "directed and written by X" shares it. Who did what was done may hang
    on the phrase before: "closed with six stitches by X"."""
    parse = context.parse
    oblique = [kid for kid in parse.kids[index] if parse.dep[kid].startswith("obl")]
    after = parse.child(index, "conj")
    if passive and not oblique and after >= 0 and parse.tag[after] == "VBN":
        oblique = [kid for kid in parse.kids[after] if parse.dep[kid].startswith("obl") and parse.case(kid) == "by"]
    if passive and not any(parse.case(kid) == "by" for kid in oblique):
        inner = [kid for each in oblique if parse.child(each, "nummod") >= 0 for kid in parse.kids[each]]
        oblique += [kid for kid in inner if parse.dep[kid] == "nmod" and parse.case(kid) == "by"][:1]
    return oblique


def _objects(context: Context, index: int) -> tuple[int, int]:
    """What the verb does something to, and to whom: "grants Ferro Tools a licence"; -1 where there is none."""
    parse = context.parse
    direct, recipient = parse.child(index, "obj", "xcomp"), parse.child(index, "iobj")
    nouns = [kid for kid in parse.kids[index] if parse.dep[kid] == "obj" and parse.pos[kid] == "NOUN"]
    if recipient < 0 and nouns and nouns[0] > direct >= 0 and context.named(direct) is not None:
        return nouns[0], direct
    return direct, recipient


def _object(context: Context, clause: Clause, direct: int) -> tuple[Clause, str]:
    """Verb and object; returns the clause as what hangs on it further goes on: with the object's noun, where it is no
    name, else with the object as a qualifier."""
    parse = context.parse
    named = context.listed(direct)
    determiner = parse.child(direct, "det")
    if determiner >= 0 and parse.low[determiner] == "no":
        clause = clause._replace(said=clause.said._replace(flags=tuple(sorted({*clause.said.flags, "negated"}))))
    for tail, place in named or context.tails(direct):
        clause.emit(context, "", tail, place, 0.85)
    noun = parse.low[direct] if not named and parse.pos[direct] == "NOUN" else ""
    if noun and not telling(parse, direct):
        before = len(context.triples)
        if parse.lemma[clause.tokens[1]] == "have":
            _count(context, clause.with_noun(noun), direct)
        _through(context, clause.with_noun(noun), direct)
        if len(context.triples) == before:
            _plain(context, clause, "", direct, 0.75)
    elif not named and parse.pos[direct] in {"NUM", "SYM"}:
        _plain(context, clause, "", direct, 0.7)
    if parse.dep[direct] == "obj" and parse.child(direct, "nummod") < 0:
        _trailing(context, clause, direct)
    if named:
        clause = clause._replace(qualifiers={**clause.qualifiers, "object": named[0][0].name})
    return clause, noun


def _plain(context: Context, clause: Clause, preposition: str, noun: int, strength: float) -> None:
    """A common noun's phrase as a value; a date inside it, or right behind a quantity, is the time of what it says."""
    kids, around = context.parse.kids, context.parse.kids[clause.tokens[1]]
    dates = [context.iso(kid) for kid in kids[noun] if context.iso(kid)]
    dates += [context.iso(kid) for kid in around if context.iso(kid) and _quantity_before(context, kid) == noun]
    if dates:
        clause = clause._replace(qualifiers={**clause.qualifiers, "time": dates[0]})
    clause.emit(context, preposition, context.value(noun), noun, strength)


def _quantity_before(context: Context, date: int) -> int:
    """The quantity that a date stands right behind, by a preposition of its own: "to 35 dollars in 2021"; else -1."""
    parse = context.parse
    case = parse.child(date, "case")
    noun = case - 1
    quantity = noun >= 0 and parse.head[noun] == parse.head[date] and parse.dep[noun].startswith("obl")
    return noun if case >= 0 and quantity and parse.child(noun, "nummod") >= 0 else -1


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
    if preposition in {"according to", "unlike"}:
        return
    date = context.date(kid)
    if date is not None:
        if _quantity_before(context, kid) >= 0:
            return  # "fell to 35 dollars in 2021"
        value, day = date
        preposition = preposition if preposition in _DATE_PREPOSITIONS else "on" if day else "in"
        clause.emit(context, preposition, value, kid, 0.85)
        return
    named = context.tails(kid) if preposition else []
    for tail, place in named:
        clause.emit(context, preposition, tail, place, 0.9 if preposition == "by" else 0.8)
        if place != kid:
            _trailing(context, clause, place)
    if not context.listed(kid) and parse.pos[kid] in {"NOUN", "NUM", "PROPN", "SYM"}:
        _common(context, clause, preposition, kid, told=bool(named))
    if parse.child(kid, "nummod") < 0:
        _trailing(context, clause, kid)


def _common(context: Context, clause: Clause, preposition: str, kid: int, *, told: bool) -> None:
    """Verb, preposition, common noun: what someone acts as, the tails behind the noun, else, where it is not `told`
    already, the phrase as a value."""
    parse = context.parse
    if preposition == "as":
        context.stand_for(kid, clause.heads)
    kin = parse.lemma[kid] in KIN  # "born as the son of X" is said by the noun rules
    before = len(context.triples)
    if (preposition == "as" and not kin) or (preposition == "for" and clause.relation.endswith("known")):
        clause.emit(context, preposition, Value(phrase(context, kid)), kid, 0.7)
    if preposition and preposition != "as":
        relation = f"{clause.relation} {preposition} {parse.low[kid]}"
        _through(context, clause._replace(relation=relation), kid)
    bare = not any(parse.dep[under] != "case" for under in parse.kids[kid])
    if not told and len(context.triples) == before and not kin and not (bare and parse.lemma[kid] in CONNECTIVES):
        _plain(context, clause, preposition, kid, 0.7)


def _through(context: Context, clause: Clause, noun: int) -> None:
    """Tails behind a common noun: "won an award for X" says (won award for, X), "married X's daughter" (married
    daughter of, X)."""
    parse = context.parse
    agent = parse.child(noun, "nummod") >= 0 and parse.tag[clause.tokens[1]] == "VBN"
    for preposition, tail, place in context.behind(noun, owners=True):
        if preposition == "by" and agent:
            continue
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
