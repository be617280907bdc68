"""A SPARQL endpoint is read page by page, and nothing but that endpoint is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest
from pyoxigraph import RdfFormat, Store, serialize

from clew.ingest.load.load import Loaded, load
from clew.ingest.load.rdf.endpoint import fetched


class Endpoint(BaseHTTPRequestHandler):
    """Answers queries over a small store; other paths misbehave."""

    held = Store()
    asked: list[str]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        type(self).asked.append(parts.path)
        if parts.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/sparql")
            self.end_headers()
            return
        if parts.path == "/gone":
            self.send_error(404, "Not Found")
            return
        query = parse_qs(parts.query)["query"][0]
        body = serialize(self.held.query(query), format=RdfFormat.N_TRIPLES) or b""  # type: ignore[arg-type]
        self.send_response(200)
        self.send_header("Content-Type", "text/html" if parts.path == "/page" else "application/n-triples")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def host() -> Iterator[str]:
    Endpoint.asked = []
    Endpoint.held = Store()
    for number in range(25):
        Endpoint.held.update(
            f"INSERT DATA {{ <http://x.org/{number}> <http://x.org/next> <http://x.org/{number + 1}> }}"
        )
    Endpoint.held.update(
        "INSERT DATA { GRAPH <http://x.org/g> { <http://x.org/a> <http://x.org/p> <http://x.org/b> } }"
    )
    server = HTTPServer(("127.0.0.1", 0), Endpoint)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    yield f"sparql+http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_pages_are_put_together(host: str) -> None:
    with fetched(f"{host}/sparql", page=10) as path:
        assert len(set(path.read_text().splitlines())) == 25
    assert not path.exists()
    assert len(Endpoint.asked) == 3


def test_an_endpoint_is_a_source_like_a_file(host: str) -> None:
    (item,) = load([f"{host}/sparql"])
    assert isinstance(item, Loaded)
    assert item.document.uri == f"{host}/sparql#statements=1-1000"
    assert len(item.document.text.splitlines()) == 25
    (item,) = load([f"{host}/sparql#http://x.org/g"])
    assert isinstance(item, Loaded)
    assert item.document.text == "a | p | b"


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/moved", "answers 302"),
        ("/gone", "answers 404"),
        ("/page", "answers with text/html"),
        ("/sparql#x> } { ?s ?p ?o", "a graph that is no IRI"),
    ],
)
def test_what_does_not_answer_is_named(path: str, reason: str, host: str) -> None:
    (item,) = load([host + path])
    assert not isinstance(item, Loaded)
    assert reason in item.reason
    assert "/sparql" not in Endpoint.asked


def test_a_host_that_is_not_there_is_named() -> None:
    for source, reason in (("sparql+http://127.0.0.1:9/x", "cannot be asked"), ("sparql+http:///x", "names no host")):
        (item,) = load([source])
        assert not isinstance(item, Loaded)
        assert reason in item.reason
