"""One question, or one step of it, from its text to judged answers; and questions of several steps put together.

A step is a question of its own: what it finds is put in the place of its description, and the question that results is
asked next. The question as it stands competes with what its steps give.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from clew.graph.model import Chunk, Document, Mention, name_key
from clew.graph.store import GraphStore, Hit
from clew.retrieval.judge.dates import recency, written_on
from clew.retrieval.judge.rows import Row, rows_of
from clew.retrieval.judge.spans import Passage, Read, SpanAnswer, read_spans
from clew.retrieval.judge.triples import TripleAnswer, match_triples, saying, turned_round
from clew.retrieval.judge.weigh import End, Judged, joined, weigh
from clew.retrieval.judge.windows import best_first, windows
from clew.retrieval.judge.wording import meaning, share
from clew.retrieval.question.form import Form, form_of
from clew.retrieval.question.link import Question, Seeds, long_names
from clew.retrieval.question.steps import first_step
from clew.retrieval.question.syntax import Parse, parse_named

READ = 10  # chunks looked into for a question
WINDOWS = 20  # ... and windows of them that are read
CHECKED = 6  # spans whose sentences are parsed, to see who does what in them
LONGEST = 500  # characters of such a sentence
MOST_STEPS = 4
INNER = 2  # answers of a step that are put in
VOUCHED = 0.3  # the reader's probability from which a triple with that end is looked at, whatever its relation
FAINT = 0.08  # an answer of a step less likely than this is not put in
WHOLE = 0.75  # how sure the question as it stands is beside its steps: a described thing is easily taken for another
STEPPED = 0.9  # what each step takes off
INNER_SHARE = 0.4  # a wrong answer of a step leads nowhere, so what follows from it vouches for it too


@dataclass(frozen=True)
class Outcome:
    """What one question came to: its form, what was read and how `relevant` it is, and the answers, likeliest first."""

    question: str
    form: Form
    passages: tuple[Passage, ...]
    relevant: tuple[float, ...]
    spans: tuple[SpanAnswer, ...]
    triples: tuple[TripleAnswer, ...]
    judged: tuple[Judged, ...]


@dataclass(frozen=True)
class Asking:
    """All that asking needs: the store, the parser, the reader, and `look`, which links a question and finds text."""

    store: GraphStore
    parse: Parse
    read: Read
    look: Callable[[str], tuple[Question, Seeds, Sequence[Hit]]]

    def one(
        self, text: str, question: Question, seeds: Seeds, hits: Sequence[Hit], paths: Sequence[End] = ()
    ) -> Outcome:
        """The answers to the question as it stands."""
        form = form_of(parse_named(self.parse, text, long_names(seeds)))
        passages = self.passages(text, hits)
        mentions: dict[str, list[Mention]] = {}
        for mention in self.store.mentions(chunks=[passage.chunk.id for passage in passages]):
            mentions.setdefault(mention.chunk, []).append(mention)
        readings = self.read(text, [passage.text for passage in passages]) if passages else ()
        spans = read_spans(text, form, passages, mentions, readings)
        spans = self._checked(spans, form, seeds)
        triples = match_triples(question, seeds, form, self.store, self.parse, read=_vouched(spans))
        triples += self._saying(spans, mentions, {one.triple.id for one in triples})
        judged = weigh(spans, triples, paths, text)
        relevant = tuple(reading.relevance for reading in readings)
        return Outcome(text, form, tuple(passages), relevant, tuple(spans), tuple(triples), tuple(judged))

    def _checked(self, spans: Sequence[SpanAnswer], form: Form, seeds: Seeds) -> list[SpanAnswer]:
        """The spans, with `turned` 1 for those whose sentence says it the other way round than the question."""
        names = [(span.start, span.end) for span in seeds.spans]
        likely = sorted(spans, key=lambda one: -one.features["read"])[:CHECKED]
        sentences = {_sentence(one) for one in likely if one.passage.row is None}
        short = {text: self.parse(text) for text in sentences if len(text) <= LONGEST} if names else {}
        turned = {text for text, said in short.items() if any(turned_round(form, name, said) for name in names)}
        return [replace(one, features={**one.features, "turned": float(_sentence(one) in turned)}) for one in spans]

    def _saying(
        self, spans: Sequence[SpanAnswer], mentions: Mapping[str, Sequence[Mention]], known: set[str]
    ) -> list[TripleAnswer]:
        """The triples that the sentence of the surest span says, where they end in the span and are not `known`."""
        best = max(spans, key=lambda one: one.features["read"], default=None)
        if best is None or best.features["read"] < VOUCHED:
            return []
        chunk = best.passage.chunk
        low, high = chunk.start + best.sentence[0], chunk.start + best.sentence[1]
        beside = [one.entity for one in mentions.get(chunk.id, ()) if low <= one.start < high or one.start == one.end]
        return [one for one in saying(best, beside, self.store) if one.triple.id not in known] if beside else []

    def passages(self, text: str, hits: Sequence[Hit]) -> list[Passage]:
        """The windows of these hits' chunks that share most with the question, under what stands above them."""
        kept = list(hits)[:READ]
        chunks = {chunk.id: chunk for chunk in self.store.chunks([hit.id for hit in kept])}
        owners = sorted({chunk.document for chunk in chunks.values()})
        documents = {document.id: document for document in self.store.documents(owners)}
        recent = self._recency(documents)
        top = max((hit.score for hit in kept), default=1.0) or 1.0
        found: list[Passage] = []
        for hit in kept:
            chunk = chunks.get(hit.id)
            if chunk is not None and chunk.text.strip():
                title = documents[chunk.document].title if chunk.document in documents else ""
                rank = max(0.0, min(1.0, hit.score / top))
                found += _windows(chunk, title, rank, recent.get(chunk.document, 0.5))
        words = meaning(text)
        values = [(one.rank * (0.4 + share(words, meaning(one.text))), number) for number, one in enumerate(found)]
        return [found[number] for number in best_first(values, WINDOWS)]

    def _recency(self, documents: Mapping[str, Document]) -> dict[str, float]:
        """How recent each document is among these, by the day that it gives as its own."""
        days = {}
        for id_, document in documents.items():
            days[id_] = written_on(document, next(iter(self.store.chunks(document=id_)), None))
        return recency(days, list(documents))

    def stepped(self, outcome: Outcome) -> list[Judged]:
        """The answers of the question, those that its steps lead to among them."""
        composed = self._steps(outcome.question, outcome.form, MOST_STEPS)
        if composed is None:
            return list(outcome.judged)
        return _compete(outcome.judged, composed)

    def asked(self, text: str) -> list[Judged]:
        """The answers to a question of its own, text and triples alone."""
        return self._asked(text, 1)

    def _steps(self, text: str, form: Form, left: int) -> list[Judged] | None:
        step = first_step(form.syntax) if left > 1 else None
        if step is None:
            return None
        answers: list[Judged] = []
        inner = self._asked(step.asks, left - 1)
        for thing in [one for one in inner if one.probability >= FAINT][:INNER]:
            outer = self._asked(step.put_in(text, thing.name), left - 1)
            for one in outer[:INNER]:
                if one.name.casefold() == thing.name.casefold():
                    continue
                sure = STEPPED * thing.probability**INNER_SHARE * one.probability
                answers.append(replace(one, probability=sure, before=(*thing.before, thing, *one.before)))
        return answers

    def _asked(self, text: str, left: int) -> list[Judged]:
        question, seeds, hits = self.look(text)
        outcome = self.one(text, question, seeds, hits)
        own = [replace(one, question=text) for one in outcome.judged[:5]]
        composed = self._steps(text, outcome.form, left)
        return own if composed is None else _compete(own, composed)


def _sentence(one: SpanAnswer) -> str:
    return one.passage.chunk.text[slice(*one.sentence)]


def _vouched(spans: Sequence[SpanAnswer]) -> set[str]:
    """The keys of what the reader takes for an answer."""
    return {name_key(one.text) for one in spans if one.features["read"] >= VOUCHED}


def _windows(chunk: Chunk, title: str, rank: float, recent: float) -> list[Passage]:
    """The chunk in windows under its title and headings; tables in it row by row."""
    above = [part for part in dict.fromkeys((title, *chunk.headings)) if part]
    rows = rows_of(chunk.text)
    tables = _tables(rows)
    found = []
    for start, end, own in windows(chunk):
        lines = [*above, own] if own and own not in above else above
        heading = ". ".join(line for line in lines if not chunk.text[start:].startswith(line))
        for low, high in _without(chunk.text, start, end, tables):
            found.append(Passage(chunk, low, high, heading, rank, recent))
        inside = [row for row in rows if start <= row.start < end]
        found += [Passage(chunk, row.start, row.end, heading, rank, recent, row) for row in inside]
    return found


def _tables(rows: Sequence[Row]) -> list[tuple[int, int]]:
    """Where each table lies, its header with it."""
    ends: dict[int, int] = {}
    for row in rows:
        ends[row.table] = max(ends.get(row.table, 0), row.end)
    return sorted(ends.items())


def _without(text: str, start: int, end: int, tables: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The stretches of a window that no table takes up."""
    found, at = [], start
    for low, high in [*tables, (end, end)]:
        if at < min(low, end) and (own := text[at : min(low, end)]).strip():
            found.append((at + len(own) - len(own.lstrip()), at + len(own.rstrip())))
        at = max(at, high)
    return found


def _compete(whole: Sequence[Judged], composed: Sequence[Judged]) -> list[Judged]:
    """The answers to a question as it stands beside those of its steps; what a step found is the thing described in
    the question, and so not its answer."""
    described = {name_key(before.name) for one in composed for before in one.before}
    left = [
        one if _walked(one) else replace(one, probability=one.probability * WHOLE)
        for one in whole
        if name_key(one.name) not in described
    ]
    return joined([*left, *composed])


def _walked(one: Judged) -> bool:
    """Whether a path of several steps leads to the answer."""
    return any(len(way.edges) > 1 for ground in one.grounds for way in ground.ways)
