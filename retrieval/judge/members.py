"""All members of an answer: what stands beside it in a coordination, and what other triples of its relation say."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clew.graph.model import name_key
from clew.retrieval.judge.spans import Passage
from clew.retrieval.judge.triples import TripleAnswer
from clew.retrieval.judge.weigh import Judged
from clew.retrieval.judge.wording import meaning, share
from clew.retrieval.question.form import Form
from clew.retrieval.question.syntax import Parse, Syntax

LONGEST = 400  # characters of a sentence that is parsed for its coordinations
MOST = 25
_SEPARATOR = re.compile(r"\s*(?:,\s*and|,\s*or|,|;|\band\b|\bor\b|&)\s*")


def members(
    best: Judged, form: Form, triples: Sequence[TripleAnswer], passages: Sequence[Passage], parse: Parse
) -> tuple[str, ...]:
    """The names of all members of the answer, in the order of the text; only its own where it is no list."""
    if form.kind in {"number", "when", "why", "how", "yes-no", "choice"}:
        return (best.name,)
    if rows := _in_rows(best, form, passages):
        return tuple(rows[:MOST])
    names = [*_told(best, triples), *(_listed(best, form) or _in_a_row(best) or _coordinated(best, parse))]
    if name_key(best.name) not in {name_key(name) for name in names}:
        names.insert(0, best.name)
    kept: list[str] = []
    for name in names:
        key = name_key(name)
        if not any(key == name_key(other) or f" {key} " in f" {name_key(other)} " for other in kept):
            kept = [other for other in kept if f" {name_key(other)} " not in f" {key} "]
            kept.append(name)
    return tuple(kept[:MOST])


def _told(best: Judged, triples: Sequence[TripleAnswer]) -> list[str]:
    """The other ends of the triples that say the same of the same thing."""
    ground = next((ground.triple for ground in best.grounds if ground.triple), None)
    if ground is None:
        return []
    named = ground.triple.head if ground.forward else ground.triple.tail_id
    same = [
        one
        for one in triples
        if one.triple.relation == ground.triple.relation
        and one.forward == ground.forward
        and (one.triple.head if one.forward else one.triple.tail_id) == named
    ]
    return [
        one.node.name for one in sorted(same, key=lambda one: min((s.start for s in one.triple.sources), default=0))
    ]


def _in_rows(best: Judged, form: Form, passages: Sequence[Passage]) -> list[str]:
    """The cells of the answer's column in all rows that hold what the question says of the answer's row."""
    span = best.grounds[0].span if best.grounds else None
    row = span.passage.row if span is not None else None
    own = row.cell(span.start, span.end) if span is not None and row is not None else None
    if span is None or row is None or own is None or not form.several:
        return []
    chunk = span.passage.chunk
    asked = meaning(form.syntax.text, without=meaning(form.noun))
    wanted = {}
    for cell in row.cells:
        column = meaning(cell.column)
        said = [word for word in meaning(chunk.text[cell.start : cell.end]) if word not in column]
        held = {word for word in said if share([word], asked) > 0}
        if held and cell != own:
            wanted[cell.column] = held
    if not wanted:
        return []
    found = []
    for other in (one.row for one in passages if one.chunk.id == chunk.id and one.row is not None):
        cells = {cell.column: chunk.text[cell.start : cell.end] for cell in other.cells}
        alike = all(share(sorted(held), meaning(cells.get(column, ""))) == 1 for column, held in wanted.items())
        if other.table == row.table and alike and own.column in cells:
            found.append(cells[own.column])
    return list(dict.fromkeys(found))


_ITEM = re.compile(r"[^\S\n]*(?:[-*•+]|\d+[.)])[^\S\n]+(?P<item>\S[^\n]*)")
_ITEM_END = re.compile(r"\s*(?:[:;(–—]|,\s| - )")


def _listed(best: Judged, form: Form) -> list[str]:
    """The items of the list that the answer is an item of, where several are asked for."""
    span = best.grounds[0].span if best.grounds else None
    if span is None or not form.several or span.end <= span.start:
        return []
    text = span.passage.chunk.text
    lines = text.split("\n")
    own = text.count("\n", 0, span.start)
    if own >= len(lines) or not _ITEM.match(lines[own]):
        return []
    first = last = own
    while first > 0 and _ITEM.match(lines[first - 1]):
        first -= 1
    while last + 1 < len(lines) and _ITEM.match(lines[last + 1]):
        last += 1
    items = [match["item"] for line in lines[first : last + 1] if (match := _ITEM.match(line))]
    return [_ITEM_END.split(item, maxsplit=1)[0].strip(" .*_") for item in items]


_BETWEEN = re.compile(
    r"\s*(?:\([^()]{0,40}\))?\s*(?:,|;|,? and|,? &|,? as well as)\s+(?:[^\W\d_]+\.?\s+)?(?:[A-Z][^\W\d_]*\.?\s+){0,2}"
)


def _in_a_row(best: Judged) -> list[str]:
    """The names of one type that stand one after the other around the answer, only commas and titles between them."""
    span = best.grounds[0].span if best.grounds else None
    if span is None or not span.neighbours or span.passage.row is not None:
        return []
    text = span.passage.chunk.text
    own = [at for at, (start, end) in enumerate(span.neighbours) if start < span.end and span.start < end]
    if not own:
        return []
    first, last = own[0], own[-1]
    spans = span.neighbours
    while first > 0 and _BETWEEN.fullmatch(text[spans[first - 1][1] : spans[first][0]]):
        first -= 1
    while last + 1 < len(spans) and _BETWEEN.fullmatch(text[spans[last][1] : spans[last + 1][0]]):
        last += 1
    return [" ".join(text[start:end].split()) for start, end in spans[first : last + 1]] if last > first else []


def _coordinated(best: Judged, parse: Parse) -> list[str]:
    """What is coordinated with the span in its sentence."""
    span = best.grounds[0].span if best.grounds else None
    if span is None or span.passage.row is not None or span.end <= span.start or _SEPARATOR.search(span.text):
        return []
    low, high = span.sentence
    text = span.passage.chunk.text[low:high]
    if len(text) > LONGEST or not _SEPARATOR.search(text):
        return []
    syntax = parse(text)
    inside = [
        at for at in range(len(syntax)) if syntax.starts[at] < span.end - low and syntax.ends[at] > span.start - low
    ]
    heads = [at for at in inside if syntax.heads[at] not in inside]
    if len(heads) != 1:
        return []
    first = heads[0]
    while syntax.deps[first] == "conj" and syntax.tags[syntax.heads[first]] in {"NOUN", "PROPN", "NUM"}:
        first = syntax.heads[first]
    group = [first, *(kid for kid in syntax.children[first] if syntax.deps[kid] == "conj")]
    if len(group) < 2 or any(syntax.tags[at] not in {"NOUN", "PROPN", "NUM", "X", "SYM"} for at in group):
        return []
    if any(word.casefold() in {"or", "but"} for at in group for word in _conjunctions(syntax, at)):
        return []
    return [_own(syntax, at) for at in group]


def _conjunctions(syntax: Syntax, at: int) -> list[str]:
    return [syntax.words[kid] for kid in syntax.children[at] if syntax.deps[kid] == "cc"]


def _own(syntax: Syntax, at: int) -> str:
    """The member's own words, without its conjunction, preposition and the members after it."""
    left_out = {"conj", "cc", "punct", "case", "appos", "acl", "acl:relcl", "parataxis"}
    dropped = {low for kid in syntax.children[at] if syntax.deps[kid] in left_out for low in syntax.below(kid)}
    own = [token for token in syntax.below(at) if token not in dropped]
    while own and syntax.tags[own[0]] in {"DET", "PUNCT", "CCONJ"}:
        own.pop(0)
    return " ".join(syntax.said(own).split()) or syntax.words[at]
