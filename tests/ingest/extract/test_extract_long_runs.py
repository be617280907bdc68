"""Text without spaces, such as rules drawn with dashes, costs no more than other text, and what stands beside it is
read."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clew.graph.model import Document
from clew.ingest.chunk import chunk
from clew.ingest.extract.local import SpacyExtractor, _grouped
from clew.ingest.extract.pieces import Piece, pieces_of
from clew.ingest.structure.facts.facts import Passage

SAID = "Acme Corp was founded by Bob Hill."


@pytest.mark.parametrize("run", [".,;:!?", "_", "(", "'", "=-", "a|b;"])
def test_a_long_run_takes_linear_time(extractor: SpacyExtractor, run: str) -> None:
    text = f"{SAID} {run * (18_000 // len(run))} {SAID}"
    started = time.process_time()
    doc = extractor._nlp.tokenizer(text)
    assert time.process_time() - started < 5  # the bare tokenizer takes over a minute
    assert doc.text == text
    plain = [token.text for token in extractor._nlp.tokenizer(SAID)]
    words = [token.text for token in doc]
    assert words[: len(plain)] == plain == words[-len(plain) :]


def test_what_stands_beside_a_long_run_is_read(extractor: SpacyExtractor) -> None:
    document = Document.make("file:///a.txt", f"{SAID}\n\n{'_.' * 1500}\n\nLoom Ltd is based in York.")
    (found,) = extractor([(document, chunk(document))])
    assert {(triple.head, triple.relation) for triple in found.triples} >= {("Acme Corp", "founded by")}
    assert any(triple.head == "Loom Ltd" for triple in found.triples)


@given(st.lists(st.tuples(st.sampled_from(["a.", "(", "_", " ", "\n", "é", "word "]), st.integers(1, 900)), max_size=5))
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_tokens_are_the_text(extractor: SpacyExtractor, parts: list[tuple[str, int]]) -> None:
    text = "".join(unit * count for unit, count in parts)
    assert extractor._nlp.tokenizer(text).text == text


def test_long_pieces_are_parsed_a_few_at_a_time() -> None:
    document = Document.make("file:///a.txt", f"{SAID} " * 20_000)
    passage = Passage(0, len(document.text))
    pieces = [(piece.cleaned.text, piece) for piece in pieces_of(0, document, "", [passage])]
    groups = list(_grouped(iter(pieces), 64))
    assert [piece for group in groups for piece in group] == pieces
    assert max(sum(len(text) for text, _ in group) for group in groups) <= 60_000
    short: list[tuple[str, Piece]] = [(SAID, pieces[0][1])] * 130
    assert [len(group) for group in _grouped(iter(short), 64)] == [64, 64, 2]
    assert all(first[-1][1].offset < then[0][1].offset for first, then in pairwise(groups))
