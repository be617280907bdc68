"""Nouns that a name beside them names, where the grammar does not tie the two: roles and classes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clew.ingest.words import CLASSES, noun_type

if TYPE_CHECKING:
    from clew.ingest.context import Context
    from clew.ingest.corefer import Reference


def apposed(context: Context, index: int) -> Reference | None:
    """ "The head of Acme, John Brown,", "the capital of Norway, Oslo,": whatever the parser hangs the name on."""
    parse = context.parse
    own = parse.child(index, "appos")
    if own > index:
        return context.named(own)
    of = parse.child(index, "nmod")
    own = parse.child(of, "appos") if of >= 0 else -1
    owner, name = context.named(of), context.named(own) if own >= 0 else None
    if owner is None or name is None or owner.type == "PERSON":
        return None
    person = name.type == "PERSON" and noun_type(parse.low[index]) in {"PERSON", ""}
    return name if person or parse.low[index] == "capital" else None


def classed(context: Context, index: int) -> Reference | None:
    """ "The PTGS1 gene", "the Kappa library": the name before a noun that says what it is."""
    name = context.named(index - 1) if index and context.parse.low[index] in CLASSES else None
    return None if name is None or name.type in {"PERSON", "PLACE"} else name
