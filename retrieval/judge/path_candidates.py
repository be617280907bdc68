"""Candidate answers from scored paths: ends of paths, or the outcome of comparing two of them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from clew.graph.model import name_key
from clew.retrieval.question.link import Question, Seeds
from clew.retrieval.question.words import CUES
from clew.retrieval.reasoning.kinship import fits
from clew.retrieval.reasoning.paths import Found, Way, untyped

LIKELY = 0.5  # the network's probability from which it is believed
LISTED = 25  # answers of which the network is sure that are all given, however few candidates are asked for
ANSWERING = 0.3  # similarity of a path's relations to what is asked, below which it answers nothing


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible answer: an entity, a value, or `yes` / `no` (then `id` is empty). `score` in 0..1."""

    id: str
    name: str
    score: float


@dataclass(frozen=True, slots=True)
class Verdict:
    """Candidates, best first, and the ways that prove the best one (none where no path answers)."""

    candidates: tuple[Candidate, ...] = ()
    proof: tuple[Way, ...] = ()


def judge(question: Question, seeds: Seeds, found: Found, *, k: int = 5) -> Verdict:
    """What the paths answer: a comparison where the question makes one, else the ends of the best paths."""
    return compare(question, seeds, found) or _ends(question, seeds, found, k)


def _ends(question: Question, seeds: Seeds, found: Found, k: int) -> Verdict:
    named = {id_ for span in seeds.spans for id_, _ in span.entities}
    best: dict[str, Way] = {}
    for way in found.ways:
        end = found.end(way)
        mistyped = bool(question.types) and end.type not in question.types
        mistyped = mistyped and (not untyped(end.type) or _class(found, way))
        if end.id in named or mistyped or not _answers(question, found, way):
            continue
        best.setdefault(end.id, way)
    ranked = sorted(best.items(), key=lambda item: (-item[1].score, item[0]))
    sure = [way for _, way in ranked if way.chance >= LIKELY][:LISTED] if ranked and ranked[0][1].chance else []
    ranked = ranked[: max(k, len(sure))]
    candidates = tuple(Candidate(id_, found.nodes[id_].name, _clip(way.score)) for id_, way in ranked)
    return Verdict(candidates, tuple(dict.fromkeys([*(way for _, way in ranked[:1]), *sure])))


def _class(found: Found, way: Way) -> bool:
    """Whether the way ends in what something merely is: "a screenwriter"."""
    return found.end(way).value is not None and found.path(way).triples[-1].relation == "is a"


def _answers(question: Question, found: Found, way: Way) -> bool:
    """Whether the network takes the way for an answer, or it says something of every known word that asks, and its
    last triple something of one."""
    if way.chance >= LIKELY:
        return True
    if not way.cover or way.last < ANSWERING or sum(way.cover) / len(way.cover) < ANSWERING:
        return False
    if not fits(question.cues, found.path(way).triples, way.forward):
        return False
    return all(cover >= ANSWERING for cue, cover in zip(question.cues, way.cover, strict=True) if cue in CUES)


def _clip(score: float) -> float:
    return max(0.0, min(1.0, score))


# -- comparisons ---------------------------------------------------------------------------------------------------

_SAME = re.compile(r"^\s*(?:are|is|do|does|did|were|was|have|has)\b.*\b(?:same|both)\b|\b(?:same|both)\b.*\?\s*$", re.I)
_LONGER = re.compile(r"\blived? (?:the )?long(?:er|est)\b", re.I)
_LESS = re.compile(r"\b(?:older|elder|oldest|eldest|earlier|earliest|first|before)\b", re.I)
_MORE = re.compile(r"\b(?:younger|youngest|later|latest|last|after|recently|recent|newer|newest)\b", re.I)


def compare(question: Question, seeds: Seeds, found: Found) -> Verdict | None:
    """The verdict on a question that compares two named things, empty where a side is unknown; None where the question
    makes no comparison."""
    spans = [number for number, span in enumerate(seeds.spans) if span.weight >= 0.3]
    if len(spans) != 2:
        return None
    if _LONGER.search(question.text):
        return _lived(found, seeds, spans) or Verdict()
    if _SAME.search(question.text) and re.match(r"\s*(?:are|is|do|does|did|were|was|have|has)\b", question.text, re.I):
        return _same(question, found, spans) or Verdict()
    if re.search(r"\bor\b|\band\b", question.text) and (_LESS.search(question.text) or _MORE.search(question.text)):
        return _ordered(found, seeds, spans, least=bool(_LESS.search(question.text))) or Verdict()
    return None


def _dated(found: Found, span: int) -> Way | None:
    ways = [way for way in found.ways if way.span == span and found.end(way).type == "DATE"]
    return next(iter(ways), None)


def _date(found: Found, way: Way) -> str:
    """The ISO date a way ends in, padded so that plain comparison is comparison in time."""
    value = found.end(way).value
    normal = (value.normal or value.text) if value else ""
    match = re.match(r"(-?)(\d{1,6})(?:-(\d\d))?(?:-(\d\d))?", normal)
    return f"{int(match[2]):06d}-{match[3] or '00'}-{match[4] or '00'}" if match and not match[1] else ""


def _ordered(found: Found, seeds: Seeds, spans: list[int], *, least: bool) -> Verdict | None:
    ways = [_dated(found, span) for span in spans]
    dated = [(_date(found, way), way) for way in ways if way is not None and _answers_some(way)]
    if len(dated) != 2 or not all(date for date, _ in dated) or dated[0][0] == dated[1][0]:
        return None
    chosen = (min if least else max)(dated, key=lambda item: item[0])[1]
    return _side(found, seeds, chosen, [way for _, way in dated])


def _answers_some(way: Way) -> bool:
    return max(way.cover, default=0.0) >= ANSWERING


def _side(found: Found, seeds: Seeds, chosen: Way, proof: list[Way]) -> Verdict:
    start = found.start(chosen)
    score = _clip(min(way.score for way in proof))
    return Verdict((Candidate(start.id, seeds.spans[chosen.span].text, score),), tuple(proof))


def _lived(found: Found, seeds: Seeds, spans: list[int]) -> Verdict | None:
    lives: list[tuple[int, Way, Way]] = []
    for span in spans:
        dates = {
            word: next((w for w in found.ways if w.span == span and len(w.edges) == 1 and _says(found, w, word)), None)
            for word in ("born", "died")
        }
        born, died = dates["born"] or None, dates["died"] or None
        if born is None or died is None or not _date(found, born) or not _date(found, died):
            return None
        lives.append((_days(_date(found, died)) - _days(_date(found, born)), born, died))
    longest = max(lives, key=lambda life: life[0])
    return _side(found, seeds, longest[1], [way for life in lives for way in life[1:]])


def _says(found: Found, way: Way, word: str) -> bool:
    relation = found.path(way).triples[0].relation.casefold()
    stems = {"born": ("born", "birth"), "died": ("die", "death")}[word]
    return found.end(way).type == "DATE" and any(stem in relation for stem in stems)


def _days(date: str) -> int:
    year, month, day = (int(part) for part in date.split("-"))
    return year * 366 + month * 31 + day


_LAND = re.compile(r"\b(?:countr(?:y|ies)|nationalit(?:y|ies)|nation|state|city|town|place|located)\b", re.I)


def _comparable(question: Question, found: Found, way: Way) -> bool:
    """Whether the end of a way may be what two things are asked to share: a place or nationality where the question
    speaks of one, else anything but what they merely are ("a village") and dates."""
    end, last = found.end(way), found.path(way).triples[-1].relation
    if _LAND.search(question.text):
        return end.type == "PLACE" or (end.value is not None and last == "is")
    return end.type not in {"DATE", "NUMBER"} and last != "is a"


def _same(question: Question, found: Found, spans: list[int]) -> Verdict | None:
    sides: list[dict[str, Way]] = []
    for span in spans:
        ends: dict[str, Way] = {}
        for way in found.ways:
            if way.span == span and _answers_some(way) and _comparable(question, found, way):
                ends.setdefault(name_key(found.end(way).name), way)
        sides.append(ends)
    shared = sorted(sides[0].keys() & sides[1].keys(), key=lambda key: -sides[0][key].score - sides[1][key].score)
    if shared:
        proof = (sides[0][shared[0]], sides[1][shared[0]])
        return Verdict((Candidate("", "yes", _clip(min(way.score for way in proof))),), proof)
    if sides[0] and sides[1]:
        proof = (next(iter(sides[0].values())), next(iter(sides[1].values())))
        if len(proof[0].edges) == len(proof[1].edges):  # else the two say different things
            return Verdict((Candidate("", "no", _clip(min(way.score for way in proof) * 0.8)),), proof)
    return None
