"""Relations whose two ends are of one kind: the question's direction decides."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import clew

ROWS = """head,relation,tail
Konto A1,transferred to,Konto B2
Konto B2,transferred to,Konto C3
Konto D4,transferred to,Konto B2
Konto C3,transferred to,Konto A1
Vela Ltd,owns,Orin Ltd
Orin Ltd,owns,Tarn Ltd
Ida Moss,reports to,Bo Lind
Bo Lind,reports to,Eva Rask
"""
QUESTIONS = {
    "To which account did Konto B2 transfer?": {"Konto C3"},
    "Who transferred to Konto A1?": {"Konto C3"},
    "Which accounts transferred to Konto B2?": {"Konto A1", "Konto D4"},
    "Who owns Orin Ltd?": {"Vela Ltd"},
    "What does Orin Ltd own?": {"Tarn Ltd"},
    "Who reports to Bo Lind?": {"Ida Moss"},
    "Who does Bo Lind report to?": {"Eva Rask"},
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "rows.csv"
    path.write_text(ROWS, encoding="utf-8")
    return path


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_arrow_decides(question: str, rows: Path, open_kb: Callable[..., clew.KnowledgeGraph]) -> None:
    kg = open_kb("memory:")
    kg.ingest(rows)
    said = kg.ask(question).text.splitlines()[0]
    names = {name for name in ("Konto A1", "Konto B2", "Konto C3", "Konto D4") if name in said}
    names |= {name for name in ("Vela Ltd", "Orin Ltd", "Tarn Ltd", "Ida Moss", "Bo Lind", "Eva Rask") if name in said}
    assert names == QUESTIONS[question], said
