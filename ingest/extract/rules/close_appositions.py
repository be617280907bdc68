"""Nouns that a name beside them names, where the grammar does not tie the two: roles and classes."""

from __future__ import annotations

from collections.abc import Callable

from clew.ingest.extract.names.coreference import Reference
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.word_lists import CLASSES, noun_type

Named = Callable[[int], Reference | None]  # the name that a token stands in, if any


def apposed(parse: Parse, named: Named, index: int) -> Reference | None:
    """ "The head of Acme, John Brown,", "the capital of Norway, Oslo,": whatever the parser hangs the name on."""
    own = parse.child(index, "appos")
    if own > index:
        return named(own)
    of = parse.child(index, "nmod")
    own = parse.child(of, "appos") if of >= 0 else -1
    owner, name = named(of), named(own) if own >= 0 else None
    if owner is None or name is None or owner.type == "PERSON":
        return None
    person = name.type == "PERSON" and noun_type(parse.low[index]) in {"PERSON", ""}
    return name if person or parse.low[index] == "capital" else None


def classed(parse: Parse, named: Named, index: int) -> Reference | None:
    """ "The PTGS1 gene", "the Kappa library": the name before a noun that says what it is."""
    name = named(index - 1) if index and parse.low[index] in CLASSES else None
    return None if name is None or name.type in {"PERSON", "PLACE"} else name
