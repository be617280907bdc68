"""Statements that noun phrases imply: "Intel's founder" (Intel has a founder), "President Bush" (Bush is President)."""

from __future__ import annotations

from clew.ingest.extract.facts.statements import Statement
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.phrases import Phrases

_READ = frozenset({"appos", "nmod:poss", "nmod:desc", "nmod"})
_PLACES = frozenset({"in", "at", "near", "on"})
_POSSESSIVE = frozenset({"'s", "'", "’s", "’"})
_NAMES = frozenset({"NOUN", "PROPN"})


def read_implied(parse: Parse, phrases: Phrases) -> list[Statement]:
    """What appositions, possessors, titles and prepositions between nouns say, with the implied verb."""
    found = [
        _read(parse, phrases, index, parse.head[index])
        for index, dep in enumerate(parse.dep)
        if dep in _READ and parse.pos[index] in _NAMES and parse.head[index] != index
    ]
    return [statement for statement in found if statement is not None and statement.subject and statement.object]


def _read(parse: Parse, phrases: Phrases, index: int, head: int) -> Statement | None:
    outer = phrases.noun(head, without=(index,), bare=True, alone=True)
    dep, case = parse.dep[index], phrases.case(index)
    if dep == "nmod:poss":
        owner = [token for token in phrases.noun(index) if parse.words[token] not in _POSSESSIVE]
        return Statement("possessor", "implied", index, index, owner, [], index, outer, implied="has")
    if dep == "nmod":
        if head > index or parse.pos[head] not in _NAMES or parse.case(index) in {"", "of"}:
            return None
        named = parse.pos[head] == parse.pos[index] == "PROPN" and parse.case(index) in _PLACES
        form, inner = "within" if named else "modifier", phrases.noun(index, without=case)
        return Statement(form, "implied", index, head, outer, case, index, inner, implied="is")
    inner = phrases.noun(index)
    if dep == "appos" and _place_in_place(parse, index, head):
        return Statement("within", "implied", index, head, outer, [], index, inner, implied="is in")
    form = "apposition" if dep == "appos" else "title"
    return Statement(form, "implied", index, head, outer, [], index, inner, implied="is")


def _place_in_place(parse: Parse, index: int, head: int) -> bool:
    """Is this "Paris, Texas"?"""
    if parse.pos[head] != "PROPN" or parse.pos[index] != "PROPN" or parse.child(index, "det") >= 0:
        return False
    kinds = {kind for first, last, kind in parse.entities if first <= index < last or first <= head < last}
    return kinds == {"PLACE"}
