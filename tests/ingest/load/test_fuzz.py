"""Files of every format, changed at random: each gives documents or problems, and nothing is raised.

A minute by default; `FUZZ_SECONDS` says how long (`make fuzz`: an hour). A failure prints the file's bytes in
hexadecimal, to be kept as a case.
"""

from __future__ import annotations

import gzip
import io
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from clew.ingest.load.load import Loaded, Problem, load

SECONDS = float(os.environ.get("FUZZ_SECONDS", "45"))
SLOW = 60.0  # seconds for one small file
SAID = "Acme Corp was founded by Bob Hill in Zürich on 4 May 1990."
PAGE = (
    f"<html><head><title>Acme</title></head><body><h1>Acme</h1><p>{SAID}</p><table><tr><td>a<td>b</table></body></html>"
)
RDF = (
    '<?xml version="1.0"?><!DOCTYPE rdf:RDF [<!ENTITY e "http://e/">]><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-'
    'rdf-syntax-ns#" xmlns:e="http://e/"><rdf:Description rdf:about="&e;a"><e:p>Acme</e:p></rdf:Description></rdf:RDF>'
)


def _word() -> bytes:
    import docx

    out = io.BytesIO()
    document = docx.Document()
    document.add_heading("Acme", 1)
    document.add_paragraph(SAID)
    document.add_table(rows=2, cols=2).cell(0, 0).text = "Founder"
    document.save(out)
    return out.getvalue()


def _pdf() -> bytes:
    content = f"BT /F1 12 Tf 72 700 Td ({SAID}) Tj ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R] /Count 1 >>",
        b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 3 0 R /Resources << /Font << /F1 << "
        b"/Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >> >>",
    ]
    told = b"".join(b"%d 0 obj\n%s\nendobj\n" % (number, one) for number, one in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + told + b"trailer << /Size 5 /Root 1 0 R >>\n%%EOF"


WHOLE: dict[str, Callable[[], bytes]] = {
    "txt": (SAID * 5).encode,
    "latin.txt": lambda: SAID.encode("cp1252"),
    "md": f"---\ntitle: Acme\n---\n# Acme\n\n{SAID}\n\n- [a](b)\n\n```\ncode\n```\n".encode,
    "html": PAGE.encode,
    "csv": f'id,title,text\n1,Acme,"{SAID}"\n2,Bob,"Bob ""B"" Hill, founder"\n'.encode,
    "triples.csv": lambda: b"head,relation,tail\nAcme,founded by,Bob Hill\n",
    "json": f'[{{"id": 1, "title": "Acme", "text": "{SAID}", "more": {{"a": [1, 2]}}}}]'.encode,
    "jsonl": f'{{"id": "1", "text": "{SAID}"}}\n{{"text": "Bob"}}\n'.encode,
    "ttl": lambda: b'@prefix e: <http://e/> .\ne:a e:p "Acme"@en, ( 1 2 ), [ e:q <<( e:a e:b e:c )>> ] .\n',
    "nt": lambda: b'<http://e/a> <http://e/p> "Acme"@en .\n<http://e/a> <http://e/p> _:b .\n',
    "trig": lambda: b'@prefix e: <http://e/> .\ne:g { e:a e:p "Acme" }\n',
    "jsonld": lambda: (
        b'{"@context": {"p": "http://e/p"}, "@id": "http://e/a", "p": [{"@id": "http://e/b", "p": "Acme"}]}'
    ),
    "rdf": RDF.encode,
    "txt.gz": lambda: gzip.compress((SAID * 20).encode(), mtime=0),
    "docx": _word,
    "pdf": _pdf,
}
PIECES = (
    b"\0",
    b"\xff\xfe",
    b"&l;",
    b"<!--",
    b"]]>",
    b'"',
    b"\\u0060",
    b"(" * 300,
    b"[" * 300,
    b"<a>" * 300,
    b"\n" * 99,
)


def changed(data: bytes, dice: random.Random) -> bytes:
    """The bytes with some of them flipped, cut, doubled, moved or put in."""
    out = bytearray(data)
    for _ in range(dice.randint(1, 8)):
        at = dice.randrange(len(out) + 1)
        size = dice.choice((1, 2, 8, 64, 512))
        way = dice.randrange(5)
        if way == 0 and at < len(out):
            out[at] = dice.randrange(256)
        elif way == 1:
            del out[at : at + size]
        elif way == 2:
            out[at:at] = out[at : at + size] * dice.choice((1, 2, 50))
        elif way == 3:
            out[at:at] = dice.choice(PIECES)
        else:
            out[at : at + size] = dice.randbytes(size)
    return bytes(out)


@pytest.mark.timeout(SECONDS / len(WHOLE) + 2 * SLOW + 120)  # the tests' own limit is for those that take no hour
@pytest.mark.parametrize("name", sorted(WHOLE))
def test_a_changed_file_gives_documents_or_problems(name: str, tmp_path: Path) -> None:
    data, path = WHOLE[name](), tmp_path / f"a.{name}"
    dice = random.Random(os.environ.get("FUZZ_SEED", name))
    until = time.monotonic() + SECONDS / len(WHOLE)
    tried = 0
    while tried < 5 or time.monotonic() < until:
        tried += 1
        path.write_bytes(data if tried == 1 else changed(data, dice))
        started = time.monotonic()
        try:
            found = list(load([path]))
        except Exception as error:
            pytest.fail(f"{error!r} of {path.read_bytes().hex()}")
        assert time.monotonic() - started < SLOW, path.read_bytes().hex()
        for one in found:
            assert isinstance(one, Loaded | Problem)
            if isinstance(one, Problem):
                assert "signal" not in one.reason, path.read_bytes().hex()
                assert 0 < len(one.reason) <= 500
                assert "Traceback" not in one.reason
        assert tried > 1 or any(isinstance(one, Loaded) for one in found), found
