"""Who a clause speaks of, and how sure it is."""

from __future__ import annotations

from clew.ingest.extract.facts.tense import PAST, clause_flags, governed_flags, is_over, validity, verb_words
from clew.ingest.extract.names.things import value_text
from clew.ingest.extract.rules.clause_subject import unlabelled
from clew.ingest.extract.rules.context import Context, Said
from clew.ingest.extract.rules.references import RELATIVE
from clew.ingest.extract.rules.word_lists import DENYING_VERBS, SAYING

SUBJECT = ("nsubj", "nsubj:pass", "nsubj:outer", "csubj")
_INHERITS = {"conj", "advcl", "xcomp", "parataxis"}


def subject_of(context: Context, index: int, depth: int = 0) -> int:
    """The token that is the subject of the verb at `index`, its own or one it shares; -1 where none."""
    parse = context.parse
    own = parse.child(index, *SUBJECT)
    if own >= 0:
        return context.antecedent(own) if parse.low[own] in RELATIVE else own
    head = parse.head[index]
    if head == index:
        return unlabelled(parse, index)
    return head if parse.dep[index] in {"acl", "acl:relcl"} else _shared(context, index, head, depth)


def _shared(context: Context, index: int, head: int, depth: int) -> int:
    """The subject that a clause takes over from the one above it."""
    parse, dep = context.parse, context.parse.dep[index]
    if depth > 6 or dep not in _INHERITS or (dep in {"conj", "parataxis"} and _commands(context, index)):
        return -1
    if dep == "xcomp" and (controlled := parse.child(head, "obj")) >= 0 and parse.lemma[head] != "promise":
        return controlled  # "hired X to run it": X ran it
    if parse.pos[head] != "VERB" and dep == "conj" and parse.child(head, "cop") < 0:
        return head if parse.tag[index] in {"VBN", "VBG"} else -1
    return subject_of(context, head, depth + 1)


def _commands(context: Context, index: int) -> bool:
    """ "X has moved, so please send it there": a bare verb beside a clause that is told tells nobody's act."""
    parse = context.parse
    head = parse.head[index]
    bare = parse.tag[index] == "VB" and parse.child(index, "aux", "mark") < 0
    return bare and parse.tag[head] != "VB" and not any(parse.tag[kid] == "MD" for kid in parse.kids[head])


def said_of(context: Context, index: int) -> Said:
    """How the clause headed by this token says what it says, what governs it included."""
    parse = context.parse
    flags = clause_flags(parse, index) | governed_flags(parse, index) | _told(context, index)
    since, until = validity(parse, index, context.iso)
    if is_over(parse, index, until):
        flags.add(PAST)
    return Said(tuple(sorted(flags)), verb_words(parse, index), since, until)


def _told(context: Context, index: int) -> set[str]:
    """`attributed:NAME` under "NAME claims that", "according to NAME" and before ", said NAME"."""
    parse = context.parse
    head, lemma = parse.head[index], parse.lemma
    found: set[str] = set()
    if parse.dep[index] == "ccomp" and head != index and lemma[head] in SAYING and lemma[head] not in DENYING_VERBS:
        found |= _speakers(context, subject_of(context, head))
    for kid in parse.kids[index]:
        if parse.dep[kid] == "parataxis" and lemma[kid] in SAYING:
            found |= _speakers(context, parse.child(kid, *SUBJECT))
        elif parse.dep[kid].startswith("obl") and parse.case(kid) == "according to":
            found |= _speakers(context, kid)
    return found


def _speakers(context: Context, index: int) -> set[str]:
    """The one who says it, by name where there is one, else in the text's words; a pronoun says nothing."""
    names = {f"attributed:{reference.name}" for reference in context.subjects(index)} if index >= 0 else set()
    if not names and index >= 0 and context.parse.pos[index] in {"NOUN", "PROPN"}:
        names = {f"attributed:{value_text(context.page, index)}"}
    return names
