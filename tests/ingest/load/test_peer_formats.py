"""Files of other systems: HippoRAG's OpenIE results and corpus, RoG's question graphs, MetaQA's kb."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from clew.graph.model import Value, entity_id
from clew.ingest.chunk import chunk
from clew.ingest.load.load import Fields, Loaded, load

PASSAGE = "Erik Hort was born in Montebello. Montebello lies in Rockland County, which had 311,687 people in 2010."


def write(path: Path, content: Any) -> Path:
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def one(path: Path) -> Loaded:
    items = list(load([path]))
    assert len(items) == 1, items
    assert isinstance(items[0], Loaded), items
    return items[0]


def test_openie_results_become_mentions_and_triples_in_their_passage(tmp_path: Path) -> None:
    docs = [
        {
            "idx": "chunk-1",
            "passage": f"Erik Hort\n{PASSAGE}",
            "extracted_entities": ["Erik Hort", "Montebello", "Rockland County", "2010"],
            "extracted_triples": [
                ["Erik Hort", "born in", "Montebello"],
                ["Rockland County", "population", "311,687"],
                ["Montebello", "located in", "rockland  county"],
                ["broken", "row"],
            ],
        }
    ]
    loaded = one(write(tmp_path / "openie.json", {"docs": docs, "avg_ent_chars": 9.5}))
    assert (loaded.document.title, loaded.document.text) == ("Erik Hort", PASSAGE)
    assert "1 of its triples" in loaded.note
    assert loaded.read is not None
    record = loaded.read(loaded.document, chunk(loaded.document))
    told = {(triple.relation, triple.tail): triple for triple in record.triples}
    born = told[("born in", entity_id("Montebello"))]
    (source,) = born.sources
    assert PASSAGE[source.start : source.end] == "Erik Hort was born in Montebello"
    assert ("population", Value("311,687", "number", "311687")) in told
    assert ("located in", entity_id("Rockland County")) in told
    assert {mention.text for mention in record.mentions if mention.entity == entity_id("Montebello")} == {"Montebello"}
    assert entity_id("2010") not in {mention.entity for mention in record.mentions}


def test_older_openie_results_with_title_and_text_are_read_too(tmp_path: Path) -> None:
    doc = {"title": "T", "text": "A knows B.", "extracted_entities": ["A"], "extracted_triples": [["A", "knows", "B"]]}
    loaded = one(write(tmp_path / "openie.json", {"docs": [doc]}))
    assert (loaded.document.title, loaded.document.text) == ("T", "A knows B.")
    assert loaded.read is not None
    assert len(loaded.read(loaded.document, chunk(loaded.document)).triples) == 1


def test_a_hipporag_corpus_is_a_list_of_passages(tmp_path: Path) -> None:
    loaded = one(write(tmp_path / "corpus.json", [{"title": "T", "text": "Some text.", "idx": 0}]))
    assert (loaded.document.title, loaded.document.text, loaded.triples) == ("T", "Some text.", ())


def test_a_question_graph_becomes_ready_triples(tmp_path: Path) -> None:
    row = {
        "id": "WebQTrn-0",
        "question": "what is the name of justin bieber brother",
        "answer": ["Jaxon Bieber"],
        "q_entity": ["Justin Bieber"],
        "a_entity": ["Jaxon Bieber"],
        "graph": [
            ["P1", "people.person.gender", "Male"],
            ["Justin Bieber", "people.person.parents", "Jeremy Bieber"],
            [1],
        ],
        "choices": [],
    }
    broken = {"id": "2", "question": "?", "graph": []}
    items = list(load([write(tmp_path / "rog.jsonl", json.dumps(row) + "\n" + json.dumps(broken) + "\n")]))
    assert isinstance(items[0], Loaded)
    loaded = items[0]
    assert loaded.document.uri.endswith("#WebQTrn-0")
    assert loaded.document.metadata["q_entity"] == "Justin Bieber"
    rows = [loaded.document.text[triple.start : triple.end] for triple in loaded.triples]
    assert rows[1] == "Justin Bieber | people.person.parents | Jeremy Bieber"
    assert [(triple.head, triple.tail) for triple in loaded.triples] == [
        ("P1", "Male"),
        ("Justin Bieber", "Jeremy Bieber"),
    ]
    assert "1 of its triples" in loaded.note
    assert not isinstance(items[1], Loaded)
    assert "a graph without triples" in items[1].reason


def test_metaqas_kb_is_read_as_triples(tmp_path: Path) -> None:
    path = write(tmp_path / "kb.txt", "Kismet|directed_by|William Dieterle\nKismet|release_year|1944\n")
    (loaded,) = load([path], fields=Fields(triples=True))
    assert isinstance(loaded, Loaded)
    assert [triple.relation for triple in loaded.triples] == ["directed_by", "release_year"]
