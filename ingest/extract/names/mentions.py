"""Named mentions in a parsed text: what the recogniser found, completed by runs of proper nouns and quoted titles.

Confidence: 0.9 the document's own subject, 0.85 recognised, 0.7 quoted title, 0.6 a run of proper nouns that the
recogniser missed, 0.5 where that is a single word.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from clew.ingest.extract.names.dates import MONTHS, token_dates
from clew.ingest.extract.names.joined_names import joined
from clew.ingest.extract.names.marked import Name, Names, defined_term, quoted, titles
from clew.ingest.extract.rules.parse import Parse
from clew.ingest.extract.rules.word_lists import (
    DIRECTIONS,
    EVENT_WORDS,
    HONORIFICS,
    OF_PLACES,
    OFFICES,
    ORGANISATION_WORDS,
    PARTICLES,
    PERSON_NOUNS,
    PLACE_WORDS,
    RANKS,
    WEEKDAYS,
    noun_type,
)

_ROMAN = re.compile(r"[IVX]{1,5}\.?")
_ORDINAL = re.compile(r"\d{1,3}(?:st|nd|rd|th)")
_CROWNS = {"King", "Queen", "Emperor", "Empress"}
_ENTITIES = {"PERSON", "PLACE", "ORGANISATION"}


def find_names(
    parse: Parse,
    lead: tuple[int, int] | None,
    title: str = "",
    *,
    terms: Collection[str] = frozenset(),
    told: Sequence[Name] = (),
    days: Sequence[tuple[int, int, str]] = (),
) -> Names:
    """Names and dates of the parse. `lead` are the tokens that name the document's subject, `title` its name, which is
    a mention wherever it stands, capitalised or not, if it has several words. `terms` are what the document defined,
    `told` names that the source marks as such, `days` dates that only it can tell."""
    size = len(parse)
    dates = sorted([*token_dates(parse.words, parse.low), *days])
    date_at = [-1] * size
    for number, (first, last, _) in enumerate(dates):
        date_at[first:last] = [number] * (last - first)
    owner = [-1] * size  # which recognised entity a token is in
    for number, (first, last, _) in enumerate(parse.entities):
        owner[first:last] = [number] * (last - first)
    spans, nicknames = quoted(parse, owner, date_at)
    if lead is not None:
        spans.insert(0, Name(lead[0], lead[1], "OTHER", 0.9, subject=True))
        spans = [span for span in spans if span.subject or span.first >= lead[1]]
    spans += titles(parse, title.casefold().split(), lead[1] if lead else 0)
    spans += [name for term in sorted(terms) for name in defined_term(parse, term.split(), spans)]
    spans = [
        *told,
        *(span for span in spans if all(span.last <= each.first or each.last <= span.first for each in told)),
    ]
    taken = [False] * size
    for span in spans:
        taken[span.first : span.last] = [True] * (span.last - span.first)
    runs = _runs(parse, owner, date_at, taken, nicknames)
    named = _with_ranks(parse, joined(parse, owner, runs))
    spans += [name for first, last, short in named if (name := _name(parse, owner, first, last, short)) is not None]
    spans.sort(key=lambda span: span.first)
    at = [-1] * size
    for number, span in enumerate(spans):
        at[span.first : span.last] = [number] * (span.last - span.first)
        if span.first and parse.words[span.first - 1] in HONORIFICS and at[span.first - 1] < 0:
            at[span.first - 1] = number  # the parser may hang the name on it
    return Names(spans, at, dates, date_at)


def _runs(
    parse: Parse, owner: list[int], date_at: list[int], taken: list[bool], nicknames: set[int]
) -> list[tuple[int, int]]:
    """Maximal runs of tokens that are in one recognised entity, or proper nouns, or both."""
    runs: list[tuple[int, int]] = []
    begun = -1
    for index, word in enumerate([*parse.words, ""]):
        named = bool(word) and not taken[index] and date_at[index] < 0
        named = named and (
            index in nicknames or _namelike(parse, owner, index) or (begun >= 0 and _hyphen(parse, index))
        )
        cut = (
            begun >= 0
            and named
            and (
                (owner[index] >= 0 and owner[index - 1] >= 0 and owner[index] != owner[index - 1])
                or parse.start[index] - parse.end[index - 1] > 1
                or parse.sentence[index] != parse.sentence[index - 1]
            )
        )
        if begun >= 0 and (not named or cut):
            runs.append((begun, index))
            begun = -1
        if named and begun < 0:
            begun = index
    return runs


def _hyphen(parse: Parse, index: int) -> bool:
    """Is this the hyphen of a double name, or the part after it: Siu-tien, Al-Shabab?"""
    words, last = parse.words, len(parse) - 1
    if words[index] == "-" and index < last:
        glued = parse.start[index] == parse.end[index - 1] and parse.start[index + 1] - parse.end[index] <= 1
        return glued and (parse.pos[index + 1] in {"PROPN", "X"} or words[index + 1][0].isupper())
    return (
        words[index - 1] == "-"
        and parse.pos[index] in {"PROPN", "X"}
        and parse.start[index] - parse.end[index - 1] <= 1
    )


def _namelike(parse: Parse, owner: list[int], index: int) -> bool:
    word, pos = parse.words[index], parse.pos[index]
    if _label(parse, index):
        return True
    if owner[index] >= 0:
        return pos not in {"VERB", "AUX"} or word[0].isupper()
    if pos == "PROPN":
        return word[0].isupper() or word[0].isdigit() or word in PARTICLES
    if _ORDINAL.fullmatch(word) or _ROMAN.fullmatch(word):
        return _counts(parse, index)
    return word[0].isupper() and _capitalised(parse, owner, index)


def _label(parse: Parse, index: int) -> bool:
    """The letter or number that tells things of one name apart: "Node A", "PostgreSQL 14"."""
    word, before = parse.words[index], index - 1
    if before < 0 or parse.pos[before] != "PROPN" or parse.start[index] - parse.end[before] != 1:
        return False
    if parse.sentence[before] != parse.sentence[index] or parse.low[before] in MONTHS:
        return False
    if len(word) == 1 and word.isupper() and word != "I":
        return True
    tied = parse.dep[index] in {"flat", "nummod", "compound"} and parse.head[index] in {before, parse.head[before]}
    return parse.pos[index] == "NUM" and word[0].isdigit() and tied and parse.head[index] < index


def _counts(parse: Parse, index: int) -> bool:
    """An ordinal before a capital ("20th Century Fox"), a Roman numeral behind a name ("Lothair II")."""
    following = parse.words[index + 1] if index + 1 < len(parse) else ""
    if parse.words[index][0].isdigit():
        return following[:1].isupper() and following.lower() not in MONTHS
    return index > 0 and parse.pos[index - 1] == "PROPN"


def _capitalised(parse: Parse, owner: list[int], index: int) -> bool:
    """Is this capitalised word, tagged as something else, part of a name?"""
    pos = parse.pos[index]
    if parse.tag[index].startswith("NNP") and pos in {"ADJ", "NOUN", "NUM", "VERB", "ADV"}:
        return True  # "United States"
    if pos not in {"ADJ", "NOUN"} or index + 1 == len(parse):
        return False
    if _bare(parse, owner, index):
        return True
    inside = index > 0 and parse.sentence[index - 1] == parse.sentence[index]
    if pos == "NOUN" and inside and parse.child(index, "det") < 0 and not noun_type(parse.low[index]):
        return True
    return parse.pos[index + 1] == "PROPN" and owner[index + 1] < 0


def _bare(parse: Parse, owner: list[int], index: int) -> bool:
    """ "Team Osprey" at the beginning of a sentence: without an article, "team" is part of the name."""
    begins = index == 0 or parse.sentence[index - 1] != parse.sentence[index]
    named = owner[index + 1] >= 0 or parse.pos[index + 1] == "PROPN"
    return begins and named and parse.tag[index] == "NN" and noun_type(parse.low[index]) not in {"PERSON", "WORK"}


def _with_ranks(parse: Parse, runs: list[tuple[int, int]]) -> list[tuple[int, int, int]]:
    """`Arthur Wellesley , 1st Duke of Wellington` is one name with a short form; so is `..., Jr.`"""
    out: list[tuple[int, int, int]] = []
    for first, last in runs:
        between = parse.words[out[-1][1] : first] if out and first - out[-1][1] <= 2 else []
        if between[:1] == [","] and not out[-1][2] and (len(between) == 1 or _ORDINAL.fullmatch(between[1])):
            words = parse.words[first:last]
            rank = words[1:2] if _ORDINAL.fullmatch(words[0]) else words[:1]
            if (rank and rank[0] in RANKS - _CROWNS and last - first >= 2) or words in (
                ["Jr."],
                ["Sr."],
                ["Jr"],
                ["Sr"],
            ):
                out[-1] = (out[-1][0], last, out[-1][1])
                continue
        out.append((first, last, 0))
    return out


def _name(parse: Parse, owner: list[int], first: int, last: int, short: int) -> Name | None:
    """The run trimmed of determiners, honorifics and punctuation, with its type; None where nothing is left."""
    while first < last and (
        parse.pos[first] in {"DET", "PUNCT", "ADP", "PART", "CCONJ", "SPACE", "PRON"}
        and not (parse.words[first][0].isupper() and parse.pos[first] in {"ADP", "PRON"} and owner[first] >= 0)
    ):
        first += 1
    while (
        last > first
        and not (_label(parse, last - 1) and parse.words[last - 1].isupper())
        and (
            parse.pos[last - 1] in {"PUNCT", "ADP", "PART", "CCONJ", "DET", "SPACE"}
            or (parse.words[last - 1].islower() and parse.pos[last - 1] == "NOUN" and noun_type(parse.low[last - 1]))
        )
    ):
        last -= 1
    roman = any(_ROMAN.fullmatch(word) for word in parse.words[first + 1 : last])
    royal = roman or "of" in parse.low[first + 1 : last]
    crowned = first < last and parse.words[first] in _CROWNS
    kind = "PLACE" if _compound_place(parse, last) else _type(parse, owner, first, last, roman)
    while first + 1 < last and parse.words[first] in HONORIFICS and (not crowned or royal):
        following = parse.words[first + 1]
        if following == "of" or following in HONORIFICS or following in RANKS or kind not in {"PERSON", "OTHER"}:
            if "of" in parse.low[first:last]:  # an office, not a person
                kind = "OTHER"
            break
        first, kind, crowned = first + 1, "PERSON", False
    if first >= last or not any(word[0].isupper() for word in parse.words[first:last]):
        return None
    recognised = any(owner[index] >= 0 for index in range(first, last))
    if last - first == 1 and not _worth(parse, first, recognised, kind):
        return None
    if short <= first or short >= last:
        short = 0
    if short or (parse.words[first] in RANKS and last - first > 1 and kind != "WORK"):
        kind = "PERSON"
    return Name(first, last, kind, 0.85 if recognised else 0.6 if last - first > 1 else 0.5, short=short)


def _compound_place(parse: Parse, last: int) -> bool:
    """ "Warsaw-born", "Paris-based": what stands before is a place."""
    behind = parse.low[last : last + 2]
    return len(behind) == 2 and behind[0] == "-" and behind[1] in OF_PLACES


def _worth(parse: Parse, index: int, recognised: bool, kind: str) -> bool:
    """Is this single word a name? Adjectives of nationality, months, ranks and lone letters are not."""
    word, low, pos = parse.words[index], parse.low[index], parse.pos[index]
    lone = len(word) < 2 or low in MONTHS or low in WEEKDAYS or not any(map(str.isalpha, word))
    lone = lone or word in OFFICES or bool(_ORDINAL.fullmatch(word)) or _of_nationality(parse, index)
    ranked = word in HONORIFICS or word in RANKS
    lone = lone or (parse.dep[index] == "amod" and kind not in _ENTITIES)  # "a 2013 Australian film"
    title = ranked and not (recognised and parse.dep[index] not in {"compound", "nmod:desc"})
    person = low in PERSON_NOUNS and index > 0 and parse.low[index - 1] in {"a", "an", "the"}
    if lone or title or person or (pos == "NOUN" and noun_type(low)):
        return False
    if pos in {"ADJ", "ADV", "VERB", "NUM", "PRON", "DET", "INTJ", "X"}:
        return recognised and parse.tag[index].startswith("NNP")
    return recognised or pos == "PROPN"


def _of_nationality(parse: Parse, index: int) -> bool:
    """ "South" in "South African" is no name."""
    after = index + 1
    if parse.low[index] not in DIRECTIONS or after >= len(parse):
        return False
    return parse.pos[after] == "ADJ" and parse.words[after][0].isupper()


def _type(parse: Parse, owner: list[int], first: int, last: int, roman: bool) -> str:
    votes: dict[str, int] = {}
    for index in range(first, last):
        if owner[index] >= 0:
            kind = parse.entities[owner[index]][2]
            votes[kind] = votes.get(kind, 0) + 1
    words = parse.words[first:last]
    for vocabulary, kind in ((EVENT_WORDS, "EVENT"), (ORGANISATION_WORDS, "ORGANISATION"), (PLACE_WORDS, "PLACE")):
        if (
            not vocabulary.isdisjoint(words)
            and last - first > 1
            and max(votes, key=votes.__getitem__, default="") != "PERSON"
        ):
            return kind
    if roman and first < last and words[0] not in EVENT_WORDS and "War" not in words:
        return "PERSON"
    return min(votes, key=lambda kind: (-votes[kind], kind), default="OTHER")
