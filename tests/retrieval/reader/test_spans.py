"""Spans as a reader would mark them."""

import numpy as np
import pytest

from clew.graph.embeddings.embeddings import default_folder
from clew.retrieval.reader.pieces import WordPieces
from clew.retrieval.reader.spans import best, tidy


@pytest.mark.parametrize(
    ("text", "marked", "expected"),
    [
        ("It was Marie Curie.", "Marie Curie.", "Marie Curie"),
        ("It was Marie Curie.", "rie Cur", "Marie Curie"),
        ("called “The Sea” then", "“The Sea”", "The Sea"),
        ("(in 1999) it", "(in 1999", "in 1999"),
        ("the Bank (Leeds) is", "Bank (Leeds)", "Bank (Leeds)"),
        ("the Bank (Leeds) is", "(Leeds)", "Leeds"),
        ("bought from Sentryx Inc. in", "Sentryx Inc.", "Sentryx Inc."),
        ("it costs €1,250.50 now", "1,250", "1,250.50"),
        ("it costs €1,250.50 now", "€1,250", "€1,250.50"),
        ("at 02:00, daily", "02", "02:00"),
        ("from 1939-1945 there", "1945", "1945"),
        ("on 2017-08-03 there", "2017", "2017-08-03"),
        ("Omar,director,Cork", "director", "director"),
        ("see #cobalt-oncall for", "#cobalt", "#cobalt-oncall"),
        ("mail ana@north.example.", "ana", "ana@north.example"),
        ("Ana's house", "Ana", "Ana"),
        ("| oak | ", "| oak |", "oak"),
        ("- -5 °C is", "-5 °C", "-5 °C"),
        ("written in C++ now", "C++", "C++"),
    ],
)
def test_spans_are_whole_words_without_marks(text: str, marked: str, expected: str) -> None:
    start = text.index(marked)
    span = tidy(text, start, start + len(marked))
    assert span is not None
    assert text[slice(*span)] == expected


@pytest.mark.parametrize("text", ["...", " ", "()", "—", "“”"])
def test_marks_alone_are_no_span(text: str) -> None:
    assert tidy(text, 0, len(text)) is None


def test_no_span_crosses_an_empty_line_or_goes_on_in_the_next_item() -> None:
    text = "Ana Silva\n\nBen Rao\nChloe Lin\nRole: cook\n- Tom Hughes"
    read = WordPieces(default_folder() / "tokenizer.json").cut([text])[0]
    flat = np.zeros(len(read), dtype=np.float32)
    found = [text[span.start : span.end] for span in best(text, read, flat, flat, 0.0)]
    assert "Ana Silva" in found
    assert "Ben Rao\nChloe Lin" in found
    assert not [span for span in found if "\n\n" in span or "\nRole" in span or "\n-" in span]
