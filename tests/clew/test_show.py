"""What is printed of paths and answers."""

from clew import Answer, Evidence, ReasoningPath, Triple, Value
from clew.cli.show import arrows, headline, proof, sorted_evidence
from clew.graph.model import entity_id

BOOK, AUTHOR, CITY = (entity_id(name) for name in ("Lothair (novel)", "Benjamin Disraeli", "London"))
NAMES = {BOOK: "Lothair (novel)", AUTHOR: "Benjamin Disraeli", CITY: "London"}
WROTE = Triple.make(AUTHOR, "wrote", BOOK)
BORN = Triple.make(AUTHOR, "born in", CITY)
DATE = Triple.make(AUTHOR, "date of birth", Value("21 December 1804", "date", "1804-12-21"))
PATH = ReasoningPath((WROTE, BORN), (False, True), 0.5)
OTHER = ReasoningPath((WROTE, DATE), (False, True), 0.4)


def test_every_arrow_points_from_head_to_tail():
    assert arrows(PATH, NAMES) == "Lothair (novel) ←wrote─ Benjamin Disraeli ─born in→ London"
    assert arrows(ReasoningPath((DATE,), (True,)), NAMES) == "Benjamin Disraeli ─date of birth→ 21 December 1804"
    assert arrows(ReasoningPath((), ()), {}) == ""


def test_a_name_cannot_drive_the_terminal():
    assert arrows(PATH, {**NAMES, CITY: "\x1b[2J\nLondon"}).endswith("→ \ufffd[2J London")


def test_the_headline_leaves_out_what_the_evidence_repeats():
    said = (Evidence(1, "Benjamin Disraeli was born in London.", (), 0, 0.5, "London"),)
    full = "London [1].\nBenjamin Disraeli was born in London. [1]"
    assert headline(Answer("?", full, evidence=said)) == "London [1]."
    assert headline(Answer("?", "Benjamin Disraeli was born in London.", evidence=said)) == said[0].statement


def test_the_proof_is_the_paths_that_support_the_answer():
    said = (Evidence(1, "x", (), 0, 0.5), Evidence(2, "y", (), 1, 0.5, "1804"), Evidence(3, "z", (), None, 0.1))
    found = Answer("?", "x", paths=(PATH, OTHER), evidence=said)
    assert proof(found) == [OTHER]
    assert sorted_evidence(found) == ([said[1]], [said[0], said[2]])
    unmarked = Answer("?", "x", paths=(PATH, OTHER), evidence=(said[0], said[2]))
    assert proof(unmarked) == [PATH]
    assert sorted_evidence(unmarked) == ([said[0]], [said[2]])


def test_text_alone_proves_no_path():
    said = tuple(Evidence(number, str(number), (), None, 0.5) for number in range(1, 7))
    found = Answer("?", "x", paths=(PATH,), evidence=said)
    assert proof(found) == []
    assert sorted_evidence(found) == (list(said[:4]), list(said[4:]))
