"""Within one sentence: which noun before it a pronoun stands for.

A subject is what the next subject pronoun most likely takes up (Grosz, Joshi and Weinstein 1995, "Centering"): first
the subjects of the clauses that the pronoun's own clause hangs on, then the earlier ones, the nearest first.
"""

from __future__ import annotations

from collections.abc import Iterator

from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.word_lists import SAYING, noun_type

_SUBJECTS = frozenset({"nsubj", "nsubj:pass", "nsubj:outer"})
_PERSONAL = frozenset({"he", "she"})
_RESOLVED = frozenset({"he", "she", "it", "they"})
_NOT_PERSONS = frozenset({"PLACE", "ORGANISATION", "WORK", "EVENT", "PRODUCT"})
TIMES = {"day", "week", "month", "year", "time", "morning", "evening", "night", "quarter", "summer", "winter"}


def antecedents(parse: Parse) -> dict[int, int]:
    """Subject pronouns to the head of the noun that each stands for; those without a fitting one are left out."""
    kinds = _kinds(parse)
    found: dict[int, int] = {}
    for index, low in enumerate(parse.low):
        if low in _RESOLVED and parse.dep[index] in _SUBJECTS:
            candidates = () if quoted(parse, index) else _candidates(parse, index)
            for candidate in candidates:
                if parse.low[candidate] == low:  # what that one stands for, this one does
                    if candidate in found:
                        found[index] = found[candidate]
                    break
                if _agrees(parse, kinds, low, candidate):
                    found[index] = candidate
                    break
    return found


def _kinds(parse: Parse) -> dict[int, str]:
    return {index: kind for first, last, kind in parse.entities for index in range(first, last)}


def _candidates(parse: Parse, index: int) -> Iterator[int]:
    """Earlier subjects, those of governing clauses first."""
    place = parse.head[index]
    for _ in range(len(parse)):
        above = parse.head[place]
        if above == place:
            break
        place = above
        yield from (kid for kid in parse.kids[place] if parse.dep[kid] in _SUBJECTS and kid < index)
    sentence = parse.sentence[index]
    before = (token for token in range(index - 1, -1, -1) if parse.dep[token] in _SUBJECTS)
    yield from (token for token in before if parse.sentence[token] == sentence)


def quoted(parse: Parse, index: int) -> bool:
    """Is the pronoun in what somebody says? Then it stays in the speaker's words."""
    place = index
    for _ in range(len(parse)):
        above = parse.head[place]
        if above == place:
            return False
        if parse.dep[place] == "ccomp" and parse.lemma[above] in SAYING:
            return True
        place = above
    return False


def _agrees(parse: Parse, kinds: dict[int, str], low: str, candidate: int) -> bool:
    if parse.pos[candidate] not in {"NOUN", "PROPN"} or parse.lemma[candidate] in TIMES:
        return False
    plural = parse.tag[candidate] in {"NNS", "NNPS"} or any(
        parse.dep[kid] == "conj" and parse.pos[kid] in {"NOUN", "PROPN"} for kid in parse.kids[candidate]
    )
    if low == "they":
        return plural
    kind = kinds.get(candidate) or noun_type(parse.low[candidate])
    if low in _PERSONAL:
        return not plural and (kind == "PERSON" or (parse.pos[candidate] == "PROPN" and kind not in _NOT_PERSONS))
    return not plural and kind != "PERSON"
