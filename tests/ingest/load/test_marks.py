"""Marks that nobody sees: byte order marks in every text format, soft hyphens, zero-width spaces."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from clew.ingest.load.decode import clean
from clew.ingest.load.load import Loaded, Problem, load

TURTLE = '@prefix ex: <http://ex.org/> .\nex:lyra ex:launchedBy ex:works .\nex:lyra ex:launchDate "2016" .\n'
LINES = (
    "<http://ex.org/a> <http://ex.org/p> <http://ex.org/b> .\n<http://ex.org/c> <http://ex.org/p> <http://ex.org/b> .\n"
)
QUADS = LINES.replace(" .\n", " <http://ex.org/g> .\n")
TRIG = "@prefix ex: <http://ex.org/> .\nex:g { ex:a ex:p ex:b . ex:c ex:p ex:b . }\n"
JSON_LD = '{"@id": "http://ex.org/a", "http://ex.org/p": [{"@id": "http://ex.org/b"}, {"@id": "http://ex.org/c"}]}'
XML = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:ex="http://ex.org/">
<rdf:Description rdf:about="http://ex.org/a"><ex:p>one</ex:p><ex:p>two</ex:p></rdf:Description></rdf:RDF>"""
TEXTS = {
    "a.ttl": TURTLE,
    "a.nt": LINES,
    "a.nq": QUADS,
    "a.trig": TRIG,
    "a.jsonld": JSON_LD,
    "a.rdf": XML,
    "a.csv": "id,text\n1,Rita leads Falcon Works.\n",
    "a.jsonl": '{"id": "1", "text": "Rita leads Falcon Works."}\n',
    "a.json": '[{"id": "1", "text": "Rita leads Falcon Works."}]',
    "a.md": "# Falcon\n\nRita leads Falcon Works.\n",
    "a.html": "<h1>Falcon</h1><p>Rita leads Falcon Works.</p>",
    "triples.csv": "head,relation,tail\nRita,leads,Falcon Works\n",
}


def texts(path: Path) -> list[str]:
    items = list(load([path]))
    assert not [item for item in items if isinstance(item, Problem)]
    return [item.document.text for item in items if isinstance(item, Loaded)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_byte_order_mark_is_no_part_of_the_text(tmp_path: Path, name: str, encoding: str) -> None:
    plain, marked = tmp_path / "plain" / name, tmp_path / "marked" / name
    for path in (plain, marked):
        path.parent.mkdir()
    plain.write_text(TEXTS[name], encoding="utf-8")
    marked.write_text(TEXTS[name], encoding=encoding)
    assert texts(marked) == texts(plain)
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(marked.read_bytes()))
    assert texts(packed) == texts(plain)


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        ("\u200bDelta\u200b Mill is based in Gh\u00adent.", "Delta Mill is based in Ghent."),
        ("Gh\u00ad\nent and Gh\u00ad\r\nent", "Ghent and Ghent"),
        ("\u202eDelta\u202c\u2066 Mill\u2069", "Delta Mill"),
        ("De\u2060lta\ufeff Mi\u200dll", "Delta Mill"),
        ("Delta\U000e0041\U000e0042 Mill", "Delta Mill"),
        ("Delta\u00a0Mill has 10\u202f000 sacks", "Delta Mill has 10 000 sacks"),
        ("Delta Mill\ufe0f is e\ufb03cient \u2764\ufe0f", "Delta Mill is efficient \u2764\ufe0f"),
        ("نمی\u200cخواهم", "نمی\u200cخواهم"),
        ("👩\u200d👧 क्\u200dष", "👩\u200d👧 क्\u200dष"),
    ],
)
def test_what_nobody_sees_does_not_reach_the_text(raw: str, seen: str) -> None:
    assert clean(raw) == seen
    assert clean(seen) == seen
