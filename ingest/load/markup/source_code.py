"""Source code, by Pygments: docstrings and comments as text, the code between them as words that state nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

from pygments.lexers import get_lexer_for_filename
from pygments.token import Comment, String
from pygments.util import ClassNotFound

from clew.ingest.load.decode import read_text
from clew.ingest.load.items import Loaded, Origin
from clew.ingest.load.text_builder import TextBuilder, words

_OPENING = re.compile(r"[ \t]*(?:/\*+!?|//+[!/]?|#+|--+|;+|%+|<!--|[rRuUbBfF]{0,2}(?:\"\"\"|'''))[ \t]?")
_CLOSING = re.compile(r"[ \t]*(?:\*+/|-->|\"\"\"|''')[ \t]*$")
_STAR = re.compile(r"^[ \t]*\*[ \t]?", re.MULTILINE)
_LONGEST = 2_000_000  # characters; of longer files the lexer would take minutes
_SHEBANG = (Comment.Hashbang, Comment.Preproc, Comment.PreprocFile)


def read(origin: Origin) -> Loaded:
    """One document of the file's comments and docstrings as paragraphs, its code as code, in their order."""
    raw, note = read_text(origin.path)
    builder = TextBuilder()
    if len(raw) > _LONGEST:
        builder.losses["file too long to tell comments from code"] += 1
        builder.code(raw)
    for told, text in _parts(raw, origin.name) if len(raw) <= _LONGEST else ():
        if not told:
            builder.code("\n".join(line.rstrip() for line in text.split("\n")))
            continue
        for paragraph in re.split(r"\n[ \t]*\n", _plain(text)):
            builder.paragraph(words(paragraph))
    return builder.loaded(origin, title=origin.name, note=note)


def _parts(raw: str, name: str) -> Iterator[tuple[str, str]]:
    """Stretches of the file in order, each with what tells its reader something: `doc`, `comment` or nothing."""
    try:
        lexer = get_lexer_for_filename(name.removesuffix(".gz"), stripnl=False)
    except ClassNotFound:
        yield "", raw
        return
    tokens = [(_told(kind), text) for kind, text in lexer.get_tokens(raw)]
    # Blanks between two lines of comment belong to the comment.
    joined: list[tuple[str, str]] = []
    for place, (told, text) in enumerate(tokens):
        before = joined[-1][0] if joined else ""
        inside = place + 1 < len(tokens) and tokens[place + 1][0] == before
        blank = not text.strip() and text.count("\n") < 2
        joined.append((before if not told and inside and blank else told, text))
    for told, group in groupby(joined, key=lambda item: item[0]):
        yield told, "".join(text for _, text in group)


def _told(kind: object) -> str:
    if kind in String.Doc:
        return "doc"
    return "comment" if kind in Comment and not any(kind in one for one in _SHEBANG) else ""


def _plain(text: str) -> str:
    """The comment without its marks."""
    block = text.lstrip().startswith(("/*", '"""', "'''"))
    lines = [_CLOSING.sub("", line) for line in text.split("\n")]
    if block:
        lines[0] = _OPENING.sub("", lines[0], count=1)
        return _STAR.sub("", "\n".join(lines))
    return "\n".join(_OPENING.sub("", line, count=1) for line in lines)
