"""Kinship has a direction: who asks for a father is not answered with a son, nor for a grandfather with a father."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clew.graph.model import Triple

_UP = re.compile(r"(?:grand|step)?(?:father|mother|parent)s?(?:-in-law)?")
_DOWN = re.compile(r"(?:grand|step)?(?:son|daughter|child|children)s?(?:-in-law)?")
_TWOFOLD = re.compile(r"grand\w+|\w+-in-law|step\w+|uncle|aunt|nephew|niece")


def steps(cue: str) -> int:
    """How many triples a word of kinship, or any other, asks for: a grandfather is the father's father."""
    return 2 if _TWOFOLD.fullmatch(cue) else 1


def rises(relation: str, *, forward: bool) -> int:
    """1 where walking the relation leads to a parent, -1 to a child, 0 where it is another."""
    words = relation.casefold().split()
    if len(words) < 2 or words[-1] not in {"of", "to"}:
        return 0
    kin = words[-2]
    step = 1 if _DOWN.fullmatch(kin) or words[-2:] == ["born", "to"] else -1 if _UP.fullmatch(kin) else 0
    return step if forward else -step


def fits(cues: Sequence[str], triples: Sequence[Triple], forward: Sequence[bool]) -> bool:
    """Whether a path may answer what these words of the question ask for, as far as kinship goes: it rises where
    they rise, and is as long as they are, unless a relation says the whole at once ("grandson of")."""
    up, down = any(map(_UP.fullmatch, cues)), any(map(_DOWN.fullmatch, cues))
    if up != down:
        wanted = 1 if up else -1
        if any(
            rises(triple.relation, forward=ahead) == -wanted for triple, ahead in zip(triples, forward, strict=True)
        ):
            return False
    at_once = any(_TWOFOLD.fullmatch(word) for triple in triples for word in triple.relation.casefold().split())
    return at_once or len(triples) >= max(map(steps, cues), default=1)
