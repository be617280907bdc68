"""Types of a triple's ends that its relation tells."""

from __future__ import annotations

from clew.ingest.extract.names.coreference import Reference
from clew.ingest.extract.rules.word_lists import AGENT_RELATIONS, KIN


def head_type(head: Reference, relation: str) -> str:
    """The head's type where the relation tells more than the recogniser knew."""
    word = relation.split(" ", 1)[0]
    return "PERSON" if word in KIN or relation in {"born in", "born on", "born to"} else head.type


def tail_type(kind: str, relation: str) -> str:
    """The tail's type where the relation tells more than the recogniser knew."""
    first, _, rest = relation.partition(" ")
    if kind and ((first in KIN and rest == "of") or relation == "born to"):
        return "PERSON"
    if kind and relation in {"directed by", "written by", "starred", "co-written by", "co-directed by"}:
        return "PERSON"
    if kind in {"OTHER", "PLACE"} and rest == "by" and first in AGENT_RELATIONS:
        return "PERSON"
    if kind in {"OTHER", "PERSON"} and relation in {"born in", "died in"}:
        return "PLACE"
    return kind


__all__ = ["head_type", "tail_type"]
