"""Texts and triples from memory: what a program adds, adds again, replaces and takes back."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

import clew

Open = Callable[..., clew.KnowledgeGraph]
LI_YANG = "Li Yang is a Chinese film director. Li Yang was born in Xi'an in 1959."
FILM = "Blind Shaft is a 2003 film directed by Li Yang. The film was produced by Li Yang in Beijing."
NOTES = "# Acme\n\nAcme is a firm in Berlin.\n\nFounder: Ada Hill\n\n## People\n\n- Bob Hill works at Acme.\n"


@pytest.fixture
def kg(open_kb: Open) -> clew.KnowledgeGraph:
    return open_kb("memory:")


def counts(report: clew.IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.failed


def said(kg: clew.KnowledgeGraph) -> set[tuple[str, str, str]]:
    """Every triple of the graph, by names."""
    names = {entity.id: entity.name for entity in kg.store.entities()}
    return {
        (names[each.head], each.relation, names[each.tail] if isinstance(each.tail, str) else each.tail.text)
        for each in kg.store.triples()
    }


def test_texts_become_a_graph_that_answers(kg: clew.KnowledgeGraph) -> None:
    report = kg.add([{"text": FILM, "title": "Blind Shaft"}, {"text": LI_YANG, "id": "people/17"}])
    assert counts(report) == (2, 0, 0, 0)
    answer = kg.ask("Where was the director of Blind Shaft born?")
    assert "Xi'an" in answer.text
    assert "people/17" in {quote.uri for item in answer.evidence for quote in item.quotes}


def test_one_text_needs_no_list(kg: clew.KnowledgeGraph) -> None:
    assert kg.add(LI_YANG).added == 1
    assert kg.add({"text": FILM}).added == 1
    assert kg.add(clew.Document.make("film:2", "Li Yang lives in Beijing.")).added == 1
    assert kg.add([]).added == 0


def test_the_same_text_twice_is_once(kg: clew.KnowledgeGraph) -> None:
    kg.add([LI_YANG])
    before = list(kg.store.documents())
    assert counts(kg.add([LI_YANG, {"text": LI_YANG + "\r\n"}])) == (1, 0, 1, 0)  # a line end more is another text
    assert counts(kg.add([LI_YANG], refresh=True)) == (0, 1, 0, 0)
    assert before[0] in list(kg.store.documents())


def test_the_same_id_again_replaces(kg: clew.KnowledgeGraph) -> None:
    kg.add([{"id": 7, "text": "Ada Hill was born in Oslo."}])
    assert ("Ada Hill", "born in", "Oslo") in said(kg)
    assert counts(kg.add([{"id": "7", "text": "Ada Hill was born in Bergen."}])) == (0, 1, 0, 0)
    assert ("Ada Hill", "born in", "Bergen") in said(kg)
    assert not any("Oslo" in triple for triple in said(kg))
    assert counts(kg.add([{"id": "7", "text": "Ada Hill was born in Bergen."}])) == (0, 0, 1, 0)
    changed = {"id": "7", "text": "Ada Hill was born in Bergen.", "metadata": {"checked": True}}
    assert counts(kg.add([changed])) == (0, 1, 0, 0)


def test_what_was_added_is_removed_by_its_id(kg: clew.KnowledgeGraph) -> None:
    kg.add([{"id": "a", "text": LI_YANG}, {"id": "b", "text": FILM, "title": "a"}])
    assert kg.remove("a")
    assert [document.uri for document in kg.store.documents()] == ["b"]  # the one titled "a" is another
    assert not kg.remove("c")
    assert kg.remove("a")  # by its title now
    assert kg.status().counts.documents == 0


@pytest.mark.parametrize("text", [NOTES, LI_YANG, "Ann: Hi there all.\nBob: Hello to you.\n" * 4])
def test_a_text_is_read_as_a_file_of_it_is(open_kb: Open, tmp_path: Path, text: str) -> None:
    file = tmp_path / "Acme.txt"
    file.write_text(text, encoding="utf-8")
    from_file, from_memory = open_kb("memory:"), open_kb("memory:")
    first = from_file.ingest(file)
    second = from_memory.add({"text": text, "title": "Acme", "id": file.as_uri()})
    assert (first.chunks, first.mentions, first.triples) == (second.chunks, second.mentions, second.triples)
    one, other = ([*kg.store.chunks(), *kg.store.mentions(), *kg.store.triples()] for kg in (from_file, from_memory))
    assert one == other
    assert list(from_file.store.documents()) == list(from_memory.store.documents())


def test_metadata_is_kept_with_the_document(kg: clew.KnowledgeGraph) -> None:
    told = {"owner": "sales", "page": 3, "when": datetime.date(2024, 5, 1), "tags": ["a", "b"], "gone": None}
    kg.add([{"text": LI_YANG, "metadata": told}])
    (document,) = kg.store.documents()
    assert document.metadata == {"owner": "sales", "page": "3", "when": "2024-05-01", "tags": '["a", "b"]'}


def test_a_document_keeps_what_it_says_of_itself(kg: clew.KnowledgeGraph) -> None:
    made = clew.Document.make("crm:1", LI_YANG, title="Li Yang", metadata={"a": "b"}, access=("hr",), version="2")
    kg.add([made])
    (document,) = kg.store.documents()
    assert (document.id, document.uri, document.title, document.access) == (made.id, "crm:1", "Li Yang", ("hr",))
    assert document.content_hash == made.content_hash
    kg.add(clew.Document("my-id", "", text=FILM))
    assert kg.remove("my-id")


WRONG = [
    (17, r"Item 0 is an int.*text.*dictionary"),
    (Path("docs"), r"Item 0 is a path.*kg\.ingest"),
    (b"abc", r"Item 0 is bytes.*decode"),
    ("", r"Item 0 is an empty text"),
    (" \n ", r"Item 0 is an empty text"),
    ({"title": "A"}, r"Item 0 has no 'text'"),
    ({"txt": "A", "id": "x"}, r"Item 0 \('x'\) has an unknown key 'txt'.*Did you mean 'text'"),
    ({"text": "A", "author": "B"}, r"unknown key 'author'.*'metadata'"),
    ({"text": " ", "id": "x"}, r"Item 0 \('x'\) has an empty text"),
    ({"text": 5}, r"has an int as its 'text'"),
    ({"text": "A", "id": ""}, r"has an empty 'id'"),
    ({"text": "A", "id": ["x"]}, r"has a list as its 'id'"),
    ({"text": "A", "title": {}}, r"has a dict as its 'title'"),
    ({"text": "A", "metadata": "x"}, r"has a str as its 'metadata'"),
    ({"text": "A", "metadata": {"k": object()}}, r"'metadata'.*'k'.*object"),
    ({"text": "A", "id": "clew:decisions"}, r"'clew:decisions'.*Clew's own"),
    (clew.Document("x", "u:1"), r"Item 0 \('u:1'\) has an empty text"),
    ({"text": "x" * 1_000_001}, r"no text"),
]


@pytest.mark.parametrize(("item", "message"), WRONG, ids=[message for _, message in WRONG])
def test_a_bad_item_is_named_and_nothing_is_added(kg: clew.KnowledgeGraph, item: object, message: str) -> None:
    with pytest.raises(clew.InputError, match=message):
        kg.add([item])  # type: ignore[list-item]
    with pytest.raises(clew.InputError, match=message.replace("Item 0", "Item 1")):
        kg.add(["Ada Hill was born in Oslo.", item])  # type: ignore[list-item]
    assert kg.status().counts.documents == 0


def test_what_is_no_list_is_refused(kg: clew.KnowledgeGraph) -> None:
    with pytest.raises(clew.InputError, match=r"kg\.add takes"):
        kg.add(17)  # type: ignore[arg-type]
    with pytest.raises(clew.InputError, match=r"kg\.ingest"):
        kg.add(Path("docs"))  # type: ignore[arg-type]


def test_two_texts_of_one_id_are_refused(kg: clew.KnowledgeGraph) -> None:
    with pytest.raises(clew.InputError, match=r"Items 0 and 1 .*'x'"):
        kg.add([{"id": "x", "text": LI_YANG}, {"id": "x", "text": FILM}])
    assert counts(kg.add([LI_YANG, LI_YANG])) == (1, 0, 0, 0)


def test_a_text_that_names_a_file_is_remarked(
    kg: clew.KnowledgeGraph, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "report.txt").write_text("x")
    (note,) = [note for note in kg.add("report.txt").notes if "report.txt" in note]
    assert "kg.ingest" in note


def test_a_dry_run_writes_nothing_and_progress_is_told(kg: clew.KnowledgeGraph) -> None:
    assert kg.add([LI_YANG], dry_run=True).added == 1
    assert kg.status().counts.documents == 0
    told: list[clew.Progress] = []
    kg.add([LI_YANG, FILM], progress=told.append)
    assert told[0].total == len(LI_YANG) + len(FILM)


def test_triples_become_a_graph(kg: clew.KnowledgeGraph) -> None:
    rows: list[tuple[object, ...]] = [("Ada Hill", "works at", "Acme"), ("Acme", "founded in", 1987)]
    report = kg.add_triples([*rows, ("Acme", "in", "Oslo")])
    assert (counts(report), report.triples) == ((1, 0, 0, 0), 3)
    assert said(kg) == {("Ada Hill", "works at", "Acme"), ("Acme", "founded in", "1987"), ("Acme", "in", "Oslo")}
    answer = kg.ask("Where does Ada Hill work?")
    assert "Acme" in answer.text
    assert counts(kg.add_triples([*map(list, rows), ("Acme", "in", "Oslo")])) == (0, 0, 1, 0)


def test_triples_say_their_types_their_confidence_and_their_text(kg: clew.KnowledgeGraph) -> None:
    told = {"head": "Ada Hill", "relation": "works_at", "tail": "Acme", "head_type": "PERSON", "confidence": 0.6}
    kg.add_triples([{**told, "text": "Ada Hill joined Acme."}, ("Acme", "motto", "Onward", "ORGANISATION", "text")])
    triples = {each.relation: each for each in kg.store.triples()}
    (source,) = triples["works_at"].sources
    (chunk,) = kg.store.chunks([source.chunk])
    assert chunk.text[source.start - chunk.start : source.end - chunk.start] == "Ada Hill joined Acme."
    assert source.confidence == 0.6
    assert isinstance(triples["motto"].tail, clew.Value)
    assert kg.find("Ada Hill").type == "PERSON"
    assert kg.find("Acme").type == "ORGANISATION"
    assert kg.show("Acme").facts[0].quotes


def test_triples_of_one_id_replace_those_before(kg: clew.KnowledgeGraph, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clew.ingest.load.in_memory.ROWS", 8)
    many = [(f"Part {number}", "belongs to", "Engine") for number in range(20)]
    assert kg.add_triples(many, id="parts").added == 3
    assert counts(kg.add_triples(many, id="parts")) == (0, 0, 3, 0)
    report = kg.add_triples(many[:5], id="parts")
    assert (report.updated, report.removed) == (1, 2)
    assert kg.status().counts.triples == 5
    sure = [{"head": "Part 1", "relation": "belongs to", "tail": "Engine", "confidence": 0.5}]
    assert kg.add_triples(sure, id="parts").updated == 1
    sure[0]["confidence"] = 0.7
    assert kg.add_triples(sure, id="parts").updated == 1  # what is no part of the text counts too
    kg.add_triples(many, id="parts")
    assert kg.remove("parts")
    assert kg.status().counts.documents == 0


WRONG_TRIPLES = [
    (("a", "b"), r"Triple 0 has 2 parts.*head, relation, tail"),
    ("abc", r"Triple 0 is a str"),
    (("a", "", "c"), r"Triple 0 has an empty relation"),
    (("a", "b", None), r"Triple 0 has None as its tail"),
    ((1, "b", "c"), r"Triple 0 has an int as its head"),
    ({"head": "a", "relation": "b"}, r"Triple 0 has no 'tail'"),
    ({"head": "a", "relation": "b", "tail": "c", "source": "d"}, r"unknown key 'source'"),
    ({"head": "a", "relation": "b", "tail": "c", "confidence": 2}, r"confidence.*from 0 to 1"),
    ({"head": "a", "relation": "b", "tail": "c", "text": " "}, r"empty text"),
    (("a" * 20_000, "b", "c"), r"10,000 characters"),
]


@pytest.mark.parametrize(("triple", "message"), WRONG_TRIPLES, ids=[message for _, message in WRONG_TRIPLES])
def test_a_bad_triple_is_named_and_nothing_is_added(kg: clew.KnowledgeGraph, triple: object, message: str) -> None:
    with pytest.raises(clew.InputError, match=message):
        kg.add_triples([triple])  # type: ignore[list-item]
    assert kg.status().counts.documents == 0


def test_one_triple_without_a_list_is_refused(kg: clew.KnowledgeGraph) -> None:
    with pytest.raises(clew.InputError, match=r"list of triples"):
        kg.add_triples(("a", "b", "c"))  # type: ignore[arg-type]


def test_memory_and_files_stand_side_by_side(open_kb: Open, tmp_path: Path) -> None:
    (tmp_path / "film.txt").write_text(FILM)
    kg = open_kb("memory:")
    kg.ingest(tmp_path)
    kg.add({"text": LI_YANG, "id": "li"})
    assert not any("gone" in note for note in kg.ingest(tmp_path, sync=True).notes)
    assert kg.status().counts.documents == 2
