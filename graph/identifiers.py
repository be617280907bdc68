"""Names that stand in a query as text: labels, types, property keys, IRIs. Every one of them is made here.

Values go to an engine as parameters. A name often cannot, and it may come from a file, a language model or somebody
else's graph; so it is written such that no character of it can end the name.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal, NoReturn

from clew.graph.errors import QueryError

LONGEST = 16_383  # characters; no engine promises more
Dialect = Literal["neo4j", "arcadedb", "sparql"]
_LONE = re.compile("[\ud800-\udfff]")
_NO_IRI = re.compile(r'[\x00-\x20<>"{}|^`\\\x7f-\x9f]')


@lru_cache(4096)
def identifier(name: str, dialect: Dialect = "neo4j") -> str:
    """The name as a query's text: quoted, and whatever it holds, nothing but a name to the engine.

    `neo4j`: backticks are doubled; backslashes, controls and marks of format are written as `\\uXXXX`, which Neo4j
    decodes before it reads the query, backticks included. `arcadedb` decodes nothing: there a backslash is itself, and
    controls are refused. `sparql`: an IRI in its brackets; what may not stand in one is refused.
    Raises QueryError with the name: one that is empty, too long, or that the engine cannot hold.
    """
    if not name:
        _refuse(name, "is empty")
    if len(name) > LONGEST:
        _refuse(name, f"is {len(name):,} characters long, more than {LONGEST:,}")
    if "\0" in name or _LONE.search(name):
        _refuse(name, "holds a NUL or half a character")
    if dialect == "sparql":
        return _iri(name)
    if dialect == "arcadedb" and not name.isprintable():
        _refuse(name, "holds control characters")
    written = name.replace("`", "``")
    if dialect == "neo4j":
        written = "".join(one if one.isprintable() and one != "\\" else _escaped(one) for one in written)
    return f"`{written}`"


def _iri(name: str) -> str:
    if _NO_IRI.search(name):
        _refuse(name, "is no IRI")
    return f"<{name}>"


def _escaped(character: str) -> str:
    """As Neo4j decodes it: one or two units of UTF-16. What it decoded it does not decode again."""
    units = character.encode("utf-16-be")
    return "".join(f"\\u{units[at : at + 2].hex().upper()}" for at in range(0, len(units), 2))


def _refuse(name: str, why: str) -> NoReturn:
    raise QueryError(f"The name {name[:60]!r} {why}: it cannot stand in a query.", hint="Give it another name.")
