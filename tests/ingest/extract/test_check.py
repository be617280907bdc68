"""Whatever a model answers about whatever text: no exception, and every span is the text's own."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from clew.graph.model import Document, Value
from clew.ingest.chunk import chunk
from clew.ingest.extract.check import Passage, Verifier
from clew.ingest.extract.llm import SCHEMA
from clew.ingest.extract.quotations import Searched, fold
from clew.ingest.extract.relation_names import relation_name
from clew.ingest.resolution.resolve import resolve
from clew.llm.cost import count_tokens
from clew.llm.prompt import quoted
from clew.llm.structured import find_json

TEXT = (
    "Ada Moss – “the Moth” – directed Airheads … in 1994.\nShe didn't marry O’Hare; he’s from Perth, Perth (Ontario)."
)
WORDS = st.sampled_from(
    [
        *TEXT.split(),
        "Ada Moss",
        "O'Hare",
        "the Moth",
        "she",
        "Perth (Ontario)",
        "1994",
        "in 1994.",
        "—",
        "is a",
        "not",
        "",
    ]
)
PIECE = st.one_of(WORDS, st.text(max_size=12), st.none(), st.integers(), st.lists(st.text(max_size=3), max_size=2))
TRIPLE = st.fixed_dictionaries(
    {},
    optional={
        "head": PIECE, "relation": PIECE, "tail": PIECE, "quote": st.one_of(PIECE, st.just(TEXT[:60]), st.just(TEXT)),
        "tail_kind": st.sampled_from(["entity", "value", 3]), "negated": PIECE, "hedged": st.booleans(),
    },
)  # fmt: skip
ENTITY = st.fixed_dictionaries(
    {}, optional={"name": PIECE, "type": PIECE, "also": st.one_of(PIECE, st.lists(PIECE, max_size=4))}
)
ANSWER = st.fixed_dictionaries(
    {
        "entities": st.lists(st.one_of(ENTITY, PIECE), max_size=6),
        "triples": st.lists(st.one_of(TRIPLE, PIECE), max_size=6),
    }
)


def checked(text: str, title: str, answer) -> None:
    document = Document.make("test:1", text, title=title)
    chunks = chunk(document)
    verifier = Verifier(document, title)
    for piece in chunks:
        verifier.take(Passage(piece.text, piece.start, title), answer)
    found = verifier.extraction()
    for mention in found.mentions:
        assert text[mention.start : mention.end] == mention.text
    for triple in found.triples:
        assert 0 <= triple.start < triple.end <= len(text)
        assert triple.relation
        if isinstance(triple.tail, Value):
            assert fold(triple.tail.text)[0] in fold(text)[0]
    resolve(document, chunks, found, extractor="test")


@settings(max_examples=60, deadline=None)
@given(ANSWER, st.sampled_from(["", "Ada Moss", "Airheads (film)"]))
def test_any_answer_about_a_text(answer, title):
    checked(TEXT, title, answer)


@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=200), st.data())
def test_any_text(text, data):
    words = st.sampled_from([text, text[: len(text) // 2], text[len(text) // 2 :], text[:1], text.upper()])
    triple = st.fixed_dictionaries({"head": words, "relation": words, "tail": words, "quote": words})
    entity = st.fixed_dictionaries({"name": words, "type": st.just("WORK"), "also": st.lists(words, max_size=2)})
    answer = {"entities": [data.draw(entity)], "triples": [data.draw(triple), data.draw(triple)]}
    checked(text, data.draw(st.sampled_from(["", text[:20]])), answer)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80), st.text(max_size=10))
def test_what_is_found_is_what_was_looked_for(text, words):
    searched = Searched(text)
    for span in (searched.quote(words), searched.name(words)):
        if span is not None:
            assert fold(text[slice(*span)])[0].strip() == fold(words)[0].strip()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_a_prompt_an_answer_and_a_relation(text):
    block = quoted(text, limit=200)
    mark = block.splitlines()[0].removeprefix("<<< ")
    assert block.count(mark) == 2
    block.encode("utf-8")
    find_json(text, SCHEMA)
    count_tokens(text)
    name, _ = relation_name(text)
    assert len(name) <= 60
