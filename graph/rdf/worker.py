"""A process of its own that answers SPARQL queries over a folder it may only read, so that a query that takes too
long can be ended. It is started by `rdf_sparql`, reads one JSON request a line and writes one JSON answer a line.

It imports nothing of Clew's: it starts in the time that Python takes.
"""

from __future__ import annotations

import json
import sys
from itertools import islice
from typing import Any

from pyoxigraph import BlankNode, Literal, NamedNode, QueryBoolean, QueryTriples, Store

_MEMORY = 4 << 30  # bytes of address space: a join without bounds must not take the machine with it


def main() -> None:
    """Every request is answered until the input ends."""
    _bound_memory()
    store = Store.read_only(sys.argv[1])
    for line in sys.stdin:
        try:
            answer = _answer(store, **json.loads(line))
        except (SyntaxError, ValueError, OSError, RuntimeError, MemoryError) as error:
            answer = {"error": f"{getattr(error, 'msg', '') or error}"}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _bound_memory() -> None:
    try:
        import resource
    except ImportError:  # Windows has none
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))


def _answer(store: Store, *, query: str, prefixes: dict[str, str], limit: int) -> dict[str, Any]:
    result = store.query(query, prefixes=prefixes, use_default_graph_as_union=True)
    if isinstance(result, QueryBoolean):
        return {"columns": ["answer"], "rows": [[bool(result)]], "truncated": False}
    if isinstance(result, QueryTriples):
        columns = ["subject", "predicate", "object"]
        rows: Any = ([triple.subject, triple.predicate, triple.object] for triple in result)
    else:
        columns = [variable.value for variable in result.variables]
        rows = (list(solution) for solution in result)
    found = [[_plain(term) for term in row] for row in islice(rows, limit + 1)]
    return {"columns": columns, "rows": found[:limit], "truncated": len(found) > limit}


def _plain(term: Any) -> Any:
    """A number, truth value or text; an IRI is its text, a variable without a value None."""
    if term is None or isinstance(term, NamedNode):
        return term and term.value
    if isinstance(term, BlankNode):
        return f"_:{term.value}"
    if not isinstance(term, Literal):
        return str(term)
    kind = term.datatype.value.rpartition("#")[2]
    if kind == "escaped":
        return json.loads(term.value)
    return _number(term.value, kind)


def _number(text: str, kind: str) -> Any:
    try:
        if kind == "integer":
            return int(text)
        if kind in {"decimal", "double", "float"}:
            return float(text)
    except ValueError:
        return text
    return text == "true" if kind == "boolean" else text


if __name__ == "__main__":
    main()
