"""The read-only guard that every SPARQL query passes: no update, no other host, no other file.

The engine's query call takes no updates, and the folder is open for reading alone; what it would do is to call other
hosts for SERVICE. That word is looked for in the text itself and not among tokens: `<` begins an IRI or compares, by
context, so a comment or string may begin where a simple reader of tokens sees none. A string that holds the word in
front of a space is refused too.
"""

from __future__ import annotations

import re
from typing import NoReturn

from clew.graph.errors import QueryError

MAX_LENGTH = 50_000
_FORMS = frozenset(["SELECT", "ASK", "CONSTRUCT", "DESCRIBE"])
_WRITES = frozenset(["LOAD", "INSERT", "DELETE", "CLEAR", "DROP", "CREATE", "COPY", "MOVE", "ADD", "WITH"])
# A keyword stands behind anything that ends a token (behind `true` even without a space), and in front of the IRI,
# prefixed name or variable of the other host. Names such as ?service, x:service and http://a.org/service go free.
_SERVICE = re.compile(r"(?:(?<![A-Za-z_?$:@/-])|(?<=true)|(?<=false))service(?=silent|[\s#<?$:]|$)", re.IGNORECASE)
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+|\#[^\r\n]*)
    |(?P<iri><[^\x00-\x20<>"{}|^`\\]*>)
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<name>[?$@]\w+|(?:[^\W\d_][\w.-]*)?:(?:[\w.:%-]|\\.)*)
    |(?P<word>[^\W\d_]\w*)
    |(?P<sign>.)""",
    re.VERBOSE | re.DOTALL,
)


def guard(sparql: str) -> str:
    """The query, sure to read this knowledge base only. Raises QueryError that names what is not allowed."""
    if len(sparql) > MAX_LENGTH:
        _refuse(f"The query is {len(sparql):,} characters long.", f"Keep it below {MAX_LENGTH:,}.")
    if re.search(r"\\u", sparql, re.IGNORECASE):
        _refuse("The query holds a Unicode escape.", "Write the character itself.")
    if any("\ud800" <= character <= "\udfff" for character in sparql):
        _refuse("The query holds half a character.", "Write it anew.")
    if _SERVICE.search(sparql):
        _refuse("SERVICE is not allowed in a query.", "It may read this knowledge base and no other host.")
    tokens = [(match.lastgroup, match[0]) for match in _TOKEN.finditer(sparql) if match.lastgroup != "space"]
    words = [text.upper() for kind, text in tokens if kind == "word"]
    form = next((word for word in words if word not in {"PREFIX", "BASE", "VERSION"}), "")
    if form in _WRITES:
        _refuse(f"{form} is not allowed in a query.", "It may read the knowledge base and not change it.")
    if form not in _FORMS:
        _refuse(f"A query cannot begin with {form or 'that'}.", f"Begin with one of: {', '.join(sorted(_FORMS))}.")
    _check_datasets(tokens)
    return sparql


def _check_datasets(tokens: list[tuple[str | None, str]]) -> None:
    """FROM and FROM NAMED may name graphs of this knowledge base only."""
    for place, (kind, text) in enumerate(tokens):
        if kind == "word" and text.upper() == "FROM":
            rest = [named for named in tokens[place + 1 : place + 3] if named[1].upper() != "NAMED"]
            if not rest or not rest[0][1].startswith("<urn:clew:"):
                _refuse(
                    f"FROM {rest[0][1] if rest else ''} is not allowed in a query.",
                    "Name a graph of this knowledge base (<urn:clew:document:...>), or use GRAPH.",
                )


def _refuse(what: str, hint: str) -> NoReturn:
    raise QueryError(what, hint=hint)
