"""Markdown: its marks go, its structure stays."""

from __future__ import annotations

import time

import pytest

from clew.ingest.structure.build import Builder
from clew.ingest.structure.markdown import read_markdown


def shown(built: Builder) -> list[tuple[str, int, str]]:
    return [(block.kind, block.level, built.text[block.start : block.end]) for block in built.blocks]


def pairs(built: Builder) -> list[tuple[str, str]]:
    return [
        (block.name or built.text[slice(*block.key)], built.text[slice(*block.value)])
        for block in built.blocks
        if block.kind == "pair"
    ]


def test_headings_paragraphs_and_nested_items() -> None:
    built = read_markdown(
        "# Top #\n\nA *long*\nline of [it](http://x).\n\n- one\n  - `two`\n\n    more\n1. first\n\nSub\n---\n"
    )
    assert shown(built) == [
        ("heading", 1, "Top"),
        ("paragraph", 0, "A long\nline of it."),
        ("item", 1, "one"),
        ("item", 2, "two"),
        ("paragraph", 0, "more"),
        ("item", 1, "first"),
        ("heading", 2, "Sub"),
    ]
    assert [section.title for section in built.sections] == ["Top", "Sub"]


@pytest.mark.parametrize(
    "source",
    ["**Owner**: Kim Lund\n**Severity:** 1", "Owner: Kim Lund\nSeverity: 1", "- Owner: Kim Lund\n- Severity: 1"],
)
def test_key_value_lines(source: str) -> None:
    assert pairs(read_markdown(source)) == [("Owner", "Kim Lund"), ("Severity", "1")]


def test_front_matter_stays_with_its_places() -> None:
    built = read_markdown('---\ntitle: "The Mill"\ntags: [old, water]\nowner:\n  name: Kim Lund\n---\n# Mill\nText.\n')
    assert pairs(built) == [("title", "The Mill"), ("tags", "old"), ("tags", "water"), ("owner name", "Kim Lund")]
    assert {block.place for block in built.blocks if block.kind == "pair"} == {"front matter"}


@pytest.mark.parametrize("front", ["---\n: [\n---\n", "---\n- a\n- b\n---\n", "---\nplain words\n---\n"])
def test_front_matter_that_is_no_map_is_kept_as_words(front: str) -> None:
    built = read_markdown(f"{front}\nText.\n")
    assert pairs(built) == []
    assert front.split("\n")[1] in built.text


def test_definitions_quotes_code_and_struck_text() -> None:
    built = read_markdown(
        "Mill\n: a house with a wheel\n\n> said **so**\n\n```python\nx = 1\n```\n\nIt is ~~gone~~ here.\n"
    )
    assert pairs(built) == [("Mill", "a house with a wheel")]
    assert [block.quoted for block in built.blocks] == [0, 1, 0, 0]
    assert [block.kind for block in built.blocks] == ["pair", "paragraph", "code", "paragraph"]
    assert [built.text[a:b] for a, b in built.blocks[-1].silent] == ["gone"]


def test_a_table_has_cells_in_rows() -> None:
    built = read_markdown("| Hut | Warden |\n|---|---|\n| Fern | *Kim* Lund |\n| Moss |\n")
    (block,) = built.blocks
    assert [[built.text[a:b] for a, b in row] for row in block.rows] == [
        ["Hut", "Warden"],
        ["Fern", "Kim Lund"],
        ["Moss", ""],
    ]
    assert block.header == 1


@pytest.mark.parametrize(
    "unit", ["[a](", "**b", "_a ", "<!-- a ", "![", "`", "[[", "<", "> ", "- ", "| a ", "~~a ", "x\n: ", "[^"]
)
def test_time_grows_with_the_text(unit: str) -> None:
    started = time.process_time()
    built = read_markdown(unit * (200_000 // len(unit)))
    assert built.text or unit in {"> ", "- ", "`"}
    assert time.process_time() - started < 10
