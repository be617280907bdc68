"""What answers: passages read, triples, paths and steps weighed together, in the form that the question asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clew.graph.adjacency.adjacency import Subgraph
from clew.graph.store import Hit
from clew.retrieval.compose import READ, Asking, Outcome
from clew.retrieval.hybrid import TextHits
from clew.retrieval.judge.choice import choose
from clew.retrieval.judge.members import members
from clew.retrieval.judge.path_candidates import Candidate, Verdict
from clew.retrieval.judge.weigh import End, Judged
from clew.retrieval.judge.yes_no import Ruling, rule
from clew.retrieval.question.link import Question, Seeds
from clew.retrieval.reasoning.paths import Way
from clew.retrieval.reasoning.rank import Scores

NAMED = 0.3  # weight from which a name in the question counts as found


@dataclass(frozen=True)
class Retrieval:
    """What was found before anything is said: ranked `chunks`, `seeds`, the `subgraph` with its `scores`, and the
    milliseconds each step took."""

    question: Question
    seeds: Seeds
    text: TextHits
    subgraph: Subgraph
    scores: Scores
    chunks: tuple[Hit, ...]
    timings: Mapping[str, float]


@dataclass(frozen=True)
class Decision:
    """What is to be said: `judged`, best first; of a yes/no question the `ruling`; of a list all `members`. `ways` are
    the paths that prove the best answer."""

    outcome: Outcome
    judged: tuple[Judged, ...] = ()
    ruling: Ruling | None = None
    members: tuple[str, ...] = ()
    ways: tuple[Way, ...] = ()
    names: dict[str, str] = field(default_factory=dict)
    most: int = 5

    @property
    def best(self) -> Judged | None:
        """The likeliest answer."""
        return self.judged[0] if self.judged else None

    @property
    def name(self) -> str:
        """The answer in words: a yes or no, all members of a list, or the likeliest answer's name."""
        if self.ruling is not None:
            return self.ruling.says.capitalize()
        if len(self.members) > 1:
            return f"{', '.join(self.members[:-1])} and {self.members[-1]}"
        return self.best.name if self.best else ""

    @property
    def probability(self) -> float:
        """How probable it is that the answer is right."""
        return self.ruling.probability if self.ruling else self.best.probability if self.best else 0.0

    @property
    def candidates(self) -> tuple[Candidate, ...]:
        """The answers with their probabilities, best first."""
        if self.ruling is not None:
            return (Candidate("", self.ruling.says, self.ruling.probability),)
        if self.best is None:
            return ()
        first = Candidate(self.best.id, self.name, self.best.probability)
        return (first, *(Candidate(one.id, one.name, one.probability) for one in self.judged[1 : self.most]))

    @property
    def chunks(self) -> list[str]:
        """The chunks that the grounds of the best answer lie in."""
        if self.ruling is not None:
            return [self.ruling.passage.chunk.id]
        chosen = [*self.best.before, self.best] if self.best else []
        found: list[str] = []
        for ground in (ground for one in chosen for ground in one.grounds[:3]):
            found += [ground.span.passage.chunk.id] if ground.span else []
            found += [source.chunk for source in ground.triple.triple.sources[:4]] if ground.triple else []
        return found


def decide(asking: Asking, found: Retrieval, verdict: Verdict, *, k: int = 5) -> Decision:
    """The decision on a question for which text and paths were found."""
    outcome = asking.one(found.question.text, found.question, found.seeds, together(found), ends(found, verdict))
    form = outcome.form
    compared = bool(verdict.candidates) and not verdict.candidates[0].id  # yes, no, or one of two by their paths
    if form.kind == "yes-no" and not compared:
        return Decision(outcome, (), rule(form, outcome.passages, outcome.relevant), most=k)
    judged = asking.stepped(outcome)
    if form.kind == "choice":
        chosen = choose(form, judged, outcome.passages, asking.asked)
        judged = [chosen, *judged] if chosen is not None else judged
    if not judged:
        return Decision(outcome, most=k)
    best = judged[0]
    proof = next((ground.ways for ground in best.grounds if ground.ways), ())
    triples = [ground.triple for one in (*best.before, best) for ground in one.grounds if ground.triple]
    names = {triple.node.id: triple.node.name for triple in triples}
    return Decision(
        outcome,
        tuple(judged),
        None,
        members(best, form, outcome.triples, outcome.passages, asking.parse),
        proof,
        names,
        k,
    )


def ends(found: Retrieval, verdict: Verdict) -> list[End]:
    """What the paths lead to: (name, id, score, ways that prove it); from things merely alike they prove nothing."""
    if not any(span.weight >= NAMED for span in found.seeds.spans):
        return []
    ranked = enumerate(verdict.candidates)
    return [(one.name, one.id, one.score, () if rank else verdict.proof) for rank, one in ranked]


def together(found: Retrieval) -> list[Hit]:
    """The chunks to read: those that names, graph and text rank best, and those that the text alone does, in turn."""
    kept: dict[str, float] = {}
    for rank in range(READ):
        for hits in (found.chunks, found.text.chunks):
            if rank < len(hits):
                kept.setdefault(hits[rank].id, 1.0 / (1.0 + 0.15 * rank))
    return [Hit(id_, score) for id_, score in kept.items()][:READ]


__all__ = ["Decision", "Retrieval", "decide", "together"]
