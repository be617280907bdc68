"""Triples and mentions from what was taken out of the text: brackets with dates, other names.

Confidence: 0.95 dates behind the document's subject, 0.85 behind another person, 0.8 another name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from clew.graph.model import Value
from clew.ingest.extract.names.cleaning import Aside
from clew.ingest.extract.names.coreference import Referents
from clew.ingest.extract.names.dates import date_in
from clew.ingest.extract.names.marked import tidy
from clew.ingest.extract.types import RawMention, RawTriple

_BORN = re.compile(r"\b(?:born|b\.):?(?!\w)", re.I)
_DIED = re.compile(r"\b(?:died|d\.):?(?=\s)", re.I)
_DASH = re.compile(r"\s*[–—]\s*|\s+-\s+|(?<=\d)\s*-\s+(?=\d)")
_OTHER = re.compile(r"\b(?:r\.|reigned|fl\.|flourished|active|ruled|in office|founded|established|released|aged)", re.I)
_PART = r"[A-Z][\w.'’]*(?:-\s?\w+)*"
_PLACE = re.compile(rf"\s*,?\s+in\s+((?:{_PART}|of|de|la|upon|on|the)(?:,?\s+(?:{_PART}|of|de|la|upon))*)")
_ACRONYM = re.compile(r"\s*([A-Z][A-Za-z.&-]*[A-Z][A-Za-z.&-]{0,8})\s*")
_MAIDEN = re.compile(r"\b(?:née|nee)\s+([A-Z]\w+(?:\s+[A-Z]\w+)*)")
_BORN_AS = re.compile(  # "born Zuzana Pick; 20 June 1931", but not "born New York, United States"
    r"\bborn\s+(?:as\s+)?[\"“]?\s*((?!(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\b)[A-Z][\w.'’-]+"
    r"(?:\s+(?:[A-Z][\w.'’-]*|de|von|van|of|al))*\s+[A-Z][\w'’-]+)"
    r"(?=\s*[\"”]?\s*(?:;|$|\d|,?\s+on\b|,\s*\d|,\s*[A-Z][a-z]+ \d))"
)
_AKA = re.compile(r"\b(?:aka|a\.k\.a\.|also known as)\s*[\"“]?\s*([A-Z][^\"”;,()]*[^\"”;,()\s])")
_PARTS = re.compile(r"[^;]+")
_ACT = re.compile(
    r"\s*(?P<verb>[a-z]+(?:ed|ilt|egun|ade|old))\s+(?:(?P<by>in|on)\s+)?(?P<date>\d[\w ,]*\d|[A-Z][\w ,]*\d)\s*"
)
_FORMERLY = re.compile(r"\b(?:formerly|previously|originally)\s+(?:called\s+|known\s+as\s+)?([A-Z][^;,()]*[^;,()\s])")
_IN_LANGUAGE = re.compile(r"\s*[A-Z][a-z]+(?: title)?:\s*([^\W\d_a-z][^;()]*[^;()\s])\s*")
_UNSURE = re.compile(r"\bor\b|\bc\.|\bcirca\b|\bca\.|\babout\b|\?", re.I)


def read_asides(
    text: str, asides: Sequence[Aside], mentions: Sequence[RawMention], lead_end: int, referents: Referents
) -> tuple[list[RawMention], list[RawTriple]]:
    """What the asides say of the names they stand behind. Offsets are the document's."""
    by_end = {mention.end: mention for mention in mentions}
    new_mentions: list[RawMention] = []
    triples: list[RawTriple] = []
    for aside in asides:
        owner = _owner(text, aside, by_end)
        if owner is None:
            continue
        if aside.kind == "alias":
            name = text[aside.start : aside.end]
            if tidy(name) and owner.name == referents.title:
                referents.alias(tidy(name))
                kind = owner.type
                new_mentions.append(RawMention(aside.start, aside.end, name, kind, 0.8, "alias", owner.name))
            continue
        _other_names(text, aside, owner, new_mentions)
        subject = owner.end == lead_end and owner.name == referents.title
        if owner.type == "PERSON" or (subject and owner.type == "OTHER"):
            triples += _life(text, aside, owner, 0.95 if subject else 0.85, new_mentions)
        elif acts := _acts(text, aside, owner):
            triples += acts
        elif owner.type in {"WORK", "EVENT"}:
            found = date_in(text[aside.start : aside.end])
            if found is not None and not _DASH.search(text[aside.start : aside.end]):
                value = Value(text[aside.start + found.start : aside.start + found.end], "date", found.normal)
                triples.append(_triple(owner, "year", value, aside, 0.7))
    return new_mentions, triples


def _owner(text: str, aside: Aside, by_end: dict[int, RawMention]) -> RawMention | None:
    end = aside.anchor
    for _ in range(4):
        if end in by_end:
            return by_end[end]
        if not end or text[end - 1] not in " ,\"”'’(":
            return None
        end -= 1
    return None


def _acts(text: str, aside: Aside, owner: RawMention) -> list[RawTriple]:
    """ "(opened 1931)": what was done to the thing, and when."""
    found: list[RawTriple] = []
    for part in _PARTS.finditer(text, aside.start, aside.end):
        act = _ACT.fullmatch(part[0])
        date = date_in(act["date"]) if act else None
        if act is None or date is None or (date.start, date.end) != (0, len(act["date"])):
            continue
        start = part.start() + act.start("date")
        value = Value(text[start : start + len(act["date"])], "date", date.normal)
        relation = f"{act['verb']} {act['by'] or ('on' if len(date.normal) == 10 else 'in')}"
        found.append(_triple(owner, relation, value, aside, 0.75))
    return found


def _other_names(text: str, aside: Aside, owner: RawMention, mentions: list[RawMention]) -> None:
    inner = text[aside.start : aside.end]
    acronym = _ACRONYM.fullmatch(inner)
    match = acronym if acronym and owner.type in {"ORGANISATION", "OTHER", "EVENT"} else None
    if match is None and owner.type in {"PERSON", "OTHER"}:
        match = _MAIDEN.search(inner) or _BORN_AS.search(inner)
    match = match or _AKA.search(inner) or _FORMERLY.search(inner) or _IN_LANGUAGE.fullmatch(inner)
    if match is not None:
        start, end = aside.start + match.start(1), aside.start + match.end(1)
        mentions.append(RawMention(start, end, text[start:end], owner.type, 0.7, "alias", owner.name))


def _life(text: str, aside: Aside, owner: RawMention, strength: float, mentions: list[RawMention]) -> list[RawTriple]:
    """Birth and death from "born 5 May 1950 in Paris", "5 May 1950 – 6 June 2000", "– 31 January 1758"."""
    triples: list[RawTriple] = []
    at = aside.start
    for part in re.split(r"(?<=;)", text[aside.start : aside.end]):
        if not _OTHER.search(part):
            for relation, start, end in _halves(part):
                said = text[at + start : at + end]
                flags = ("hedged",) if _UNSURE.search(said) else ()
                for value in _when(said):
                    act = f"{relation} on" if len(value.normal) == 10 else f"{relation} in"
                    triples.append(_triple(owner, act, value, aside, strength, flags=flags))
                for place in _where(said, at + start):
                    mentions.append(place)
                    triples.append(_triple(owner, f"{relation} in", place.name, aside, strength * 0.9, flags=flags))
        at += len(part)
    unique: dict[tuple[str, bool], RawTriple] = {}
    for triple in triples:
        unique.setdefault((triple.relation, isinstance(triple.tail, str)), triple)
    return list(unique.values())


def _halves(part: str) -> list[tuple[str, int, int]]:
    """The spans of a bracket's part that tell of birth and of death."""
    born, died = _BORN.search(part), _DIED.search(part)
    dash = _DASH.search(part)
    if born and died and born.start() < died.start():
        return [("born", born.end(), died.start()), ("died", died.end(), len(part))]
    if dash:
        left = born.end() if born and born.end() <= dash.start() else 0
        right = max(dash.end(), died.end() if died else 0)
        return [("born", left, dash.start()), ("died", right, len(part))]
    if born:
        return [("born", born.end(), len(part))]
    return [("died", died.end(), len(part))] if died else []


def _when(said: str) -> list[Value]:
    found = date_in(said)
    return [Value(said[found.start : found.end], "date", found.normal)] if found is not None else []


def _where(said: str, offset: int) -> list[RawMention]:
    found = date_in(said)
    place = _PLACE.search(said, found.end if found else 0)
    name = place[1].split(",")[0].strip() if place else ""
    if place is None or not tidy(name) or not name[0].isupper():
        return []
    start = offset + place.start(1)
    return [RawMention(start, start + len(name), name, "PLACE", 0.7, "name", tidy(name))]


def _triple(
    owner: RawMention,
    relation: str,
    tail: str | Value,
    aside: Aside,
    confidence: float,
    *,
    flags: tuple[str, ...] = (),
) -> RawTriple:
    kind = "" if isinstance(tail, Value) else "PLACE"
    head_type = "PERSON" if relation.startswith(("born", "died")) else owner.type
    factor = 1.0 if owner.form == "name" else 0.95
    return RawTriple(
        owner.name, head_type, relation, tail, kind, owner.start, aside.end, round(confidence * factor, 3), flags
    )
