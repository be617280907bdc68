"""The blocks of a document's text: what every loader hands on and every step after it reads.

A loader puts them into `Loaded.blocks` in the order of the text. Where it gives none, `structure.plain` reads them
off the text. Facts, chunks, subjects and the pieces that are parsed all come from blocks, never from line ends.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Span = tuple[int, int]
Kind = Literal["heading", "paragraph", "item", "pair", "table", "code"]
Place = Literal["", "front matter", "mail header"]


@dataclass(frozen=True, slots=True)
class Block:
    """`text[start:end]` of a document is of one `kind`. All spans are offsets in that text; blocks do not overlap.

    * `heading`: names the section below it; `level` 1 is the highest. No sentence, no evidence.
    * `paragraph`: prose. Its lines are joined by blanks before they are parsed (a loader that knows better makes a
      block of each line).
    * `item`: an item of a list, without its mark ("- ", "3."); `level` is its depth, 1 the outermost. Items never join.
    * `pair`: a key-value line, a term with its definition, a form's field, a property, a header of an e-mail: `key` and
      `value` are the spans of both, without marks and colon. `level` is the depth of the list that it stands in (0: in
      none). `place` says where else it comes from.
    * `table`: `rows` holds the spans of the cells, row by row, each row of one length; the first `header` rows name the
      columns (0: none do). A merged cell's span is repeated in every place that it covers; an empty cell's is empty.
    * `code`: words that may be searched and state nothing.

    `quoted` counts the quotes around it (">", a block quote, the earlier message below an answer). `silent` are spans
    inside the block that are not read: struck text, the marks of a quotation. `name` is a pair's key where its words
    do not say it all (a property inside another).
    """

    kind: Kind
    start: int
    end: int
    level: int = 0
    key: Span = (0, 0)
    value: Span = (0, 0)
    rows: tuple[tuple[Span, ...], ...] = ()
    header: int = 1
    quoted: int = 0
    silent: tuple[Span, ...] = ()
    place: Place = ""
    name: str = ""


__all__ = ["Block", "Kind", "Place", "Span"]
