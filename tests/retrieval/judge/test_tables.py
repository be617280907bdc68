"""Tables are read row by row, whole or amid prose; their columns list and compare."""

from __future__ import annotations

from functools import cache

import pytest

from clew.graph.model import Chunk, Document
from clew.ingest.parser import SHIPPED
from clew.question_syntax import question_parser
from clew.retrieval.compose import _windows
from clew.retrieval.judge.choice import choose
from clew.retrieval.judge.columns import in_table
from clew.retrieval.judge.members import members
from clew.retrieval.judge.rows import rows_of
from clew.retrieval.judge.spans import Passage, SpanAnswer
from clew.retrieval.judge.weigh import Ground, Judged
from clew.retrieval.question.form import Form, form_of

BIKES = """Our fleet in May.

| bike | station | price per day | bought |
|------|---------|---------------|--------|
| Heron 3 | Harbour | 14 | 2021-04-02 |
| Swift L | Market | 9 | 2023-05-11 |
| Crane | Harbour | 21 | 2019-07-30 |

Bikes come back by seven.
"""


@cache
def _parser():  # type: ignore[no-untyped-def]
    return question_parser(SHIPPED)


def _form(question: str) -> Form:
    return form_of(_parser()(question))


def _chunk(text: str) -> Chunk:
    return Chunk.make(Document.make("file:///bikes.md", text), 0, len(text))


def _passages(text: str) -> list[Passage]:
    return _windows(_chunk(text), "", 1.0, 0.5)


def test_a_table_amid_prose_is_read_row_by_row() -> None:
    rows = rows_of(BIKES)
    assert rows[0].text == "bike: Heron 3; station: Harbour; price per day: 14; bought: 2021-04-02"
    assert [BIKES[cell.start : cell.end] for cell in rows[1].cells] == ["Swift L", "Market", "9", "2023-05-11"]
    passages = _passages(BIKES)
    assert sum(one.row is not None for one in passages) == 3
    prose = [BIKES[one.start : one.end] for one in passages if one.row is None]
    assert prose == ["Our fleet in May.", "Bikes come back by seven."]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("city,manager\nPorto,Ana Silva\nLeeds,Tom Berg\n", "city: Porto; manager: Ana Silva"),
        ("Cleaning | 95 francs\nNight guard | 350 francs", "Cleaning: 95 francs"),
        ("name\tshift\nAna\tearly\nBo\tlate", "name: Ana; shift: early"),
    ],
)
def test_delimited_lines_are_rows(text: str, first: str) -> None:
    assert rows_of(text)[0].text == first


@pytest.mark.parametrize(
    "text", ["Ana, who came late, left.\nBo stayed, too, all day.\nNo one, not even Cy, knew.", "a | b", "", "x\ty\n"]
)
def test_prose_has_no_rows(text: str) -> None:
    assert rows_of(text) == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Which bike has the higher price per day, the Crane or the Swift L?", "Crane"),
        ("Which bike has the lower price per day, the Crane or the Swift L?", "Swift L"),
        ("Which bike was bought earlier, the Crane or Heron 3?", "Crane"),
        ("Which bike was bought later, the Crane or Heron 3?", "Heron 3"),
    ],
)
def test_two_rows_are_compared_by_the_column_that_is_named(question: str, answer: str) -> None:
    form = _form(question)
    chosen = choose(form, [], _passages(BIKES), lambda _: ())
    assert chosen is not None
    assert chosen.name == answer


def test_the_only_column_of_numbers_is_the_one_compared() -> None:
    text = "Our prices\n\nCleaning | 95 francs\nNight guard | 350 francs\nCheck-up | 60 francs\n"
    form = _form("What is dearer, the cleaning or a night guard?")
    chosen = in_table(form, "dear", False, _passages(text))
    assert chosen is not None
    assert chosen.name == "night guard"
    assert [one.name for one in chosen.before] == ["cleaning"]


def test_the_numbers_of_rows_measure_nothing() -> None:
    text = "No. | Piece | Minutes\n1 | Dawn | 4\n2 | Dusk | 3\n3 | Noon | 9\n"
    chosen = in_table(_form("Which piece lasts longer, Dawn or Dusk?"), "long", False, _passages(text))
    assert chosen is not None
    assert chosen.name == "Dawn"
    bare = "slot,show,host\n1,Dawn,Ida Lund\n2,Dusk,Bo Frey\n"
    assert in_table(_form("Which show lasts longer, Dawn or Dusk?"), "long", False, _passages(bare)) is None


def test_two_rows_in_different_units_are_not_compared() -> None:
    text = "item | amount\nFlour | 20 kg\nMilk | 300 l\nEggs | 12 dozen\n"
    assert in_table(_form("Of which is there more, flour or milk?"), "much", False, _passages(text)) is None


def test_all_rows_that_hold_what_is_asked_are_members() -> None:
    passages = _passages(BIKES)
    row = next(one for one in passages if one.row and one.row.text.startswith("bike: Crane"))
    assert row.row is not None
    cell = row.row.cells[0]
    span = SpanAnswer(row, cell.start, cell.end, "Crane", "", (row.start, row.end), {})
    best = Judged("Crane", "", 0.6, (Ground(0.6, span=span),))
    form = _form("Which bikes are at the station Harbour?")
    assert members(best, form, [], passages, _parser()) == ("Heron 3", "Crane")
    assert members(best, _form("Which bike is at the station Harbour?"), [], passages, _parser()) == ("Crane",)
