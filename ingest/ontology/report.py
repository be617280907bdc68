"""What an ontology did to the triples of a run."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from clew.graph.model import Value
from clew.ingest.extract.types import RawTriple

_EXAMPLES = 3
_REASONS = 2000  # told apart; memory must not follow the corpus
_REST = "other reasons"


@dataclass(frozen=True, slots=True)
class Rejected:
    """How many triples were rejected for a reason, with up to three of them in words."""

    reason: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GuideReport:
    """What became of triples: `kept` as they were, `mapped` from other words, `found` beyond those that the extractor
    read, and `rejected` by reason, the most frequent first."""

    ontology: str
    kept: int
    mapped: int
    found: int
    rejected: tuple[Rejected, ...]

    @property
    def refused(self) -> int:
        """How many were rejected, all reasons together."""
        return sum(each.count for each in self.rejected)

    def to_dict(self) -> dict[str, Any]:
        """The same, ready for JSON."""
        return asdict(self)


@dataclass
class Tally:
    """The report while it grows."""

    counts: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)

    def reject(self, reason: str, triple: RawTriple) -> None:
        """One more was rejected for this reason."""
        if reason not in self.reasons and len(self.reasons) >= _REASONS:
            reason = _REST
        self.reasons[reason] += 1
        some = self.examples.setdefault(reason, [])
        if len(some) < _EXAMPLES:
            tail = triple.tail.text if isinstance(triple.tail, Value) else triple.tail
            some.append(f"{triple.head} | {triple.relation} | {tail}"[:300])

    def report(self, ontology: str) -> GuideReport:
        """What became of the triples so far."""
        rejected = tuple(
            Rejected(reason, count, tuple(self.examples[reason]))
            for reason, count in sorted(self.reasons.items(), key=lambda pair: (-pair[1], pair[0]))
        )
        return GuideReport(ontology, self.counts["kept"], self.counts["mapped"], self.counts["found"], rejected)
