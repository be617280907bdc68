"""A language model behind the front door: reading, what it costs, stopping and going on, answering, training."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

import clew
from clew.cli.main import main
from clew.graph.errors import ModelError, SettingsError
from clew.language_model import Language, open_chat, reworder
from clew.settings import Settings

KEY = "sk-test-9876543210-secret"
PEOPLE = {"Ada Moss": "Perth", "Karl Holm": "Oslo", "Ines Vega": "Cadiz", "Otto Brandt": "Bremen"}
QUESTION = "Where was Karl Holm born?"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A folder to work in, with four documents in `docs`; the caches go there too."""
    monkeypatch.chdir(tmp_path)
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "docs").mkdir()
    for name, place in PEOPLE.items():
        (tmp_path / "docs" / f"{name}.txt").write_text(f"{name} is a director. {name} was born in {place}.")
    monkeypatch.setenv("CLEW_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("CLEW_HEAP", "128m")
    return tmp_path


@pytest.fixture
def open_llm(folder, model_server, embedder):
    """Opens knowledge bases whose reader is the model server."""
    opened = []

    def make(**options) -> clew.KnowledgeGraph:
        given = {"extractor": "llm", "llm_url": model_server.url, "llm_model": "reader-1", "llm_key": KEY, **options}
        kg = clew.open(given.pop("store", "memory:"), **given)
        kg._embedder = embedder
        opened.append(kg)
        return kg

    yield make
    for kg in opened:
        kg.close()


def changed(kg, **settings) -> clew.KnowledgeGraph:
    """The same knowledge base with other settings: a store in memory does not outlive its object."""
    kg._language.close()
    kg.settings = replace(kg.settings, **settings)
    kg._language, kg._extractor = Language(kg.settings), None
    return kg


def reads(model_server, usage=(200, 100)):
    """An answer function that reads our four documents, and invents one fact in each."""

    def answer(asked):
        name, place = re.search(r"(\w+ \w+) was born in (\w+)", asked.user).groups()
        rest = {"tail_kind": "entity", "negated": False, "hedged": False, "relation": "born in"}
        said = {
            "entities": [{"name": name, "type": "PERSON", "also": []}, {"name": place, "type": "PLACE", "also": []}],
            "triples": [
                {"head": name, "tail": place, "quote": f"{name} was born in {place}.", **rest},
                {"head": name, "tail": "Atlantis", "quote": f"{name} was born in Atlantis.", **rest},
            ],
        }
        return model_server.completion(said, usage=usage)

    return answer


def test_a_folder_is_read_and_asked(folder, model_server, open_llm):
    model_server.answer = reads(model_server)
    kg = open_llm(llm_price_in=1.0, llm_price_out=2.0)
    plan = kg.ingest("docs", dry_run=True)
    assert (plan.added, plan.usage["calls"], plan.estimated_seconds) == (4, 4, None)
    assert plan.usage["cost"] > 0
    assert not model_server.received
    report = kg.ingest("docs")
    assert (report.added, report.failed, report.triples, report.stopped) == (4, 0, 4, "")
    assert report.usage == {
        "calls": 4, "cached": 0, "tokens_in": 800, "tokens_out": 400, "cost": 0.0016, "estimated": False
    }  # fmt: skip
    assert report.rejected == {"the quote is not in the text": 4}
    assert kg.ask(QUESTION).candidates[0].name == "Oslo"
    assert kg.status().extracted_with == "llm reader-1 prompt 1"
    assert kg.ingest("docs").unchanged == 4
    assert KEY not in repr(kg) + repr(kg.settings) + str(report.to_dict())


def test_the_second_knowledge_base_costs_nothing(folder, model_server, open_llm):
    model_server.answer = reads(model_server)
    open_llm().ingest("docs")
    plan = open_llm().ingest("docs", dry_run=True)
    assert (plan.usage["calls"], plan.usage["cached"], plan.usage["tokens_in"]) == (0, 4, 0)
    report = open_llm().ingest("docs")
    assert (report.added, report.usage["calls"], report.usage["cached"]) == (4, 0, 4)
    assert len(model_server.received) == 4
    kept = [path for path in (folder / "cache").rglob("*") if path.is_file()]
    assert len(kept) >= 4
    assert not any(KEY.encode() in path.read_bytes() for path in kept)


def test_a_budget_stops_and_the_next_run_goes_on(folder, model_server, open_llm):
    model_server.answer = reads(model_server, usage=(800, 100))
    kg = open_llm(llm_tokens=2_500, llm_concurrency=1)
    report = kg.ingest("docs")
    assert "Raise llm_tokens" in report.stopped
    assert 1 <= report.added < 4
    assert kg.status().counts.documents == report.added
    assert kg.status().counts.stale == 0  # what was read is described: it can be asked
    rest = changed(kg, llm_tokens=0).ingest("docs")
    assert (rest.added, rest.unchanged, rest.stopped) == (4 - report.added, report.added, "")
    assert len(model_server.received) == 4


def test_a_bad_answer_fails_its_document_alone(folder, model_server, open_llm):
    good = reads(model_server)
    model_server.answer = lambda asked: model_server.completion("Sorry.") if "Ines" in asked.user else good(asked)
    kg = open_llm()
    report = kg.ingest("docs")
    assert (report.added, report.failed) == (3, 1)
    assert "Ines Vega.txt was not read: The answer of the language model 'reader-1'" in str(report.problems[0])
    model_server.answer = good
    assert kg.ingest("docs").added == 1


def test_another_model_reads_again(folder, model_server, open_llm):
    model_server.answer = reads(model_server)
    kg = open_llm()
    kg.ingest("docs")
    assert changed(kg, llm_model="reader-2").ingest("docs").updated == 4


def test_a_model_that_is_of_no_use_raises_and_writes_nothing(folder, model_server, open_llm):
    model_server.answer = lambda _: model_server.said({"error": {"message": f"no {KEY}"}}, status=401)
    kg = open_llm()
    with pytest.raises(ModelError, match="refuses the key") as wrong:
        kg.ingest("docs")
    assert KEY not in str(wrong.value)
    assert kg.status().counts.documents == 0


def test_answers_are_written_and_fall_back(folder, model_server, open_llm, extractor):
    kg = open_llm(extractor="local", generator="llm")
    kg._extractor = extractor
    kg.ingest("docs")
    assert not model_server.received  # the local extractor asks nobody
    said = {"statements": [{"text": "Karl Holm was born in Oslo.", "evidence": [1]}]}
    model_server.answer = lambda _: model_server.completion(said)
    found = kg.ask(QUESTION)
    assert (found.text, found.tokens) == ("Karl Holm was born in Oslo. [1]", 120)
    assert kg.ask(QUESTION, generator="quote").tokens == 0
    model_server.answer = lambda _: model_server.said("", status=404)
    assert "no model 'reader-1'" in kg.ask("Where was Ada Moss born?").text
    assert kg.ask("Who was born on the moon Europa?").abstained
    assert kg.retrieve(QUESTION).chunks
    with pytest.raises(SettingsError, match="generator called 'poet'"):
        kg.ask(QUESTION, generator="poet")


@pytest.mark.parametrize(
    ("settings", "environ", "url", "key"),
    [
        ({"llm_url": "https://a.example/v1"}, {"OPENAI_API_KEY": KEY}, "https://a.example/v1", ""),
        ({"llm_url": "https://api.openai.com/v1"}, {"OPENAI_API_KEY": KEY}, "https://api.openai.com/v1", KEY),
        ({}, {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "https://b.example"}, "https://b.example", KEY),
        (
            {"llm_key": "own"},
            {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": "https://b.example"},
            "https://b.example",
            "own",
        ),
    ],
)
def test_the_key_of_openai_goes_nowhere_else(tmp_path, settings, environ, url, key):
    chat = open_chat(Settings(llm_model="m", cache=str(tmp_path), **settings), environ=environ)
    assert (chat.endpoint.url, chat.endpoint.key) == (url, key)
    chat.close()


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "No endpoint is named"),
        ({"llm_url": "http://127.0.0.1:1/v1", "llm_model": "m", "llm_budget": 1.0}, "no price"),
    ],
)
def test_what_is_missing_is_told(tmp_path, settings, said):
    with pytest.raises(SettingsError, match=said):
        open_chat(Settings(cache=str(tmp_path), **settings), environ={})


def test_questions_are_reworded_in_groups(model_server, chat_to):
    def answer(asked):
        lines = [line.partition(". ")[2] for line in asked.user.splitlines()[1:-1]]
        if "q25 " in asked.user:
            return model_server.completion({"questions": lines[1:]})  # one too few: whose is whose?
        return model_server.completion({"questions": [f"Tell me, {line}" for line in lines]})

    model_server.answer = answer
    texts = [f"q{number} of [A]" for number in range(50)]
    said = reworder(chat_to())(texts)
    assert len(model_server.received) == 3
    assert "never an instruction" in model_server.received[0].system
    assert said[:20] == [f"Tell me, {text}" for text in texts[:20]]
    assert said[20:40] == [""] * 20
    assert said[40:] == [f"Tell me, {text}" for text in texts[40:]]


def run(capsys, *words: str) -> tuple[int, str, str]:
    code = main(list(words))
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def served(folder, model_server, monkeypatch) -> Path:
    """The folder, with the settings of the model server in the environment."""
    monkeypatch.setenv("CLEW_LLM_URL", model_server.url)
    monkeypatch.setenv("CLEW_LLM_MODEL", "reader-1")
    monkeypatch.setenv("CLEW_LLM_KEY", KEY)
    return folder


def test_on_the_command_line(served, model_server, capsys, monkeypatch):
    model_server.answer = reads(model_server)
    code, out, err = run(capsys, "ingest", "docs", "--extractor", "llm", "--dry-run", "--kb", "memory:")
    assert code == 0, err
    assert "about 4 calls (0 answers are there already)" in out
    assert "assumed" in out
    code, out, err = run(capsys, "ingest", "docs", "--extractor", "llm")
    assert code == 0, err
    assert "Language model: 4 calls, 0 answers from the cache, 800 tokens in, 400 out, cost 0.0000." in out
    assert "4 times the quote is not in the text" in out
    said = {"statements": [{"text": "In Oslo.", "evidence": [1]}]}
    model_server.answer = lambda _: model_server.completion(said)
    code, out, _ = run(capsys, "ask", QUESTION, "--generator", "llm")
    assert out.startswith("In Oslo. [1]")
    monkeypatch.setenv("CLEW_LLM_TOKENS", "10")
    monkeypatch.setenv("CLEW_LLM_MODEL", "reader-2")
    code, out, _ = run(capsys, "ingest", "docs", "--extractor", "llm", "--kb", "memory:")
    assert code == 1
    assert "Stopped before all was read: The budget" in out


def test_the_key_is_not_shown(served, capsys):
    for words in (("config",), ("config", "--json")):
        code, out, err = run(capsys, *words)
        assert code == 0, err
        assert KEY not in out
        assert "(set)" in out
        assert "CLEW_LLM_KEY" in out
    (served / "clew.toml").write_text(f'llm_key = ["{KEY}"]\n')
    code, out, err = run(capsys, "config")
    assert code == 2
    assert "llm_key" in err
    assert KEY not in out + err


def test_wrong_settings_are_one_clear_line(served, capsys, monkeypatch, model_server):
    model_server.answer = lambda _: model_server.said({"error": "model 'reader-1' not found"}, status=404)
    code, _, err = run(capsys, "ingest", "docs", "--extractor", "llm", "--kb", "memory:")
    assert code == 2
    assert "no model 'reader-1'" in err
    assert "llm_model" in err
    model_server.close()
    code, _, err = run(capsys, "ingest", "docs", "--extractor", "llm", "--kb", "memory:")
    assert code == 2
    assert "no connection" in err
    monkeypatch.setenv("CLEW_LLM_URL", "http://models.example:8000/v1")
    code, _, err = run(capsys, "ingest", "docs", "--extractor", "llm", "--kb", "memory:")
    assert code == 2
    assert "unencrypted" in err
    assert KEY not in err


def test_control_c_leaves_at_once_though_a_slow_answer_is_under_way(served, model_server):
    model_server.answer = lambda _: model_server.said("", delay=8.0)
    command = [sys.executable, "-c", "import sys; from clew.cli.main import main; sys.exit(main())"]
    words = ["ingest", "docs", "--extractor", "llm", "--kb", "memory:"]
    child = subprocess.Popen([*command, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for _ in range(1_200):
        if model_server.received or child.poll() is not None:
            break
        time.sleep(0.05)
    child.send_signal(signal.SIGINT)
    started = time.monotonic()
    out, err = child.communicate(timeout=60)
    assert (child.returncode, out) == (130, ""), err
    assert "The text is sent to 127.0.0.1:" in err
    assert "running the same command again finishes the work" in err
    assert time.monotonic() - started < 6


def test_training_on_reworded_questions(folder, model_server, open_llm, extractor):
    rows = ["head,relation,tail", *(f"Film {n},directed by,{list(PEOPLE)[n % 4]}" for n in range(12))]
    rows += [f"{name},born in,{place}" for name, place in PEOPLE.items()]
    (folder / "films.csv").write_text("\n".join(rows) + "\n")

    def answer(asked):
        lines = [line.partition(". ")[2] for line in asked.user.splitlines()[1:-1]]
        return model_server.completion({"questions": [f"Pray tell: {line}" for line in lines]})

    model_server.answer = answer
    kg = open_llm(extractor="local")
    kg._extractor = extractor
    assert not kg.ingest("films.csv").failed
    report = kg.train(label_free=True, llm=True, count=60, epochs=1, out=folder / "gnn")
    assert report.wordings["reworded"] > 40
    assert sum(report.wordings.values()) == report.synthetic
    assert model_server.received
    assert not any(re.search(r"Film \d|Oslo|Holm", asked.user) for asked in model_server.received)
