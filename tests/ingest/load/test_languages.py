"""A language other than English is said, and nothing is made up from it; its words can be searched."""

from __future__ import annotations

from pathlib import Path

import pytest

import clew
from clew.coverage import sparse
from clew.ingest.load.language import language_of

GERMAN = (
    "Die Firma Nordstern AG wurde 1987 von Helga Kraus in Hamburg gegründet. Helga Kraus wurde in Lübeck geboren.\n"
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (GERMAN, "de"),
        ("La société Lumière fut fondée par Anne Petit à Lyon en 1990.", "fr"),
        ("El director de la empresa Sol es Juan Pérez, nacido en Sevilla.", "es"),
        ("Компания Север основана в 1990 году Иваном Петровым в Москве.", "ru"),
        ("この会社は東京にあります。本社は大阪です。社長は田中さんです。", "ja"),
        ("Nordstern AG was founded by Helga Kraus in Hamburg.", ""),
        ("Rita leads Falcon Works.", ""),
        ("Selma Aydin\nRui Costa\nJonas Berg\nElin-Marie Strand\nMaria Lindqvist", ""),
        ("Name: Otto Brandt\nRole: CTO\nPhone: 123\nCity: Hamburg", ""),
        ("def book(x):\n    return x + 1\n\nclass Ledger(Base):\n    pass", ""),
        ("12 | 45 | 78\n" * 50, ""),
    ],
)
def test_the_language_of_a_text(text: str, code: str) -> None:
    assert language_of(text) == code


def test_another_language_is_said_and_its_words_are_searched(tmp_path: Path) -> None:
    (tmp_path / "de.txt").write_text(GERMAN, encoding="utf-8")
    (tmp_path / "en.txt").write_text("Falcon Works was founded by Rita Sommer in Hamburg.", encoding="utf-8")
    with clew.open("memory:") as kg:
        report = kg.ingest(tmp_path)
        uri = (tmp_path / "de.txt").as_uri()
        assert report.notes == (
            f"{uri} is not English but German; nothing was read from it but words, which can be searched",
        )
        assert [document.language for document in kg.store.documents() if document.uri == uri] == ["de"]
        assert kg.store.counts().triples > 0
        (hit,) = kg.store.search_text("chunk", "gegründet", 5)
        assert GERMAN.startswith(next(kg.store.chunks([hit.id])).text[:20])
        assert kg.ingest(tmp_path).unchanged == 2


def test_a_graph_that_holds_little_is_said_to() -> None:
    assert sparse(2, 0, ["", "de"]) == ""
    assert sparse(10, 5, [""]) == ""
    assert sparse(10, 2, ["de"] * 3 + [""]).startswith(
        "the graph holds little of its text: 2 triples from 10 chunks; 3 of 4 documents are not English"
    )
    assert "few of its sentences" in sparse(100, 2, [""])
