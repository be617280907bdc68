"""Extraction by an ontology on Text2KGBench's TekGen part: which of the triples that people know it to say are read.

One triple is known for a sentence, so other true ones count as wrong: recall says more than precision. The rows that
are reported are a tenth of all, held out by their hash (`ontology_data.held_out`); the network is fitted, and the
threshold chosen, on the dev half. `--fit FILE` fits it and writes it there; `--unseen` reports each ontology by a
network that was fitted on the other nine; `--titled` gives each sentence a title, its subject, as a page of an
encyclopedia has.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from common import arguments, figure, note
from ontology_data import Row, ontologies, plain, rows, same

from clew.graph.embeddings.open import open_embedder
from clew.graph.model import Document
from clew.ingest.chunk import chunk
from clew.ingest.extract.local import SpacyExtractor
from clew.ingest.extract.types import RawTriple
from clew.ingest.ontology.guide import THRESHOLD, Guided
from clew.ingest.ontology.head import Head


@dataclass(frozen=True)
class Count:
    """Triples read, rows, and rows whose triple is among those read; shares are 0..1."""

    said: int = 0
    gold: int = 0
    right: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.said + other.said, self.gold + other.gold, self.right + other.right)

    @property
    def precision(self) -> float:
        return self.right / max(self.said, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.gold, 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(self.said + self.gold, 1)


def read(guided: Guided, found: Sequence[Row], *, titled: bool) -> list[tuple[RawTriple, ...]]:
    """What each row's sentence says, by the ontology."""
    documents = []
    for place, row in enumerate(found):
        document = Document.make(f"row:{place}", row.text, title=row.head if titled else "")
        documents.append((document, list(chunk(document, size=10_000))))
    return [extraction.triples for extraction in guided(documents)]


def count(found: Sequence[Row], said: Sequence[Iterable[RawTriple]]) -> Count:
    """The rows beside what was read of them; a sentence that stands in several rows is read once."""
    triples: dict[str, int] = {}
    right = 0
    for row, read_ in zip(found, said, strict=True):
        some = list(read_)
        triples[row.text] = len(some)
        right += any(
            plain(each.relation) == plain(row.relation) and same(each.head, row.head) and same(each.tail, row.tail)
            for each in some
        )
    return Count(sum(triples.values()), len(found), right)


def line(name: str, found: Count) -> str:
    """A line for people."""
    return (
        f"{name}: {found.gold} rows, {found.said} triples, precision {100 * found.precision:.1f},"
        f" recall {100 * found.recall:.1f}, F1 {100 * found.f1:.1f}"
    )


def parser() -> argparse.ArgumentParser:
    """All options."""
    made = arguments(str(__doc__).splitlines()[0], split=True)
    made.add_argument("--fit", type=Path, default=None, help="fit the network on dev and write it there")
    made.add_argument("--unseen", action="store_true", help="each ontology by a network that never saw it")
    made.add_argument("--titled", action="store_true", help="give each sentence its subject as a title")
    made.add_argument("--head", type=Path, default=None, help="another network")
    made.add_argument("--threshold", type=float, default=THRESHOLD, help="probability above which a triple is read")
    return made


def main() -> None:
    """Measure, then print the figures."""
    options = parser().parse_args()
    extractor, embedder = SpacyExtractor(), open_embedder()
    if options.fit or options.unseen:
        from ontology_fit import Examples, fit

        examples = Examples.read(options.data, extractor, embedder)
    if options.fit:
        fit(examples, options.fit)
        return
    total, shares = Count(), []
    every = list(rows(options.data, options.split))[: options.limit]
    for name, ontology in ontologies(options.data).items():
        found = [row for row in every if row.ontology == name]
        if not found:
            continue
        head = Head(options.head) if options.head else Head()
        if options.unseen:
            head = Head(fit(examples, Path("build") / "ontology-unseen.safetensors", without=name))
        guided = Guided(extractor, ontology, embedder, extractor="benchmark", head=head, threshold=options.threshold)
        counted = count(found, read(guided, found, titled=options.titled))
        note(line(name, counted))
        total += counted
        shares.append(counted)
    note(line("all rows", total))
    prefix = ("unseen " if options.unseen else "") + ("titled " if options.titled else "")
    for kind in ("precision", "recall", "f1"):
        figure(f"{prefix}macro {kind}", 100 * sum(getattr(each, kind) for each in shares) / max(len(shares), 1))
    for kind in ("precision", "recall", "f1"):
        figure(f"{prefix}{kind}", 100 * getattr(total, kind))


if __name__ == "__main__":
    main()
