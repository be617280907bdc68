"""The drawing of a path: what stands in it, and that no name can break out of its label."""

import re

import pytest

from clew import ReasoningPath, Triple, Value
from clew.graph.model import entity_id
from clew.ui.draw import path_dot, quoted

BOOK, AUTHOR, CITY = (entity_id(name) for name in ("Lothair (novel)", "Benjamin Disraeli", "London"))
NAMES = {BOOK: "Lothair (novel)", AUTHOR: "Benjamin Disraeli", CITY: "London"}
WROTE = Triple.make(AUTHOR, "wrote", BOOK)
BORN = Triple.make(AUTHOR, "born in", CITY)
DATE = Triple.make(AUTHOR, "date of birth", Value("21 December 1804", "date", "1804-12-21"))
PATH = ReasoningPath((WROTE, BORN), (False, True), 0.5)


def statements(dot: str) -> list[str]:
    return [line.strip() for line in dot.splitlines()[1:-1]]


def test_each_entity_and_triple_is_drawn_once():
    dot = path_dot([PATH, ReasoningPath((WROTE, DATE), (False, True))], NAMES)
    assert sum("->" in line for line in statements(dot)) == 3
    assert dot.count('label="Benjamin Disraeli"') == 1
    assert '"21 December 1804"' in dot


def test_an_arrow_points_from_head_to_tail_in_walking_order():
    dot = path_dot([PATH], NAMES)
    assert 'n0 -> n1 [label="wrote", dir=back];' in dot
    assert 'n1 -> n2 [label="born in"];' in dot


def test_start_and_answer_are_coloured():
    dot = path_dot([PATH], NAMES, answers=["London"])
    colours = dict(re.findall(r'label="([^"]*)", fillcolor="(#\w+)"', dot))
    assert len({colours["Lothair (novel)"], colours["London"], colours["Benjamin Disraeli"]}) == 3
    assert colours == dict(re.findall(r'label="([^"]*)", fillcolor="(#\w+)"', path_dot([PATH], NAMES, answers=[CITY])))


@pytest.mark.parametrize(
    "name",
    [
        'a"]; evil [label="x',
        "back\\slash\\",
        "\\N",
        "<b>x</b>",
        "&lt;",
        "two\nlines",
        "\x1b[31m",
        "",
        'x\\"y',
        "\ud800",
    ],
)
def test_no_name_breaks_out_of_its_label(name):
    label = quoted(name)
    assert re.fullmatch(r'"(?:[^"\\\n]|\\["\\n])*"', label)
    assert "<" not in label
    assert not re.search(r"&(?!amp;|lt;|gt;)", label)
    label.encode("utf-8")
    dot = path_dot([PATH], {**NAMES, CITY: name})
    assert len(statements(dot)) == len(statements(path_dot([PATH], NAMES)))


def test_long_names_are_wrapped_and_cut():
    label = quoted("word " * 100)
    assert label.count("\\n") == 2
    assert label.endswith('…"')
    assert len(quoted("x" * 1000)) < 100


def test_no_path_is_an_empty_drawing():
    assert "->" not in path_dot([], {})
