"""RDF files that would fill the parser's memory or overflow its stack end in one line, whatever hides them."""

from __future__ import annotations

import io
import json

import pytest
from pyoxigraph import Quad

from clew.graph.rdf.parse import quads

HEAD = '<?xml version="1.0"?>'
OPEN = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
    '<rdf:Description rdf:about="http://e/a"><e:p>'
)
CLOSE = "</e:p></rdf:Description></rdf:RDF>"


def read(text: str, format_: str) -> tuple[list[Quad], list[str]]:
    found = list(quads(io.BytesIO(text.encode()), format_))
    return [one for one in found if not isinstance(one, str)], [one for one in found if isinstance(one, str)]


def laughs(levels: int) -> str:
    nested = "".join(f'<!ENTITY l{level} "{f"&l{level - 1};" * 10}">' for level in range(1, levels))
    return f'<!DOCTYPE rdf:RDF [<!ENTITY l0 "lolololololololololol">{nested}]>'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (f"{HEAD}{laughs(10)}{OPEN}&l9;{CLOSE}", "the entity l3 stands for over 10,000 characters"),
        (f"{HEAD}{laughs(10)}{OPEN}nobody says it{CLOSE}", "the entity l3 stands for"),
        (f"{HEAD}{laughs(3)}{OPEN.replace('http://e/a', '&l2;' * 9000)}{CLOSE}", "amplification"),
        (f'{HEAD}<!DOCTYPE r [<!ENTITY a "{"x" * 9000}">]>{OPEN}{"&a;" * 90_000}{CLOSE}', "amplification"),
        (f"{HEAD}{OPEN}x</e:p></rdf:Description>{laughs(10)}&l9;</rdf:RDF>", "not well-formed"),
        (f"{HEAD}{OPEN}" + "<e:A><e:p>" * 20_000 + "</e:p></e:A>" * 20_000 + CLOSE, "nested over 500 deep"),
        (f"{HEAD}{OPEN}" + "<e:A><e:p>/>" * 20_000 + "</e:p></e:A>" * 20_000 + CLOSE, "nested over 500 deep"),
    ],
)
def test_markup_that_grows_or_nests_without_end_is_left(text: str, reason: str) -> None:
    found, wrong = read(text, "rdfxml")
    assert len(found) <= 500
    assert len(wrong) == 1
    assert reason in wrong[0]


def test_entities_of_an_ontology_are_read() -> None:
    doctype = '<!DOCTYPE rdf:RDF [<!ENTITY base "http://e/"><!ENTITY inner "&base;inner/">]>'
    (quad,), wrong = read(f"{HEAD}{doctype}{OPEN.replace('http://e/a', '&inner;a')}Zürich &amp; more{CLOSE}", "rdfxml")
    assert not wrong
    assert (quad.subject.value, quad.object.value) == ("http://e/inner/a", "Zürich & more")


def test_statements_before_broken_markup_are_kept() -> None:
    (quad,), wrong = read(f"{HEAD}{OPEN}said</e:p></rdf:Description><rdf:Description <</rdf:RDF>", "rdfxml")
    assert quad.object.value == "said"
    assert len(wrong) == 1
    assert "line 1" in wrong[0]


@pytest.mark.parametrize("depth", [600, 5_000, 60_000])
def test_deep_json_is_left(depth: int) -> None:
    texts = [
        '{"@id":"http://e/a","http://e/p":' * depth + "1" + "}" * depth,
        '{"@id":"http://e/a","http://e/p":' + '[{"@list":' * depth + "[1]" + "}]" * depth + "}",
        '{"http://e/p":"}}]]\\"}}' + "}" * 70_000 + '","http://e/q":' + "[" * depth + "]" * depth + "}",
    ]
    for text in texts:
        found, wrong = read(text, "json-ld")
        assert not found
        assert len(wrong) == 1
        assert "nested over 500 deep" in wrong[0]


def test_brackets_in_strings_are_no_depth() -> None:
    said = "[" * 1000 + '\\" {' + "\\" * 3
    for gap in (0, 65_500, 65_530, 65_535):  # an escape parted by two blocks
        (quad,), wrong = read(json.dumps({"@id": "http://e/a", "http://e/p": " " * gap + said}), "json-ld")
        assert not wrong
        assert quad.object.value == " " * gap + said


@pytest.mark.parametrize("format_", ["turtle", "ntriples", "nquads", "trig"])
@pytest.mark.parametrize("depth", [100, 15_000, 60_000])
def test_deep_triple_terms_are_left_out(format_: str, depth: int) -> None:
    deep = "<http://e/a> <http://e/b> " + "<<( <http://e/a> <http://e/b> # )>>\n " * depth
    if format_ in {"ntriples", "nquads"}:
        deep = deep.replace("# )>>\n", "")
    text = f"{deep}<http://e/c>{' )>>' * depth} .\n<http://e/x> <http://e/y> <http://e/z> .\n"
    found, wrong = read(text, format_)
    assert len(wrong) in {1, 2}
    assert "triple terms" in wrong[0]
    assert [quad.subject.value for quad in found] == ["http://e/x"] or "what follows is not read" in wrong[0]


def test_many_statements_about_statements_are_read() -> None:
    text = "@prefix e: <http://e/> .\n" + "e:a e:b <<( e:c e:d 1 )>> .\n" * 30_000
    found, wrong = read(text, "turtle")
    assert not wrong
    assert len(found) == 30_000
