"""Web pages, reStructuredText, Org, TeX and source code: their words with what each part is, without marks."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from clew.ingest.load.load import Loaded, load


def read(path: Path, text: str) -> Loaded:
    path.write_text(text, encoding="utf-8")
    (loaded,) = load([path])
    assert isinstance(loaded, Loaded), loaded
    return loaded


def parts(loaded: Loaded) -> list[tuple[str, str]]:
    text = loaded.document.text
    return [(block.kind, text[block.start : block.end]) for block in loaded.blocks]


def cells(loaded: Loaded) -> list[list[str]]:
    (rows,) = [block.rows for block in loaded.blocks if block.kind == "table"]
    return [[loaded.document.text[start:end] for start, end in row] for row in rows]


def silent(loaded: Loaded) -> list[str]:
    return [loaded.document.text[slice(*span)] for block in loaded.blocks for span in block.silent]


def test_a_page_without_its_navigation(tmp_path: Path) -> None:
    links = "".join(f'<li><a href="{name}">{name}</a></li>' for name in ("Home", "Staff", "Contact"))
    page = f"""<header><ul>{links}</ul><p>Oakridge Clinic</p></header><div role="navigation">Skip</div>
<main><h1>Staff</h1><ul>{links}</ul></main><footer><p>Uppsala</p><ul>{links}</ul></footer><iframe src="x"></iframe>"""
    loaded = read(tmp_path / "a.html", page)
    assert loaded.document.text == "Oakridge Clinic\n\nStaff\n\n- Home\n- Staff\n- Contact\n\nUppsala"
    assert loaded.note == "1 embedded frames, films or sounds not read; 7 words of navigation left out"


def test_tables_lists_and_forms_of_a_page(tmp_path: Path) -> None:
    page = """<table><caption>Roster</caption><thead><tr><th>Name</th><th colspan="2">Shift</th></tr></thead>
<tr><td rowspan="2">Selma <del>Otto</del></td><td>Mon</td><td>Early</td></tr><tr><td>Tue</td><td>Late</td></tr></table>
<dl><dt>Ward<dd>North wing<dt>Beds<dd>20</dl><p>Ask <s>Otto</s> Selma <img src="m" alt="on the map"><img src="n"></p>
<ol start="3"><li>Three<ul><li>Inner</ul><li>Four</ol><pre>x = 1
y = 2</pre><blockquote>We are glad.</blockquote>
<form><label>Name</label><input value="Tove"><select><option>A<option selected>B</select></form>"""
    loaded = read(tmp_path / "a.html", page)
    assert cells(loaded) == [
        ["Name", "Shift", "Shift"],
        ["Selma Otto", "Mon", "Early"],
        ["Selma Otto", "Tue", "Late"],
    ]
    assert silent(loaded) == ["Otto", "Otto"]
    expected = [
        ("paragraph", "Roster"),
        ("pair", "Ward: North wing"),
        ("pair", "Beds: 20"),
        ("paragraph", "Ask Otto Selma on the map"),
        ("item", "Three"),
        ("item", "Inner"),
        ("item", "Four"),
        ("code", "x = 1\ny = 2"),
        ("paragraph", "We are glad."),
        ("pair", "Name: Tove"),
        ("paragraph", "B"),
    ]
    assert [part for part in parts(loaded) if part[0] != "table"] == expected
    assert loaded.note == "1 pictures without a description"


def test_a_table_that_arranges_a_page_is_none(tmp_path: Path) -> None:
    page = (
        "<table><tr><td><h1>Left</h1><p>One.</p></td><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>"
    )
    assert parts(read(tmp_path / "a.html", page)) == [("heading", "Left"), ("paragraph", "One."), ("table", "a | b")]


def test_restructured_text(tmp_path: Path) -> None:
    text = """Handbook
========

:Author: Ada Holm

Pay
---

The *pay* day is ``Friday``; see `the site <https://example.org>`_. [1]_

| First line
| Second line

- One

  - Inner

Ward
    North wing

========  =====
Name      Role
========  =====
Ada       Chair
========  =====

.. note:: Ask early.

.. include:: /etc/passwd

.. [1] As of May.
"""
    loaded = read(tmp_path / "a.rst", text)
    assert loaded.document.title == "Handbook"
    assert [(section.title, section.level) for section in loaded.sections] == [("Handbook", 1), ("Pay", 2)]
    assert ("pair", "Author: Ada Holm") in parts(loaded)
    assert ("paragraph", "The pay day is Friday; see the site. 1") in parts(loaded)
    assert ("pair", "Ward: North wing") in parts(loaded)
    assert cells(loaded) == [["Name", "Role"], ["Ada", "Chair"]]
    for words in ("First line\nSecond line", "- One", "- Inner", "Ask early.", "As of May."):
        assert words in loaded.document.text
    assert "root:" not in loaded.document.text
    assert "1 directives that are not read" in loaded.note


def test_org(tmp_path: Path) -> None:
    text = """#+TITLE: Handbook
# a comment
* Pay :hr:
:PROPERTIES:
:OWNER: Ada Holm
:END:
The *pay* day is =Friday=; see [[https://example.org][the site]],
not +Monday+.
- [X] One
- Ward :: North wing
| Name | Role  |
|------+-------|
| Ada  | Chair |
#+BEGIN_SRC sh
ls -l
#+END_SRC
"""
    loaded = read(tmp_path / "a.org", text)
    assert loaded.document.title == "Handbook"
    assert silent(loaded) == ["Monday"]
    assert cells(loaded) == [["Name", "Role"], ["Ada", "Chair"]]
    assert [part for part in parts(loaded) if part[0] != "table"] == [
        ("heading", "Handbook"),
        ("heading", "Pay"),
        ("pair", "OWNER: Ada Holm"),
        ("paragraph", "The pay day is Friday; see the site, not Monday."),
        ("item", "One"),
        ("pair", "Ward: North wing"),
        ("code", "ls -l"),
    ]


def test_tex(tmp_path: Path) -> None:
    text = r"""\documentclass{article}
\title{The Harbour of G\"oteborg}
\begin{document}
\maketitle
\section{Depth}\label{sec:d}
The \textbf{harbour} is 12~m deep\footnote{At low tide.} % not said
according to \cite{holm}, and costs 50\,\% less.

\begin{itemize}
\item Cranes
\item \emph{Lights} by \href{https://example.org}{Osram}
\end{itemize}
\begin{tabular}{ll}
Name & Role \\
\hline
Ada & Chair \\
\end{tabular}
\begin{equation} x = y^2 \end{equation}
\end{document}
"""
    loaded = read(tmp_path / "a.tex", text)
    assert loaded.document.title == "The Harbour of Göteborg"
    assert cells(loaded) == [["Name", "Role"], ["Ada", "Chair"]]
    assert [part for part in parts(loaded) if part[0] != "table"] == [
        ("heading", "The Harbour of Göteborg"),
        ("heading", "Depth"),
        ("paragraph", "The harbour is 12 m deep according to , and costs 50 % less."),
        ("paragraph", "At low tide."),
        ("item", "Cranes"),
        ("item", "Lights by Osram"),
        ("code", " x = y^2 "),
    ]


def test_source_code(tmp_path: Path) -> None:
    text = '''#!/usr/bin/env python
# The ledger is kept by Ada Holm.
# It is closed monthly.
"""Books what is paid."""
import os


def book(x):
    """Books x."""
    return x
'''
    loaded = read(tmp_path / "ledger.py", text)
    assert parts(loaded) == [
        ("code", "#!/usr/bin/env python"),
        ("paragraph", "The ledger is kept by Ada Holm. It is closed monthly."),
        ("paragraph", "Books what is paid."),
        ("code", "import os\n\n\ndef book(x):"),
        ("paragraph", "Books x."),
        ("code", "    return x"),
    ]
    text = "/**\n * Pays the bills.\n * @param who whom\n */\nint pay(char *who) { return 0; } // never fails\n"
    said = [words for kind, words in parts(read(tmp_path / "pay.c", text)) if kind != "code"]
    assert said == ["Pays the bills. @param who whom", "never fails"]


@pytest.mark.parametrize(
    ("name", "piece"),
    [
        ("a.html", "<table><tr><td>"),
        ("a.html", "<ul><li>"),
        ("a.html", "<blockquote>"),
        ("a.tex", "{"),
        ("a.tex", "\\begin{itemize}\\item x "),
        ("a.org", "* x\n"),
        ("a.org", "[[a]"),
        ("a.c", "/* "),
    ],
)
def test_hostile_markup_takes_linear_time(tmp_path: Path, name: str, piece: str) -> None:
    started = time.process_time()
    (tmp_path / name).write_text(piece * 2_000 + " the end", encoding="utf-8")
    items = list(load([tmp_path / name]))
    assert time.process_time() - started < 10, items[:1]
