"""Parts of the user's own: each example of the page runs, and a part that is wrong is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import clew

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "extending.md").read_text(encoding="utf-8")
EXAMPLES = dict(re.findall(r"^## An? (\w+)\n.*?^```python\n(.*?)^```", PAGE, flags=re.MULTILINE | re.DOTALL))
PRINTED = {
    "extractor": ["Ada Lane"],
    "embedder": ["Oslo", "word hashes 1", "was embedded with word hashes 1, not with all-MiniLM-L6-v2"],
    "reasoner": ["Bergen", "Ada Hill"],
    "generator": ["Oslo, says Bob Hill.", "Bob Hill was born in Oslo. [1]"],
}
TEXT = "Bob Hill lives in Oslo. He works at Acme."
Open = Callable[..., clew.KnowledgeGraph]


@pytest.mark.parametrize("part", sorted(PRINTED))
def test_the_example_of_the_page_runs(
    part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(EXAMPLES[part], f"docs/extending.md, {part}", "exec"), {"__name__": "example"})  # noqa: S102 - our page
    printed = capsys.readouterr().out
    for words in PRINTED[part]:
        assert words in printed


def test_the_page_has_an_example_for_each() -> None:
    assert sorted(EXAMPLES) == sorted(PRINTED)


class Letters:
    """An embedder that counts letters."""

    dimension = 26
    fingerprint = "letters 1"

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        return [[float(text.lower().count(chr(97 + place))) for place in range(26)] for text in texts]


def changed(**members: Any) -> Letters:
    """An embedder with other members."""
    return type("Other", (Letters,), members)()


def test_another_embedder_is_refused_until_the_graph_is_embedded_anew(tmp_path: Path, open_kb: Open) -> None:
    kb, other = tmp_path / "kb", changed(fingerprint="letters 2")
    with clew.open(kb, embedder=Letters()) as kg:  # type: ignore[arg-type] # has no tokens, which this needs not
        kg.add(TEXT)
        assert kg.status().encoder == "letters 1"
    for options in ({"embedder": other}, {}, {"embedder": "all-MiniLM-L6-v2"}):
        with pytest.raises(clew.EncoderMismatchError, match=r"letters 1.*reembed"):
            clew.open(kb, **options)
    with clew.open(kb, embedder=other, check_encoder=False) as kg:  # type: ignore[arg-type]
        assert kg.reembed()
    with clew.open(kb, embedder=other) as kg:  # type: ignore[arg-type]
        assert "Oslo" in kg.ask("Where does Bob Hill live?").text


def test_a_name_is_an_embedder_too() -> None:
    with clew.open("memory:", embedder="all-MiniLM-L6-v2") as kg:
        assert kg.embedder.fingerprint.startswith("all-MiniLM-L6-v2/")
    with pytest.raises(clew.SettingsError, match="Both embedder and encoder"):
        clew.open("memory:", embedder="a", encoder="b")


WRONG_EMBEDDERS = [
    (17, clew.SettingsError, "has no fingerprint and no dimension and no encode"),
    (Letters, clew.SettingsError, "is a class"),
    (changed(fingerprint=" "), clew.SettingsError, "fingerprint"),
    (changed(dimension=0), clew.SettingsError, "dimension"),
    (changed(dimension=5), clew.ModelError, r"the shape \[1, 26\] for 1 texts.*\[1, 5\]"),
    (changed(encode=lambda *_: [["a"]]), clew.ModelError, "no array of numbers"),
    (changed(encode=lambda *_: [[float("nan")] * 26]), clew.ModelError, "not finite"),
]


@pytest.mark.parametrize(("embedder", "error", "message"), WRONG_EMBEDDERS, ids=[row[2] for row in WRONG_EMBEDDERS])
def test_a_wrong_embedder_is_named(embedder: Any, error: type[clew.ClewError], message: str) -> None:
    with pytest.raises(error, match=message), clew.open("memory:", embedder=embedder) as kg:
        kg.embedder.encode([TEXT])


def test_the_network_says_what_it_needs_of_an_embedder() -> None:
    with clew.open("memory:", embedder=Letters()) as kg:  # type: ignore[arg-type]
        kg.add(TEXT)
        with pytest.raises(clew.ModelError, match="pagerank"):
            kg.ask("Where does Bob Hill live?", reasoner="gnn")
        with pytest.raises(clew.ModelError, match="has no tokens"):
            kg.embedder.tokens(["a"])


def nothing(documents: Iterable[clew.Chunked]) -> Iterator[clew.Extraction]:
    yield from (clew.Extraction() for _ in documents)


def test_an_extractor_makes_documents_stale_by_its_fingerprint(open_kb: Open) -> None:
    kg = clew.open("memory:", extractor=nothing)
    kg._embedder = open_kb().embedder
    assert kg.add(TEXT).triples == 0
    assert kg.status().extracted_with == f"{nothing.__module__}.nothing"
    assert kg.add(TEXT).unchanged == 1
    kg.close()


def raw(start: int, end: int) -> clew.Extraction:
    return clew.Extraction(triples=(clew.RawTriple("A", "", "r", "B", "", start, end, 1.0),))


WRONG_EXTRACTORS = [
    (17, clew.SettingsError, "extractor that was given is of the type int"),
    (SimpleNamespace, clew.SettingsError, "is the class SimpleNamespace.*instance"),
    (lambda _: iter([]), clew.InputError, "gave 0 extractions for 1 documents"),
    (lambda documents: (raw(0, 1) for _ in [*documents, 1]), clew.InputError, "gave 2 extractions for 1 documents"),
    (lambda documents: ([] for _ in documents), clew.InputError, "gave list where an Extraction"),
    (lambda documents: (raw(0, 99) for _ in documents), clew.InputError, "the place 0:99.* has 41 characters"),
]


@pytest.mark.parametrize(("extractor", "error", "message"), WRONG_EXTRACTORS, ids=[row[2] for row in WRONG_EXTRACTORS])
def test_a_wrong_extractor_is_named(extractor: Any, error: type[clew.ClewError], message: str, open_kb: Open) -> None:
    embedder = open_kb().embedder
    with pytest.raises(error, match=message), clew.open("memory:", extractor=extractor, embedder=embedder) as kg:
        kg.add(TEXT)


def test_wrong_reasoners_and_generators_are_named(open_kb: Open) -> None:
    kg = open_kb("memory:")
    kg.add(TEXT)
    question = "Where does Bob Hill live?"
    for reasoner, message in (
        (lambda *_: 1, "gave int where Scores"),
        (lambda *_: clew.Scores(np.zeros(1), np.zeros(0)), "gave scores of the shapes"),
        (lambda *seen: clew.Scores(np.full(len(seen[2].nodes), np.nan), np.zeros(len(seen[2].edges))), "not finite"),
    ):
        with pytest.raises(clew.InputError, match=message):
            kg.ask(question, reasoner=reasoner)
    for generator, message in ((lambda *_: 1, "gave int"), (lambda *_: [1], "gave int where text")):
        with pytest.raises(clew.InputError, match=message):
            kg.ask(question, generator=generator)  # type: ignore[arg-type]
    with pytest.raises(clew.SettingsError, match="reasoner"):
        kg.ask(question, reasoner=17)  # type: ignore[arg-type]
    with pytest.raises(clew.SettingsError, match="generator"):
        clew.open("memory:", generator=17)  # type: ignore[arg-type]
