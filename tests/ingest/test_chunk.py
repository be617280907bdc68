"""Chunks tile the text, keep to their size, and break where a reader would."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.graph.model import Document
from clew.ingest.chunk import chunk
from clew.ingest.load.items import Section
from clew.ingest.structure.markdown import read_markdown

SIZES = st.integers(4, 60)
# Text with the marks at which chunks may break, and arbitrary Unicode beside it.
TEXTS = st.one_of(st.text(max_size=400), st.text(alphabet=" \n\t.!?aZ。é\u0301\u200d", max_size=400))


def pieces(text: str, **options: object) -> list[str]:
    return [piece.text for piece in chunk(Document.make("file:///a", text), **options)]  # type: ignore[arg-type]


@given(TEXTS, SIZES)
def test_chunks_tile_the_text_and_keep_to_their_size(text: str, size: int) -> None:
    document = Document.make("file:///a", text)
    chunks = chunk(document, size=size)
    assert "".join(piece.text for piece in chunks) == text
    assert all(0 < len(piece.text) <= 1.25 * size for piece in chunks)
    assert all(document.text[piece.start : piece.end] == piece.text for piece in chunks)
    assert [piece.position for piece in chunks] == list(range(len(chunks)))
    assert len({piece.id for piece in chunks}) == len(chunks)
    assert chunk(document, size=size) == chunks


def test_a_small_chunk_of_marks_alone_still_moves_on() -> None:
    text = "abcd" + "\u0301" * 40
    assert "".join(pieces(text, size=4)) == text


@given(TEXTS, SIZES, st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3)), max_size=8))
def test_headings_anywhere_never_break_the_tiling(text: str, size: int, places: list[tuple[int, int]]) -> None:
    sections = [Section(start, f"heading {start}", level) for start, level in places if start < len(text)]
    texts = pieces(text, size=size, sections=sections)
    assert "".join(texts) == text
    assert all(0 < len(piece) <= 1.25 * size for piece in texts)


@given(st.lists(st.text(alphabet="ab|. ", max_size=60), max_size=30), SIZES)
def test_rows_are_never_cut(lines: list[str], size: int) -> None:
    text = "\n".join(lines)
    texts = pieces(text, size=size, rows=True)
    assert "".join(texts) == text
    assert all(piece.endswith("\n") for piece in texts[:-1])


@given(
    st.lists(st.sampled_from(["word", "Words,", "end.", "\n\n", "\n"]), min_size=1, max_size=200), st.integers(20, 60)
)
def test_white_space_belongs_to_the_chunk_before_it(words: list[str], size: int) -> None:
    texts = pieces(" ".join(words).strip(), size=size)
    blank = 0.25 * size  # a run of white space longer than the window has to be cut
    assert all(not piece[0].isspace() for piece in texts[1:] if len(piece) - len(piece.lstrip()) < blank)


def test_a_short_document_is_one_chunk_and_an_empty_one_none() -> None:
    assert pieces("Ada wrote.", size=1200) == ["Ada wrote."]
    assert pieces("", size=1200) == []


def test_a_paragraph_is_the_best_place_to_break_then_a_sentence_then_a_word() -> None:
    paragraph = "One two three four. Five six.\n\nSeven eight. Nine ten eleven twelve thirteen."
    assert pieces(paragraph, size=40)[0] == "One two three four. Five six.\n\n"
    sentences = "One two three four. Five six seven eight nine. Ten eleven twelve thirteen fourteen"
    assert pieces(sentences, size=40)[0] == "One two three four. Five six seven eight nine. "
    assert pieces("a" * 15 + " " + "b" * 30, size=20)[0] == "a" * 15 + " "
    assert pieces("a" * 50, size=20) == ["a" * 20, "a" * 20, "a" * 10]


@pytest.mark.parametrize("name", ["Dr. Watson", "J. R. R. Tolkien", "St. Albans", "No. Seven"])
def test_an_abbreviation_does_not_end_a_sentence(name: str) -> None:
    text = f"{'x' * 22}. Then {name} came to the old house that stood there for years and years"
    assert pieces(text, size=30)[0] == f"{'x' * 22}. "


def test_chinese_and_japanese_sentences_end_without_a_space() -> None:
    text = "吾輩は猫である。名前はまだ無い。どこで生れたかとんと見当がつかぬ。"
    assert pieces(text, size=16)[0] == "吾輩は猫である。名前はまだ無い。"


def test_a_letter_is_not_parted_from_its_accents() -> None:
    texts = pieces("e\u0301\u0323" * 40, size=20)
    assert all(piece.startswith("e") for piece in texts)


def test_a_chunk_ends_before_a_heading_and_knows_the_path_of_headings() -> None:
    body = "Some words here. " * 3
    parts = ["Top\n\n", body, "Inner\n\n", body, "Next\n\n", body]
    starts = [sum(map(len, parts[:place])) for place in range(len(parts))]
    sections = [Section(starts[0], "Top", 1), Section(starts[2], "Inner", 2), Section(starts[4], "Next", 1)]
    chunks = chunk(Document.make("file:///a", "".join(parts)), size=60, sections=sections)
    assert [piece.text[:5] for piece in chunks] == ["Top\n\n", "Inner", "Next\n"]
    assert [piece.headings for piece in chunks] == [("Top",), ("Top", "Inner"), ("Next",)]


def test_a_page_is_named_but_does_not_end_a_chunk() -> None:
    text = "word " * 20
    chunks = chunk(
        Document.make("file:///a", text), size=50, sections=[Section(0, "page 1", 0), Section(30, "page 2", 0)]
    )
    assert [piece.headings for piece in chunks] == [("page 1",), ("page 2",)]
    assert chunks[0].end == 50


def test_a_size_that_leaves_no_room_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        pieces("text", size=3)


@pytest.mark.parametrize("unit", ["a", " ", "word ", "\n", ". ", "e\u0301", '."', "猫。"])
def test_time_is_linear_in_one_long_line(unit: str) -> None:
    def seconds(length: int) -> float:
        document = Document.make("file:///a", unit * (length // len(unit)))
        started = time.process_time()
        chunk(document)
        return time.process_time() - started

    assert seconds(4_000_000) < 25 * max(seconds(500_000), 0.01)  # 8 times the text; quadratic would be 64


TABLE = "# Huts\n\n| Hut | Warden |\n|---|---|\n" + "".join(f"| Hut {n:03} | Ada Berg |\n" for n in range(200))


def test_each_chunk_of_a_long_table_has_its_header() -> None:
    built = read_markdown(TABLE)
    chunks = chunk(Document.make("file:///a", built.text), size=400, sections=built.sections, blocks=built.blocks)
    assert len(chunks) > 5
    assert chunks[0].headings == ("Huts",)
    assert {piece.headings for piece in chunks[1:]} == {("Huts", "Hut | Warden")}
    assert all(piece.text.startswith("Hut ") and piece.text.rstrip().endswith("Ada Berg") for piece in chunks[1:])


def test_chunks_begin_with_blocks() -> None:
    text = "".join(f"- item {n} says something that is not long\n" for n in range(60))
    built = read_markdown(f"Words.\n\n{text}\nA last paragraph.")
    chunks = chunk(Document.make("file:///a", built.text), size=300, blocks=built.blocks)
    assert "".join(piece.text for piece in chunks) == built.text
    assert all(piece.text.startswith(("Words", "- item", "A last")) for piece in chunks)
