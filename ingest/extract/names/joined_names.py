"""Runs of words that one name spans: joined by a hyphen, "of", a particle, an ampersand, a patron's possessive."""

from __future__ import annotations

from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.word_lists import NAMED_AFTER, OFFICES, ORGANISATION_WORDS, PARTICLES, SAINTS


def joined(parse: Parse, owner: list[int], runs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Runs that one name spans: joined by a hyphen, "of", a particle or an ampersand."""
    joined: list[tuple[int, int]] = []
    for first, last in runs:
        if joined:
            before, end = joined[-1]
            near = parse.sentence[end - 1] == parse.sentence[first]
            if near and _joins(parse, owner, end, first):
                joined[-1] = (before, last)
                continue
        joined.append((first, last))
    return joined


def _joins(parse: Parse, owner: list[int], end: int, first: int) -> bool:
    between = parse.low[end:first]
    if not between:
        if parse.low[end - 1] == "of":
            return True
        near = parse.start[first] - parse.end[end - 1] <= 1
        apart = owner[first] >= 0 and owner[end - 1] >= 0
        return near and (not apart or _one_person(parse, owner, end, first))
    if len(between) > 2 or not parse.words[first][0].isupper():
        return False
    if between in (["of"], ["of", "the"]):
        if parse.words[end - 1] in OFFICES:  # "CEO of Apple" is no name
            return False
        kind = parse.entities[owner[first]][2] if owner[first] >= 0 else ""
        before = parse.entities[owner[end - 1]][2] if owner[end - 1] >= 0 else ""
        return not (kind == "ORGANISATION" and before == "PERSON") and kind != "WORK"
    return _joined_by(parse, owner, end, first)


def _one_person(parse: Parse, owner: list[int], end: int, first: int) -> bool:
    """Two lone words side by side, each taken for a person, are one person's name: "Marie" "Curie"; "Pope" is part of
    "Pope Adrian IV"."""
    before, after = parse.entities[owner[end - 1]], parse.entities[owner[first]]
    if parse.dep[end - 1] == "nmod:desc" and before[2] == after[2] == "PERSON":
        return after[0] <= parse.head[end - 1] < after[1]
    lone = before[1] - before[0] == after[1] - after[0] == 1
    words = parse.words[end - 1] + parse.words[first]
    return lone and before[2] == after[2] == "PERSON" and words.isalpha() and not words.isupper()


def _joined_by(parse: Parse, owner: list[int], end: int, first: int) -> bool:
    """Joined by "the" (Boso the Elder), the possessive of a saint, of a patron ("Guy's Hospital") or of an institution
    without a name of its own ("the University's Senate House"), a hyphen or ampersand, or particles."""
    between = parse.low[end:first]
    if between == ["the"]:
        alone = first + 1 == len(parse) or not parse.words[first + 1][0].isupper()
        return alone and parse.pos[end - 1] == "PROPN" and parse.words[end] == "the" and _given(parse, owner, end)
    if between in (["'s"], ["’s"]):
        kind = parse.entities[owner[first]][2] if owner[first] >= 0 else ""
        before = parse.low[end - 2] if end > 1 else ""
        institution = before == "the" and parse.words[end - 1] in ORGANISATION_WORDS and kind != "PERSON"
        return before in SAINTS or institution or parse.words[first] in NAMED_AFTER
    if between in (["-"], ["–"], ["&"]):
        return parse.start[first] - parse.end[end] <= 1
    return all(word in PARTICLES for word in between)


def _given(parse: Parse, owner: list[int], end: int) -> bool:
    """Could the name that ends here be a person's given name, with a byname to follow?"""
    kind = parse.entities[owner[end - 1]][2] if owner[end - 1] >= 0 else ""
    return kind in {"PERSON", "OTHER", "PLACE", ""} and (end < 2 or parse.low[end - 2] not in {"the", "in"})


__all__ = ["joined"]
