"""What a document is called: by its own text where it can be, for its metadata often names a program's template."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clew.ingest.load.decode import clean
from clew.ingest.load.items import Section

_WORDS = re.compile(r"\w+")
_OPENING = 20_000  # characters in which a title is looked for


def title_of(named: object, text: str, sections: Sequence[Section], stem: str) -> str:
    """The name in the metadata where the text bears it out, else the text's first heading, else the file's name.

    A title that an author gave returns in the text or the file's name; one that a program gave ("Word Document",
    "Slide 1") does not.
    """
    title = clean(named).strip() if isinstance(named, str) else ""
    headings = [section for section in sections if section.level > 0]
    said = set(_words(text[:_OPENING])) | set(_words(stem))
    words = _words(title)
    if words and all(word in said for word in words):
        return title
    if not headings:
        return stem
    return min(headings[:3], key=lambda section: section.level).title


def _words(text: str) -> list[str]:
    return _WORDS.findall(text.casefold())
