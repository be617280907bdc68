"""Words become word pieces, texts become windows."""

from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.graph.embeddings.embeddings import default_folder
from clew.ingest.parser.windows import MOST_PIECES, batches, cut
from clew.ingest.parser.word_pieces import MOST_PIECES as MOST_OF_A_WORD
from clew.ingest.parser.word_pieces import SHAPES, WordPieces, shape


@cache
def word_pieces() -> WordPieces:
    return WordPieces(default_folder() / "tokenizer.json")


@pytest.fixture
def pieces() -> WordPieces:
    return word_pieces()


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("film", 1),
        ("Film", 2),
        ("NATO", 3),
        ("U.S.", 3),
        ("A", 4),
        ("eBay", 5),
        ("1954", 6),
        ("1950s", 7),
        (".", 8),
        (",", 9),
        ("(", 10),
        ("東京", 11),
        ("don't", 1),
    ],
)
def test_shapes_say_how_a_word_is_written(word: str, kind: int) -> None:
    assert shape(word) == kind
    assert kind < SHAPES // 2


def test_places_of_pieces_are_those_of_the_words(pieces: WordPieces) -> None:
    words = ["Überlingen", "is", "unbelievably", "far", "."]
    pieces.learn(words)
    rows = pieces.windows([(words, [True, True, True, False, False]), (["far"], [False])])
    assert rows.words.tolist() == [5, 1]
    assert rows.first[0, 0] == 1
    assert all(rows.first[0, 1:] == rows.last[0, :-1] + 1)
    assert rows.mask[0].all()
    assert rows.mask[1].sum() == 3  # with a piece at either end
    assert rows.shapes[0, rows.first[0, 4]] == 8 + SHAPES // 2  # no space before the full stop


def test_a_word_has_a_limit(pieces: WordPieces) -> None:
    word = "https://example.org/" + "abcxyz/" * 40
    pieces.learn([word])
    assert pieces.count(word) == MOST_OF_A_WORD


@given(st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=400))
@settings(deadline=None, max_examples=40)
def test_windows_hold_every_word_once_in_order(texts: list[str]) -> None:
    pieces = word_pieces()
    pieces.learn(texts)
    blank = np.array([text.isspace() for text in texts])
    windows = list(cut(3, texts, [True] * len(texts), blank, pieces))
    assert [place for window in windows for place in window.tokens.tolist()] == np.flatnonzero(~blank).tolist()
    assert [word for window in windows for word in window.words] == [text for text in texts if not text.isspace()]
    assert all(window.pieces <= MOST_PIECES and window.doc == 3 for window in windows)


def test_a_window_ends_where_a_sentence_does(pieces: WordPieces) -> None:
    words = ["The", "film", "was", "made", "in", "Rome", "and", "won", "three", "prizes", "."] * 40
    pieces.learn(words)
    windows = list(cut(0, words, [True] * len(words), np.zeros(len(words), dtype=bool), pieces))
    assert len(windows) > 1
    assert all(window.words[-1] == "." for window in windows)
    assert sum(len(window.words) for window in windows) == len(words)


def test_a_batch_has_one_length_which_its_company_does_not_change(pieces: WordPieces) -> None:
    texts = [["word"] * size for size in (3, 4, 60, 61, 120, 5, 200)]
    pieces.learn(["word"])
    windows = [
        window
        for number, text in enumerate(texts)
        for window in cut(number, text, [True] * len(text), np.zeros(len(text), dtype=bool), pieces)
    ]
    together = {window.doc: length for length, group in batches(windows) for window in group}
    alone = {window.doc: length for one in windows for length, group in batches([one]) for window in group}
    assert together == alone
    assert len(together) == len(texts)
    assert all(window.pieces <= together[window.doc] for window in windows)
