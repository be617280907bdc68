"""Short files as people write them, with headings and plain sentences: their questions are answered across files."""

from collections.abc import Callable
from pathlib import Path

import pytest

import clew

FILES = {
    "acme.md": "# Acme Corp\n\nAcme Corp is a software company in Berlin. It was founded by Mary Smith and John Brown "
    "in 2009. The headquarters of Acme Corp are located in Berlin, and its second office is in Lisbon. In 2021 Acme "
    "Corp acquired Initech for $3 billion. The chief executive of Acme Corp is Ann Lee.\n",
    "initech.md": "# Initech\n\nInitech makes printers. Initech's chief technology officer, Bob Hill, studied at the "
    "University of Oslo. Before the takeover, Initech was led by Peter Gibbons. Initech's revenue was $40 million in "
    "2020.\n",
    "people.md": "# People\n\nMary Smith was born in Dublin. She studied physics at Trinity College. John Brown is "
    "married to Susan Brown, who teaches at the University of Lisbon. Bob Hill reports to Ann Lee.\n",
    "kafka.md": "# Kafka\n\nKafka is a message broker. It was written by Jay Kreps. It runs on Linux.\n",
    "payments.md": "# Payments service\n\nThe payments service is written in Go. Team Falcon maintains the payments "
    "service. It calls the ledger service.\n",
    "ledger.md": "# Ledger service\n\nThe ledger service stores its data in PostgreSQL. Team Osprey is led by Ravi "
    "Patel, who lives in Pune.\n",
    "teams.txt": "Dana Fox leads Team Falcon. The Treaty of Tordesillas was signed in 1494. The treaty was ratified by "
    "Pope Julius II.\n",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("plain")
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Where was the founder of Acme Corp born?", "Dublin"),
        ("Who leads the company that acquired Initech?", "Ann Lee"),
        ("Where did the chief technology officer of Initech study?", "University of Oslo"),
        ("Where is Acme Corp's office?", "Lisbon"),
        ("Where are the headquarters of the company that acquired Initech?", "Berlin"),
        ("What was Initech's revenue?", "$40 million"),
        ("Who does Bob Hill report to?", "Ann Lee"),
        ("Where does John Brown's wife teach?", "University of Lisbon"),
        ("Who founded the company that Ann Lee leads?", "Mary Smith"),
        ("Where did Mary Smith study?", "Trinity College"),
        ("Who wrote Kafka?", "Jay Kreps"),
        ("Who leads the team that maintains the payments service?", "Dana Fox"),
        ("Where does the leader of Team Osprey live?", "Pune"),
        ("Who ratified the Treaty of Tordesillas?", "Pope Julius II"),
    ],
)
def test_questions_across_files(
    folder: Path, open_kb: Callable[..., clew.KnowledgeGraph], question: str, answer: str
) -> None:
    kg = open_kb("memory:")
    kg.ingest(folder)
    found = kg.ask(question)
    assert answer in found.text
    assert found.paths
