"""Plain text: what its lines, marks and columns say."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from clew.ingest.structure.blocks import Block
from clew.ingest.structure.plain import read_plain


def shown(text: str) -> list[tuple[str, str]]:
    """Kind and words of each block, white space single."""
    blocks = read_plain(text)
    spans = [(block.start, block.end) for block in blocks]
    assert all(a < b for a, b in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    return [(block.kind, " ".join(text[block.start : block.end].split())) for block in blocks]


def pairs(text: str) -> list[tuple[str, str]]:
    return [
        (text[slice(*b.key)], " ".join(text[slice(*b.value)].split())) for b in read_plain(text) if b.kind == "pair"
    ]


def table(text: str) -> list[list[str]]:
    (block,) = (block for block in read_plain(text) if block.kind == "table")
    return [[" ".join(text[a:b].split()) for a, b in row] for row in block.rows]


@pytest.mark.parametrize(
    "text",
    [
        "The old mill at the river, which was built by the Corvin\nfamily in 1780, is a museum today.",
        "The old mill at the river, which was built by\nthe Corvin family in 1780, is a museum today.",
    ],
)
def test_wrapped_lines_are_one_paragraph(text: str) -> None:
    assert shown(text) == [("paragraph", " ".join(text.split()))]


def test_short_lines_are_apart() -> None:
    text = "Please come to the meeting that we have moved from the hall to school.\n\nKind regards\nOla Brandt\nClerk\n"
    assert [words for _, words in shown(text)][1:] == ["Kind regards", "Ola Brandt", "Clerk"]


@pytest.mark.parametrize("mark", ["- ", "* ", "• ", "+ "])
def test_items_never_join(mark: str) -> None:
    text = "".join(f"{mark}{name}\n" for name in ("Owen Price chairs", "Kim Lund sings", "Ada Voss\n  plays the flute"))
    assert shown(text) == [
        ("item", "Owen Price chairs"),
        ("item", "Kim Lund sings"),
        ("item", "Ada Voss plays the flute"),
    ]


def test_numbered_clauses_keep_their_wrapped_lines() -> None:
    text = "1. The tenant pays\nthe rent.\n2. The owner mends the roof.\n"
    assert shown(text) == [("item", "The tenant pays the rent."), ("item", "The owner mends the roof.")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Severity: 1\nIncident commander: Mia Strand\n", [("Severity", "1"), ("Incident commander", "Mia Strand")]),
        (
            "Lender:    Corvin Museum\nPeriod:    1 May to 3 June\n",
            [("Lender", "Corvin Museum"), ("Period", "1 May to 3 June")],
        ),
        ("Leader: Dr Mia Strand. Credits: 20. Read on.\n", [("Leader", "Dr Mia Strand."), ("Credits", "20.")]),
        ("Made by: Kim Lund     Seen by: Dr. Ada Voss\n", [("Made by", "Kim Lund"), ("Seen by", "Dr. Ada Voss")]),
        ("Step 1: the oven is heated to\n        200 degrees.\n", [("Step 1", "the oven is heated to 200 degrees.")]),
        ("- Team Fern: led by Kim Lund\n", [("Team Fern", "led by Kim Lund")]),
        ("owner:: Kim Lund\n", [("owner", "Kim Lund")]),
        ("Opens at 10:15 on https://fern.example.org/a: see there, or call, or write.\n", []),
    ],
)
def test_key_value_lines(text: str, expected: list[tuple[str, str]]) -> None:
    assert pairs(text) == expected


def test_a_letter_has_a_header_and_quotes() -> None:
    head = "From: Kim Lund\nTo: Ada Voss\nSubject: Keys\n\nHello,\n\n"
    text = head + "the keys are here.\n\nKim\n\n> Where are the keys\n> of the mill?\n"
    blocks = read_plain(text)
    assert [block.place for block in blocks[:3]] == ["mail header"] * 3
    quote = blocks[-1]
    assert quote.quoted == 1
    assert [text[a:b] for a, b in quote.silent] == ["\n> "]
    assert not [block for block in blocks if block.kind == "heading"]


@pytest.mark.parametrize(
    ("text", "headings"),
    [
        ("LOAN AGREEMENT\n\nThe lender is rich.", ["LOAN AGREEMENT"]),
        ("Travel costs\n\nTrains are paid.", ["Travel costs"]),
        ("Costs\n=====\nTrains are paid.\n\nHotels\n------\nHotels too.", ["Costs", "Hotels"]),
        ("Trains are paid.\n\nHotels too.", []),
    ],
)
def test_headings(text: str, headings: list[str]) -> None:
    assert [words for kind, words in shown(text) if kind == "heading"] == headings


def test_a_log_is_a_table() -> None:
    text = (
        "04.03. 06:40  PR-2  Stop, oil leak. Seal changed by\n"
        "                    M. Holt. Running again.\n"
        "05.03. 14:15  C-7   Noise. Nothing found.\n"
        "06.03. 14:15  PR-2  Stop again.\n"
    )
    assert table(text)[0] == ["04.03. 06:40", "PR-2", "Stop, oil leak. Seal changed by M. Holt. Running again."]
    assert len(table(text)) == 3


@pytest.mark.parametrize(
    "unit", ["word ", "a: ", "- x\n", "> ", "x  y\n", "A\n\n", "1. ", "a:b\n", ":\n", ".\n", "k: v. "]
)
def test_time_grows_with_the_text(unit: str) -> None:
    started = time.process_time()
    text = unit * (600_000 // len(unit))
    blocks = read_plain(text)
    assert all(isinstance(block, Block) for block in blocks)
    assert time.process_time() - started < 10
