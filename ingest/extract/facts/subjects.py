"""Who a clause speaks of, and how sure it is."""

from __future__ import annotations

from clew.ingest.extract.rules.clause_subject import unlabelled
from clew.ingest.extract.rules.context import RELATIVE, Context
from clew.ingest.extract.rules.word_lists import DENYING_VERBS, HEDGING_VERBS, SAYING, UNREAL_VERBS

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
    if depth > 6 or dep not in _INHERITS:
        return -1
    if dep == "xcomp" and (controlled := parse.child(head, "obj")) >= 0 and parse.lemma[head] != "promise":
        return controlled  # "hired X to run it": X ran it
    if parse.pos[head] != "VERB" and dep == "conj" and parse.child(head, "cop") < 0:
        return head if parse.tag[index] in {"VBN", "VBG"} else -1
    return subject_of(context, head, depth + 1)


def clause_flags(context: Context, index: int) -> tuple[str, ...]:
    """Flags of the clause headed by this token, those that a governing clause lends it included."""
    return tuple(sorted({*context.flags(index), *_reported(context, index)}))


def _reported(context: Context, index: int) -> set[str]:
    """`hedged` under "is believed to" and "plans to", `negated` under "failed to", `attributed:NAME` under "NAME
    claims that"."""
    parse = context.parse
    dep, head = parse.dep[index], parse.head[index]
    if head == index or dep not in {"xcomp", "ccomp"}:
        return {"hedged"} if dep in {"advcl", "acl"} and _purpose(context, index) else set()
    if parse.lemma[head] in DENYING_VERBS:
        return {"negated"}
    if parse.lemma[head] in UNREAL_VERBS:
        return {"hedged"}
    if dep == "xcomp" and parse.child(head, "aux:pass") >= 0 and parse.lemma[head] in HEDGING_VERBS:
        return {"hedged"}
    if dep == "ccomp" and parse.lemma[head] in SAYING:
        return {f"attributed:{reference.name}" for reference in context.subjects(subject_of(context, head))}
    return set()


def _purpose(context: Context, index: int) -> bool:
    """ "bought a shop to sell wine": nobody says that any was sold."""
    parse = context.parse
    mark = parse.child(index, "mark")
    return mark >= 0 and parse.low[mark] == "to" and parse.tag[index] == "VB"
