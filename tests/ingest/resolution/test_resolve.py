"""What an extraction becomes: mentions in their chunks, triples with a source, nothing without a mention."""

from __future__ import annotations

from clew.graph.model import Chunk, Document, Value, entity_id
from clew.ingest.extract.types import Extraction, RawMention, RawTriple
from clew.ingest.load.items import ReadyTriple
from clew.ingest.resolution.resolve import resolve, resolve_ready

TEXT = "Ada met Bob in Rome. Later she left."
DOCUMENT = Document.make("mem:ada", TEXT, title="Ada Lovelace")
CHUNKS = [Chunk.make(DOCUMENT, 0, 21), Chunk.make(DOCUMENT, 21, len(TEXT), position=1)]


def extraction() -> Extraction:
    mentions = (
        RawMention(0, 3, "Ada", "PERSON", 0.8, "alias", "Ada Lovelace"),
        RawMention(27, 30, "she", "PERSON", 0.7, "pronoun", "Ada Lovelace"),
    )
    triples = (
        RawTriple("Ada Lovelace", "PERSON", "met", "Bob", "PERSON", 0, 11, 0.8, (), {"place": "Rome"}),
        RawTriple("Ada Lovelace", "PERSON", "left", Value("later"), "", 21, 35, 0.5, ("hedged",)),
        RawTriple("Ada Lovelace", "PERSON", "met", "Bob", "PERSON", 0, 19, 0.6),
    )
    return Extraction(mentions, triples)


def test_the_title_is_a_mention_of_the_subjects_type() -> None:
    record = resolve(DOCUMENT, CHUNKS, extraction(), extractor="test 1")
    title = record.mentions[0]
    assert (title.start, title.end, title.text, title.form, title.confidence) == (0, 0, "Ada Lovelace", "name", 1.0)
    assert title.type == "PERSON"
    assert title.chunk == CHUNKS[0].id
    assert title.entity == entity_id("Ada Lovelace")


def test_every_end_of_a_triple_has_a_mention_in_the_chunk_that_holds_it() -> None:
    record = resolve(DOCUMENT, CHUNKS, extraction(), extractor="test 1")
    spans = {mention.name: (mention.start, mention.end, mention.text) for mention in record.mentions}
    assert spans["Bob"] == (8, 11, "Bob")
    by_text = {mention.text: mention.chunk for mention in record.mentions}
    assert by_text["she"] == CHUNKS[1].id
    ends = {end for t in record.triples for end in (t.head, t.tail) if isinstance(end, str)}
    assert ends <= {mention.entity for mention in record.mentions}


def test_one_triple_said_twice_has_two_sources() -> None:
    record = resolve(DOCUMENT, CHUNKS, extraction(), extractor="test 1")
    met = next(triple for triple in record.triples if triple.relation == "met")
    assert [(source.start, source.end, source.confidence) for source in met.sources] == [(0, 11, 0.8), (0, 19, 0.6)]
    assert met.sources[0].qualifiers == {"place": "Rome"}
    assert met.sources[0].extractor == "test 1"
    left = next(triple for triple in record.triples if triple.relation == "left")
    assert left.sources[0].flags == ("hedged",)
    assert left.sources[0].chunk == CHUNKS[1].id


def test_an_untitled_document_has_no_title_mention_and_an_empty_one_nothing() -> None:
    plain = Document.make("mem:plain", TEXT)
    record = resolve(plain, [Chunk.make(plain, 0, len(TEXT))], Extraction(), extractor="test 1")
    assert record.mentions == ()
    empty = Document.make("mem:empty", "", title="Empty")
    assert resolve(empty, [], Extraction(), extractor="test 1").mentions == ()


def test_ready_triples_know_numbers_and_dates_from_names() -> None:
    rows = "Rome,population,2800000\nRome,founded,21 April 753\nRome,capital_of,Italy\n"
    document = Document.make("mem:rows", rows)
    starts = [0, 24, 50]
    ends = [23, 49, 71]
    cells = [line.split(",") for line in rows.splitlines()]
    ready = [ReadyTriple(*row, start, end) for row, start, end in zip(cells, starts, ends, strict=True)]
    record = resolve_ready(document, [Chunk.make(document, 0, len(rows))], ready)
    tails = {triple.relation: triple.tail for triple in record.triples}
    assert tails["population"] == Value("2800000", "number", "2800000")
    assert tails["founded"] == Value("21 April 753", "date", "0753-04-21")
    assert tails["capital_of"] == entity_id("Italy")
    assert {mention.text for mention in record.mentions} == {"Rome", "Italy"}
    assert all(rows[m.start : m.end] == m.text for m in record.mentions)


def test_a_tail_that_is_said_to_be_an_entity_is_one() -> None:
    document = Document.make("mem:rows", "Orwell,wrote,1984")
    ready = [ReadyTriple("Orwell", "wrote", "1984", 0, 17, "PERSON", "WORK")]
    record = resolve_ready(document, [Chunk.make(document, 0, 17)], ready)
    assert record.triples[0].tail == entity_id("1984")
