"""Models are loaded once for all tests; a knowledge base made in a test borrows them."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

import clew
from clew.graph.embeddings import Embedder, open_embedder
from clew.ingest.extract import SpacyExtractor

PASSAGES = {
    "Changed It": '"Changed It" is a song by Trinidadian rapper Nicki Minaj and American rapper Lil Wayne. It was '
    "released on March 10, 2017 by Young Money Entertainment.",
    "Nicki Minaj": "Onika Tanya Maraj (born December 8, 1982), known professionally as Nicki Minaj, is a rapper. "
    "Nicki Minaj was born in Port of Spain. She was raised in New York City.",
    "Teutberga": "Teutberga (died 11 November 875) was a queen of Lotharingia by marriage to Lothair II. She was a "
    "daughter of Boso the Elder.",
    "Lothair II": "Lothair II (835 – 8 August 869) was the king of Lotharingia. He was the second son of Emperor "
    "Lothair I. Lothair II was married to Teutberga.",
    "Blind Shaft": "Blind Shaft is a 2003 film directed by Li Yang. The film was produced by Li Yang in Beijing.",
    "Li Yang": "Li Yang is a Chinese film director. Li Yang was born in Xi'an in 1959.",
}


@pytest.fixture(scope="session")
def embedder() -> Embedder:
    return open_embedder()


@pytest.fixture(scope="session")
def extractor() -> SpacyExtractor:
    return SpacyExtractor()


@pytest.fixture(scope="session")
def passages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one text file for each passage."""
    folder = tmp_path_factory.mktemp("passages")
    for title, text in PASSAGES.items():
        (folder / f"{title}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def open_kb(embedder: Embedder, extractor: SpacyExtractor) -> Iterator[Callable[..., clew.KnowledgeGraph]]:
    """Opens knowledge bases that share the loaded models and are closed after the test."""
    opened: list[clew.KnowledgeGraph] = []

    def make(url: str | Path = "memory:", **options: object) -> clew.KnowledgeGraph:
        kg = clew.open(url, **options)
        kg._embedder, kg._extractor = embedder, extractor
        opened.append(kg)
        return kg

    yield make
    for kg in opened:
        kg.close()


GIVEN_NEO4J = os.environ.pop("CLEW_TEST_NEO4J_URI", "")  # no setting of Clew's, so commands must not see it


@dataclass(frozen=True)
class Neo4jServer:
    """A real Neo4j whose database tests may empty."""

    uri: str
    username: str
    password: str

    def wipe(self) -> None:
        """The database holds no nodes; indexes stay, so that the next test need not wait for them."""
        import neo4j

        auth = (self.username, self.password) if self.password else None
        with neo4j.GraphDatabase.driver(self.uri, auth=auth) as driver:
            driver.execute_query("MATCH (n) DETACH DELETE n")


NEO4J_SKIPPED = (
    "the Neo4j tests need a server: set CLEW_TEST_NEO4J_URI (with NEO4J_USERNAME and NEO4J_PASSWORD; its database is "
    "emptied), or NEO4J_SERVER to a script that starts one, or install testcontainers and run Docker"
)


def free_port() -> int:
    """A port on loopback that nobody listens on now."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def neo4j_script(*arguments: str, **environment: str) -> str:
    """What the script that NEO4J_SERVER names says to these arguments."""
    # Not the environment as it is: readline, which pytest loads, sets COLUMNS there, and ps cuts its lines by it.
    done = subprocess.run(
        [os.environ["NEO4J_SERVER"], *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "COLUMNS": "10000", **environment},
    )
    assert done.returncode == 0, f"NEO4J_SERVER is set, so the Neo4j tests must run: {done.stdout}{done.stderr}"
    return done.stdout


def start_neo4j(home: Path, password: str, **environment: str) -> str:
    """Starts a server by the script, `SCRIPT start HOME PORT PASSWORD`; returns its URI."""
    port = free_port()
    try:
        return neo4j_script("start", str(home), str(port), password, **environment).split()[-1]
    except AssertionError:  # on a busy machine the script may look for the process before it is one
        if not (home / "pid").exists() or not _answers(int((home / "pid").read_text()), port):
            raise
        return f"bolt://127.0.0.1:{port}"


def _answers(process: int, port: int) -> bool:
    """Whether the process comes to listen on the port, before it ends or a minute is over."""
    for _ in range(600):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        if not _runs(process):
            return False
        time.sleep(0.1)
    return False


def stop_neo4j(home: Path) -> None:
    """Stops what `start_neo4j` started, and is sure of it."""
    process = int((home / "pid").read_text())
    neo4j_script("stop", str(home))
    for _ in range(300):  # on a busy machine it lets go of its files a little later
        if not _runs(process):
            return
        time.sleep(0.1)
    raise AssertionError(f"the Neo4j server {process} of the tests did not end")


def _runs(process: int) -> bool:
    """Whether the process is there and not just waiting for its parent to notice that it ended."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][:1] not in {"Z", "X", ""}
    except OSError:
        return False


@pytest.fixture(scope="session")
def neo4j_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Neo4jServer]:
    """One server for the whole run: the one given, one started by script, or one in a container."""
    if GIVEN_NEO4J:
        yield Neo4jServer(GIVEN_NEO4J, os.environ.get("NEO4J_USERNAME", ""), os.environ.get("NEO4J_PASSWORD", ""))
    elif os.environ.get("NEO4J_SERVER"):
        home, password = tmp_path_factory.mktemp("neo4j"), "clew-tests-only"
        uri = start_neo4j(home, password)
        yield Neo4jServer(uri, "neo4j", password)
        stop_neo4j(home)
    elif importlib.util.find_spec("testcontainers") and shutil.which("docker"):
        from testcontainers.neo4j import Neo4jContainer

        with Neo4jContainer("neo4j:5.26-community") as container:
            yield Neo4jServer(container.get_connection_url(), "neo4j", container.password)
    else:
        pytest.skip(NEO4J_SKIPPED)


@pytest.fixture
def neo4j_url(neo4j_server: Neo4jServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of an empty database, with the environment set so that it can be opened."""
    neo4j_server.wipe()
    monkeypatch.setenv("NEO4J_USERNAME", neo4j_server.username)
    monkeypatch.setenv("NEO4J_PASSWORD", neo4j_server.password)
    monkeypatch.delenv("NEO4J_DATABASE", raising=False)
    return f"{neo4j_server.uri}?cache={quote(str(tmp_path))}"


@pytest.fixture
def own_neo4j(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Starts a server of the test's own and returns its URI; called again, starts it anew with other settings (the
    environment variables of the script); stops it in the end."""
    if not os.environ.get("NEO4J_SERVER"):
        pytest.skip("needs a server with settings of its own: set NEO4J_SERVER to a script that starts one")
    home, password = tmp_path / "server", "clew-tests-only"
    monkeypatch.setenv("NEO4J_USERNAME", "neo4j")
    monkeypatch.setenv("NEO4J_PASSWORD", password)

    def start(**settings: str) -> str:
        if home.exists():
            stop_neo4j(home)
        return start_neo4j(home, password, **settings)

    yield start
    if home.exists():
        stop_neo4j(home)
