"""A SPARQL endpoint as a source that is only read: `sparql+https://HOST/PATH`, asked page by page for what it holds.

Named on purpose by the user, it is the only source that is fetched: from that host alone (a redirection is refused),
over HTTP GET, with a time-out and a cap on bytes. The graph to read may follow as `#GRAPH`.
"""

from __future__ import annotations

import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlencode, urlsplit

from clew.graph.errors import SourceError
from clew.ingest.load.decode import MAX_BYTES

SCHEMES = ("sparql+http://", "sparql+https://")
PAGE = 10_000
_TIMEOUT = 60.0  # seconds without a byte
_BLOCK = 1 << 16


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """A redirection is an error: the user named one host."""


@contextmanager
def fetched(source: str, *, page: int = PAGE) -> Iterator[Path]:
    """A temporary file of N-Triples with all that the endpoint holds. Raises SourceError where it does not answer."""
    address, _, graph = source.removeprefix("sparql+").partition("#")
    if not urlsplit(address).hostname:
        raise SourceError("names no host: write sparql+https://HOST/PATH")
    if any(sign in graph for sign in ' <>"{}|^`\\\n'):
        raise SourceError("names a graph that is no IRI")
    with tempfile.NamedTemporaryFile(suffix=".nt") as file:
        start = 0
        while True:
            lines = _page(address, graph, start, page, file)
            if file.tell() > MAX_BYTES:
                raise SourceError("holds more than 1 GiB:", hint="name one of its graphs as #GRAPH")
            if lines < page:
                break
            start += page
        file.flush()
        yield Path(file.name)


def _page(address: str, graph: str, start: int, page: int, out: IO[bytes]) -> int:
    """Writes one page of statements; returns how many there were."""
    pattern = f"GRAPH <{graph}> {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
    query = (
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ SELECT DISTINCT ?s ?p ?o WHERE {{ {pattern} }} "
        f"ORDER BY ?s ?p ?o LIMIT {page} OFFSET {start} }}"
    )
    separator = "&" if "?" in address else "?"
    request = urllib.request.Request(  # noqa: S310 - http or https: `SCHEMES` lets nothing else in
        f"{address}{separator}{urlencode({'query': query})}", headers={"Accept": "application/n-triples"}
    )
    opener = urllib.request.build_opener(_NoRedirects)
    count = 0
    try:
        with opener.open(request, timeout=_TIMEOUT) as answer:
            kind = answer.headers.get_content_type()
            if kind not in {"application/n-triples", "text/plain"}:
                raise SourceError(f"answers with {kind}, not with N-Triples")
            while block := answer.readline(_BLOCK):
                count += block.endswith(b"\n") and not block.isspace()
                out.write(block)
                if out.tell() > MAX_BYTES:
                    break
    except urllib.error.HTTPError as error:
        raise SourceError(f"answers {error.code} {error.reason}") from None
    except (OSError, HTTPException) as error:
        raise SourceError(f"cannot be asked: {getattr(error, 'reason', error)}") from None
    return count
