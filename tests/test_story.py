"""From a folder of documents to an answer with its reasoning path: what a first user does, in order."""

import asyncio
import json
import shutil
from collections.abc import Callable
from multiprocessing.reduction import ForkingPickler
from pathlib import Path

import pytest

import clew
from clew.graph.embeddings.embeddings import default_folder

Open = Callable[..., clew.KnowledgeGraph]


@pytest.fixture(params=["memory:", "arcadedb:"])
def kg(request: pytest.FixtureRequest, tmp_path: Path, open_kb: Open, passages: Path) -> clew.KnowledgeGraph:
    url = request.param if request.param == "memory:" else f"arcadedb:{tmp_path / 'kb'}"
    kg = open_kb(url)
    report = kg.ingest(passages)
    assert (report.added, report.failed) == (6, 0)
    return kg


def test_a_two_hop_question_is_answered_with_its_path(kg: clew.KnowledgeGraph) -> None:
    answer = kg.ask("Where was the performer of the song Changed It born?")
    assert not answer.abstained
    assert "Port of Spain" in answer.text
    titles = [title for _, title, _ in answer.chunks]
    assert {"Changed It", "Nicki Minaj"} <= set(titles[:3])
    assert answer.paths, "no reasoning path"
    for evidence in answer.evidence:
        for quote in evidence.quotes:
            source = next(iter(kg.store.documents([quote.document])))
            text = "".join(piece.text for piece in kg.store.chunks(document=source.id))
            assert text[quote.start : quote.end] == quote.text
    json.dumps(answer.to_dict())


def test_an_answer_outlives_its_knowledge_base(kg: clew.KnowledgeGraph) -> None:
    answer = kg.ask("Where was the performer of the song Changed It born?")
    told, explained = json.dumps(answer.to_dict()), answer.explain()
    kept = ForkingPickler.loads(ForkingPickler.dumps(answer))  # as it is handed to another process
    sent = ForkingPickler.loads(ForkingPickler.dumps(explained))
    kg.close()
    assert sent == explained
    for same in (answer, kept):
        assert same == answer
        assert json.dumps(same.to_dict()) == told
        assert same.nodes > 0
        assert [item.quotes[0].text for item in same.evidence if item.quotes]
        with pytest.raises(clew.StoreError):
            same.explain()


def test_every_statement_of_the_answer_cites_evidence_that_exists(kg: clew.KnowledgeGraph) -> None:
    answer = kg.ask("Who directed Blind Shaft?")
    assert "Li Yang" in answer.text
    numbers = {evidence.number for evidence in answer.evidence}
    cited = {int(part.split("]")[0]) for part in answer.text.split("[")[1:] if part.split("]")[0].isdigit()}
    assert cited
    assert cited <= numbers


def test_a_question_about_nothing_here_is_declined_with_a_reason(kg: clew.KnowledgeGraph) -> None:
    answer = kg.ask("What is the boiling point of tungsten hexafluoride?")
    assert answer.abstained
    assert answer.reason


@pytest.mark.parametrize("question", ["", "   \n", "?!"])
def test_an_empty_question_is_refused_with_advice(kg: clew.KnowledgeGraph, question: str) -> None:
    if question == "?!":
        assert kg.ask(question).abstained
        return
    with pytest.raises(clew.QueryError, match=r"[Aa]sk|question"):
        kg.ask(question)


def test_a_very_long_question_is_refused_with_the_limit(kg: clew.KnowledgeGraph) -> None:
    assert "Li Yang" in kg.ask("Who directed Blind Shaft? " + "really " * 500).text
    with pytest.raises(clew.QueryError, match="characters"):
        kg.ask("Who directed Blind Shaft? " + "really " * 15_000)


def test_ingesting_twice_is_once(kg: clew.KnowledgeGraph, passages: Path) -> None:
    before = list(kg.store.triples())
    report = kg.ingest(passages)
    assert (report.added, report.updated, report.unchanged) == (0, 0, 6)
    assert list(kg.store.triples()) == before


def test_a_removed_document_takes_its_facts_along(kg: clew.KnowledgeGraph) -> None:
    assert kg.show("Li Yang").total
    assert kg.remove("Blind Shaft")
    assert not kg.remove("Blind Shaft")
    with pytest.raises(clew.NotFoundError):
        kg.find("Blind Shaft")
    assert not kg.status().counts.stale
    assert not [entity.description for entity in kg.store.entities() if "Blind Shaft" in entity.description]
    assert "Blind Shaft" not in {title for _, title, _ in kg.ask("Who directed Blind Shaft?").chunks}


def test_show_path_status_and_export_speak_of_the_same_graph(kg: clew.KnowledgeGraph, tmp_path: Path) -> None:
    view = kg.show("nicki minaj")
    assert view.name == "Nicki Minaj"
    assert view.facts[0].quotes
    found = kg.path("Changed It", "Port of Spain")
    assert found
    assert found[0].names[0] == "Changed It"
    assert found[0].names[-1] == "Port of Spain"
    status = kg.status()
    assert status.counts.documents == 6
    assert status.counts.stale == 0
    lines = kg.export(tmp_path / "out.jsonl")
    assert lines == len((tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines())
    json.dumps([view.to_dict(), found[0].to_dict(), status.to_dict()])


def test_a_near_name_is_suggested(kg: clew.KnowledgeGraph) -> None:
    with pytest.raises(clew.NotFoundError, match="Nicki Minaj"):
        kg.show("Niki Minaj")


def test_the_async_twins_give_the_same(kg: clew.KnowledgeGraph, passages: Path) -> None:
    async def both() -> tuple[clew.IngestReport, clew.Answer]:
        return await kg.aingest(passages), await kg.aask("Who directed Blind Shaft?")

    report, answer = asyncio.run(both())
    assert report.unchanged == 6
    assert answer.text == kg.ask("Who directed Blind Shaft?").text


def test_cypher_reads_the_graph_and_cannot_write_it(kg: clew.KnowledgeGraph) -> None:
    cypher = "MATCH (a:Entity)-[r:RELATES]->(b:Entity {name: $name}) RETURN a.name, r.relation"
    if kg.url == "memory:":
        with pytest.raises(clew.StoreUnsupportedError, match="arcadedb"):
            kg.query(cypher, {"name": "Li Yang"})
        return
    assert ("Blind Shaft", "directed by") in kg.query(cypher, {"name": "Li Yang"}).rows
    with pytest.raises(clew.QueryError, match="DETACH"):
        kg.query("MATCH (n) DETACH DELETE n")
    assert kg.status().counts.documents == 6


def test_any_order_and_batch_size_gives_the_same_bytes(open_kb: Open, passages: Path, tmp_path: Path) -> None:
    files = sorted(passages.iterdir())
    exports = []
    for number, (order, size) in enumerate([(files, 64), (files[::-1], 1), (files[3:] + files[:3], 2)]):
        kg = open_kb("memory:", batch_size=size)
        for group in (order[:2], order[2:]):
            kg.ingest(group)
        kg.export(tmp_path / f"{number}.jsonl")
        exports.append((tmp_path / f"{number}.jsonl").read_bytes())
    extra = tmp_path / "Extra.txt"
    extra.write_text("Li Yang was taught by Wang Bing. Teutberga is a film by Li Yang.", encoding="utf-8")
    kg = open_kb("memory:")
    kg.ingest([*files, extra])
    kg.remove("Extra")
    kg.ingest(files)
    kg.export(tmp_path / "less.jsonl")
    exports.append((tmp_path / "less.jsonl").read_bytes())
    assert all(export == exports[0] for export in exports)


def test_another_encoder_is_refused_before_any_work(tmp_path: Path, open_kb: Open, passages: Path) -> None:
    kg = open_kb(tmp_path / "kb")
    kg.ingest(passages / "Li Yang.txt")
    kg.close()
    with pytest.raises(clew.EncoderMismatchError, match="reembed"):
        clew.open(tmp_path / "kb", encoder="some/other-model")


def test_reembed_moves_a_knowledge_base_to_another_encoder(tmp_path: Path, open_kb: Open, passages: Path) -> None:
    other = tmp_path / "other-model"
    shutil.copytree(default_folder(), other)
    kg = open_kb(tmp_path / "kb")
    kg.ingest(passages / "Li Yang.txt")
    before = kg.store.info()
    kg.close()
    with clew.open(tmp_path / "kb", encoder=str(other), check_encoder=False) as kg:
        with pytest.raises(clew.EncoderMismatchError):
            kg.ask("Where was Li Yang born?")
        assert kg.reembed() == kg.status().counts.chunks + kg.status().counts.entities
        assert kg.store.info().encoder != before.encoder
        assert "Xi'an" in kg.ask("Where was Li Yang born?").text
    with pytest.raises(clew.EncoderMismatchError):
        clew.open(tmp_path / "kb")
