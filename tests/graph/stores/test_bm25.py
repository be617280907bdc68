"""The lexical index: words, the formula, and the same answers whatever came and went before."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clew.graph.stores.bm25 import BM25, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The CITIES' films", ["the", "city", "film"]),
        ("Émile Zola's naïve œuvre", ["emile", "zola", "naive", "œuvre"]),
        ("glass status this bus series", ["glass", "status", "this", "bus", "sery"]),
        ("Polish–Russian (1919-21)", ["polish", "russian", "1919", "21"]),
        ("snake_case C++ O’Brien", ["snake", "case", "c", "obrien"]),
        ("東京tower 2", ["東", "京", "tower", "2"]),
        ("Straße ＦＵＬＬ", ["strasse", "full"]),
        ("🧵 ~!*", []),
        ("", []),
    ],
)
def test_words_of_a_text(text: str, words: list[str]) -> None:
    assert tokens(text) == words


def test_scores_follow_the_formula() -> None:
    index = BM25(k1=1.5, b=0.5)
    index.add("a", "red red fox")
    index.add("b", "blue fox jumps over it")
    idf = math.log(1 + (2 - 1 + 0.5) / (1 + 0.5))
    norm = 1.5 * (1 - 0.5 + 0.5 * 3 / 4)
    (hit,) = index.search("Red!", 5)
    assert hit.id == "a"
    assert hit.score == pytest.approx(idf * 2 * 2.5 / (2 + norm))
    assert [hit.id for hit in index.search("fox", 5)] == ["a", "b"]
    assert index.search("fox", 1)[0].id == "a"
    assert index.search("red red", 5)[0].score == pytest.approx(2 * hit.score)


def test_equal_scores_stand_in_order_of_id() -> None:
    index = BM25()
    for id_ in "dbcae":
        index.add(id_, "same words")
    assert [hit.id for hit in index.search("words", 3)] == ["a", "b", "c"]


def test_what_is_removed_or_replaced_is_not_found() -> None:
    index = BM25()
    index.add("a", "red fox")
    index.add("a", "blue whale")
    assert index.search("fox", 5) == []
    assert [hit.id for hit in index.search("whales", 5)] == ["a"]
    index.remove("a")
    index.remove("unknown")
    assert index.search("whale", 5) == []
    assert len(index) == 0
    assert "a" not in index


@pytest.mark.parametrize("query", ["", "~ * (", "unknown", "\ud800", "\x00"])
def test_a_query_without_known_words_finds_nothing(query: str) -> None:
    index = BM25()
    assert index.search(query, 5) == []
    index.add("a", "red fox")
    index.add("empty", "")
    assert index.search(query, 5) == []
    assert index.search("fox", 0) == []


words = st.lists(st.sampled_from(["red", "blue", "fox", "whale"]), max_size=5).map(" ".join)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.one_of(st.none(), words)), max_size=30))
def test_history_leaves_no_trace(steps: list[tuple[str, str | None]]) -> None:
    index, present = BM25(), dict[str, str]()
    for id_, text in steps:
        if text is None:
            index.remove(id_)
            present.pop(id_, None)
        else:
            index.add(id_, text)
            present[id_] = text
    fresh = BM25()
    for id_ in sorted(present):
        fresh.add(id_, present[id_])
    for query in ("red", "blue fox", "whale whale red fox"):
        assert index.search(query, 10) == fresh.search(query, 10)


def test_many_replacements_do_not_pile_up() -> None:
    index = BM25()
    for turn in range(5000):
        index.add(f"id {turn % 3}", f"word{turn} common")
    assert len(index) == 3
    assert {hit.id for hit in index.search("common", 10)} == {"id 0", "id 1", "id 2"}
    assert [hit.id for hit in index.search("word4999", 10)] == [f"id {4999 % 3}"]
    assert index.search("word4000", 10) == []
