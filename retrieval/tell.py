"""A decision as numbered evidence: every step with the sentence that says it, then what else was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from clew.graph.model import ReasoningPath
from clew.retrieval.decide import Decision, Retrieval
from clew.retrieval.judge.weigh import Ground, Judged
from clew.retrieval.reasoning.paths import Way
from clew.retrieval.verbalize import (
    Evidence,
    Library,
    Quote,
    path_evidence,
    printable,
    text_evidence,
)


@dataclass(frozen=True)
class Telling:
    """What was found and decided, ready to be said. `decision` is None where nothing is answered: then only the nearest
    sentences are evidence."""

    found: Retrieval
    decision: Decision | None
    chosen: Sequence[tuple[ReasoningPath, Way]]
    names: Mapping[str, str]
    library: Library

    def evidence(self) -> tuple[list[Evidence], tuple[ReasoningPath, ...]]:
        """Numbered evidence, that of the answer first, and the paths that it points to."""
        shown: list[ReasoningPath] = []
        numbered: list[Evidence] = []
        if self.decision is not None:
            for item, path in self._steps(self.decision):
                place = None
                if path is not None:
                    places = [number for number, other in enumerate(shown) if _same(path, other)]
                    place = places[0] if places else len(shown)
                    shown += [] if places else [path]
                numbered.append(replace(item, path=place))
        numbered = _merged(numbered)
        seen = [quote for item in numbered for quote in item.quotes]
        texts = [(hit.id, hit.score) for hit in self.found.chunks]
        more = text_evidence(self.found.question.text, texts, self.library, first=len(numbered) + 1, seen=seen)
        others = [path for path, _ in self.chosen if not any(_same(path, other) for other in shown)]
        return numbered + more, (*shown, *others)

    def _steps(self, decision: Decision) -> list[tuple[Evidence, ReasoningPath | None]]:
        if decision.ruling is not None:
            ruling = decision.ruling
            quote = self.library.quote(ruling.passage.chunk, ruling.start, ruling.end)
            return [(Evidence(0, printable(quote.text), (quote,), None, ruling.probability, decision.name), None)]
        if decision.best is None:
            return []
        steps: list[tuple[Evidence, ReasoningPath | None]] = []
        for one in decision.best.before:
            steps += self._of(one, "", decision)[:1]
        return steps + self._of(decision.best, decision.name, decision)

    def _of(self, one: Judged, answer: str, decision: Decision) -> list[tuple[Evidence, ReasoningPath | None]]:
        steps: list[tuple[Evidence, ReasoningPath | None]] = []
        kinds = {ground.kind: ground for ground in reversed(one.grounds)}  # best of each
        for ground in sorted(kinds.values(), key=lambda ground: -ground.probability):
            steps += self._ground(ground, answer, decision)
        return steps

    def _ground(self, ground: Ground, answer: str, decision: Decision) -> list[tuple[Evidence, ReasoningPath | None]]:
        if ground.span is not None:
            chunk = ground.span.passage.chunk
            quote = self.library.quote(chunk, *ground.span.sentence)
            return [(Evidence(0, printable(quote.text), (quote,), None, ground.probability, printable(answer)), None)]
        if ground.triple is not None:
            path = ReasoningPath((ground.triple.triple,), (ground.triple.forward,), ground.probability)
            made = path_evidence([(path, answer)], self.names, self.library)
            return [(item, path) for item in made]
        if ground.ways and ground.ways == decision.ways:
            proving = [(path, way) for path, way in self.chosen if way in ground.ways]
            return [
                (item, path)
                for path, _ in proving
                for item in path_evidence([(path, answer)], self.names, self.library)
            ]
        return []


def _same(path: ReasoningPath, other: ReasoningPath) -> bool:
    return (path.triples, path.forward) == (other.triples, other.forward)


def _merged(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Each statement once, numbered from 1; what any of its twins supports it supports."""
    kept: dict[tuple[str, tuple[Quote, ...]], Evidence] = {}
    for item in evidence:
        key = (item.statement, item.quotes)
        known = kept.get(key)
        if known is None:
            kept[key] = replace(item, number=len(kept) + 1, step=True)
        elif item.answer and not known.answer:
            kept[key] = replace(known, answer=item.answer)
    return list(kept.values())
