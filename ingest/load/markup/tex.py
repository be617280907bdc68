"""TeX files: the words of LaTeX documents with sections, lists and tables. No file is included, nothing is run."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from clew.ingest.load.decode import read_text
from clew.ingest.load.items import Loaded, Origin
from clew.ingest.load.text_builder import TextBuilder, Words

_TOKEN = re.compile(r"\\([A-Za-z]+)\*?[ \t]*|\\(.)|([{}&~$\[\]])|(\n[ \t]*\n\s*)|([^\\{}&~$\[\]\n]+|\n)", re.DOTALL)
_COMMENT = re.compile(r"(?<!\\)%[^\n]*\n?")
_BODY = re.compile(r"\\begin\{document\}(.*?)(?:\\end\{document\}|\Z)", re.DOTALL)
_LITERAL = re.compile(
    r"\\begin\{(verbatim\*?|lstlisting|minted|equation\*?|align\*?|displaymath|eqnarray\*?|gather\*?|multline\*?)\}"
    r"(.*?)\\end\{\1\}|\\\[(.*?)\\\]|\$\$(.*?)\$\$",
    re.DOTALL,
)
_LEVELS = {"part": 1, "chapter": 1, "section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 4, "title": 1}
_WITHOUT_WORDS = """
label ref eqref pageref autoref cref Cref cite citep citet citeauthor parencite textcite includegraphics bibliography
bibliographystyle usepackage documentclass input include vspace hspace setlength pagestyle thispagestyle setcounter
addtocounter newcommand renewcommand color hypersetup index glsadd fontsize
"""
_DROPPED = frozenset(_WITHOUT_WORDS.split())
_FIRST_DROPPED = frozenset(
    {
        "href",
        "hypertarget",
        "hyperlink",
        "textcolor",
        "colorbox",
        "begin",
        "parbox",
        "raisebox",
        "multicolumn",
        "multirow",
    }
)
_ACCENTS = {"'": "\u0301", "`": "\u0300", "^": "\u0302", '"': "\u0308", "~": "\u0303", "=": "\u0304", ".": "\u0307"}
_LETTER_ACCENTS = {"c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a"}
_LETTERS = {"ss": "ß", "ae": "æ", "AE": "Æ", "oe": "œ", "OE": "Œ", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "aa": "å"}
_LETTERS |= {"AA": "Å", "i": "ı", "j": "ȷ", "LaTeX": "LaTeX", "TeX": "TeX", "ldots": "…", "dots": "…", "copyright": "©"}
_LETTERS |= {"S": "§", "P": "¶", "pounds": "£", "euro": "€", "textendash": "–", "textemdash": "—", "textbar": "|"}
_BLANK = frozenset({"quad", "qquad", "newline", "linebreak", "hfill", "par", "newpage", "tab", "space"})
_LISTS = frozenset({"itemize", "enumerate", "description"})
_TABLES = frozenset({"tabular", "tabularx", "longtable", "array", "tabulary"})
_HELD = "\ue000"  # stands for what is kept as it is


def read(origin: Origin) -> Loaded:
    """One document of its words, with its blocks; references and commands are left out, formulas kept as they are."""
    raw, note = read_text(origin.path)
    literal: list[str] = []

    def keep(found: re.Match[str]) -> str:
        literal.append(next(filter(None, found.groups()[1:]), ""))
        return f"\n\n{_HELD}\n\n"

    raw = _LITERAL.sub(keep, raw.replace(_HELD, " ")) if raw.count("\\begin") < 100_000 else raw
    raw = _COMMENT.sub("", raw)
    body = _BODY.search(raw)
    file = _File(TextBuilder(), literal)
    head = raw[: body.start()] if body else ""
    at = head.find("\\title")
    if at >= 0:
        file.read(head[at : at + 2000].split("\n\n")[0])
        file.end()
    file.read(body.group(1) if body else raw)
    file.end()
    return file.builder.loaded(origin, note=note)


@dataclass
class _Group:
    """An open brace: what to do with its words when it closes."""

    use: str = ""
    level: int = 0
    outer: Words = field(default_factory=Words)


@dataclass
class _File:
    builder: TextBuilder
    literal: list[str]
    said: Words = field(default_factory=lambda: Words(lines=True))
    groups: list[_Group] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)  # what the next braces are for
    level: int = 0
    lists: list[str] = field(default_factory=list)
    item: bool = False
    rows: list[list[Words | None]] | None = None
    accent: str = ""
    notes: list[Words] = field(default_factory=list)

    def read(self, text: str) -> None:
        """The text is read, token by token."""
        for found in _TOKEN.finditer(text):
            command, escaped, mark, gap, plain = found.groups()
            if command:
                self._command(command)
            elif escaped:
                self._escaped(escaped)
            elif mark:
                self._mark(mark)
            elif gap:
                self.end()
            else:
                self._plain(plain)

    def _plain(self, text: str) -> None:
        if self.accent and text.strip():
            letter, text = text.lstrip()[0], text.lstrip()[1:]
            self.said.add(unicodedata.normalize("NFC", letter + self.accent))
            self.accent = ""
        text = text.replace("``", "“").replace("''", "”").replace("---", "—").replace("--", "–")
        for place, part in enumerate(text.split(_HELD)):
            if place:
                self.end()
                self.builder.code(self.literal.pop(0) if self.literal else "")
            self.said.add(part.replace("\n", " "))
        if text.strip():
            self.pending.clear()

    def _command(self, name: str) -> None:
        if name in _LETTERS:
            self.said.add(_LETTERS[name])
        elif name in _LETTER_ACCENTS:
            self.accent = _LETTER_ACCENTS[name]
        elif name == "item":
            self.end()
            self.item = True
        elif name in _LEVELS:
            self.end()
            self.pending, self.level = ["heading"], _LEVELS[name]
        elif name == "caption":
            self.end()
            self.pending = ["paragraph"]
        elif name in {"begin", "end"}:
            self.end()
            self.pending = [name]
        elif name == "footnote":
            self.pending = ["note"]
        elif name in _DROPPED:
            self.pending = ["drop"]
        elif name in _FIRST_DROPPED:
            self.pending = ["drop", "keep"]
        elif name in _BLANK:
            self.said.add(" ")

    def _escaped(self, mark: str) -> None:
        if mark == "\\":
            self._row() if self.rows is not None else self.said.add("\n")
        elif mark in _ACCENTS:
            self.accent = _ACCENTS[mark]
        else:
            self.said.add(" " if mark in " ,;:!\n/" else mark)

    def _mark(self, mark: str) -> None:
        if mark == "{":
            use = self.pending.pop(0) if self.pending else ""
            apart = use not in {"", "keep"}
            self.groups.append(_Group(use, self.level, self.said))
            self.said = Words(lines=True) if apart else self.said
        elif mark == "}":
            self._close()
        elif mark == "&" and self.rows is not None:
            self.rows[-1].append(self.said)
            self.said = Words(lines=True)
        elif mark == "[":
            self.groups.append(_Group("option" if self.pending else "[", 0, self.said))
            self.said = Words(lines=True) if self.pending else self.said
            self.said.add("" if self.pending else "[")
        elif mark == "]":
            if self.groups and self.groups[-1].use == "option":
                self.said = self.groups.pop().outer
            else:
                if self.groups and self.groups[-1].use == "[":
                    self.groups.pop()
                self.said.add("]")
        elif mark == "~":
            self.said.add(" ")
        elif mark == "$":
            self.said.add("")

    def _close(self) -> None:
        group = self.groups.pop() if self.groups else _Group("keep")
        if group.use in {"", "keep", "["}:
            return
        inner, self.said = self.said, group.outer
        if group.use == "heading":
            self.builder.heading(inner, group.level)
        elif group.use == "paragraph":
            self.builder.paragraph(inner)
        elif group.use == "note":
            self.notes.append(inner)
        elif group.use in {"begin", "end"}:
            self._environment(inner.text.strip().rstrip("*"), opens=group.use == "begin")

    def _environment(self, name: str, *, opens: bool) -> None:
        if name in _LISTS:
            self.lists.append(name) if opens else self.lists and self.lists.pop()
        elif name in _TABLES and opens:
            self.rows, self.pending = [[]], ["drop"]
        elif name in _TABLES and self.rows is not None:
            self._row()
            rows, self.rows = [row for row in self.rows if any(row)], None
            self.builder.table(rows)

    def _row(self) -> None:
        if self.rows is not None:
            self.rows[-1].append(self.said)
            self.rows.append([])
            self.said = Words(lines=True)

    def end(self) -> None:
        """The words so far are a block."""
        if self.rows is not None or any(group.use not in {"", "keep", "["} for group in self.groups):
            self.said.add(" ")
            return
        said, self.said = self.said, Words(lines=True)
        self.groups = [_Group(group.use, group.level, self.said) for group in self.groups]
        if said and self.item and self.lists:
            self.builder.item(said, level=len(self.lists))
            self.item = False
        else:
            self.builder.paragraph(said)
        notes, self.notes = self.notes, []
        for note in notes:
            self.builder.paragraph(note)
