"""Models are loaded once for all tests; a knowledge base made in a test borrows them."""

from __future__ import annotations

import contextlib
import http.server
import importlib.util
import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest

import clew
from clew.graph.embeddings.embeddings import Embedder
from clew.graph.embeddings.open import open_embedder
from clew.ingest.extract.local import SpacyExtractor
from clew.llm.cache import AnswerCache
from clew.llm.chat import Chat
from clew.llm.cost import Meter
from clew.llm.http import Endpoint

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


def pytest_configure() -> None:
    """Ctrl-C reaches the processes that tests start, also where this one runs in the background, which ignores it."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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


@dataclass
class Said:
    """What the model server answers: a status, a body (text as it stands, anything else as JSON), after `delay`
    seconds; `cut` ends it in the middle, `drip` sends it byte by byte with that pause."""

    body: object = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    cut: bool = False
    drip: float = 0.0

    @property
    def payload(self) -> bytes:
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


def completion(content: object, *, usage: tuple[int, int] | None = (100, 20), finish: str = "stop") -> Said:
    """A chat completion whose message is this content, as JSON where it is no text."""
    text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
    body: dict[str, object] = {
        "choices": [{"message": {"role": "assistant", "content": text}, "finish_reason": finish}]
    }
    if usage is not None:
        body["usage"] = {"prompt_tokens": usage[0], "completion_tokens": usage[1]}
    return Said(body)


@dataclass
class Received:
    """A request to the model server."""

    path: str
    headers: dict[str, str]
    body: dict[str, object]

    @property
    def system(self) -> str:
        return str(self.body["messages"][0]["content"])  # type: ignore[index]

    @property
    def user(self) -> str:
        return str(self.body["messages"][1]["content"])  # type: ignore[index]


class ModelServer:
    """An HTTP server on loopback that plays a language model: `answer` says what it gives for each request."""

    said, completion = Said, staticmethod(completion)

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.answer: Callable[[Received], Said] = lambda _: completion({})
        self.most_at_once = 0
        self._lock = threading.Lock()
        self._at_once = 0
        server = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                server.serve(self)

            def log_message(self, *_: object) -> None:
                """Nothing on standard error."""

        self._http = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._http.server_port}/v1"
        threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def serve(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        raw = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        asked = Received(handler.path, dict(handler.headers), json.loads(raw or b"{}"))
        with self._lock:
            self.received.append(asked)
            self._at_once += 1
            self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            said = self.answer(asked)
            time.sleep(said.delay)
        finally:
            with self._lock:
                self._at_once -= 1
        with contextlib.suppress(OSError):  # the client may have hung up
            self._send(handler, said)

    @staticmethod
    def _send(handler: http.server.BaseHTTPRequestHandler, said: Said) -> None:
        payload = said.payload
        handler.send_response(said.status)
        for name, value in {"Content-Length": str(len(payload)), **said.headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        if said.cut:
            payload = payload[: len(payload) // 2]
        for byte in payload if said.drip else ():
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            time.sleep(said.drip)
        handler.wfile.write(b"" if said.drip else payload)

    def one_by_one(self, *answers: Said) -> None:
        """These answers come in turn, the last one from then on."""
        left = list(answers)

        def answer(_: Received) -> Said:
            with self._lock:
                return left.pop(0) if len(left) > 1 else left[0]

        self.answer = answer

    def close(self) -> None:
        self._http.shutdown()
        self._http.server_close()


@pytest.fixture
def model_server() -> Iterator[ModelServer]:
    """A language model on loopback that says what the test wants."""
    server = ModelServer()
    yield server
    server.close()


@pytest.fixture
def chat_to(model_server: ModelServer) -> Iterator[Callable[..., Chat]]:
    """Opens clients to the model server, with a key, that wait only milliseconds between their tries."""
    opened: list[Chat] = []

    def make(*, cache: Path | None = None, meter: Meter | None = None, concurrency: int = 4, **options: object) -> Chat:
        patience = {"timeout": 5.0, "retries": 2, "backoff": 0.01, "longest_wait": 2.0}
        given: dict[str, object] = {"key": "sk-test-0123456789-secret", **patience, **options}
        endpoint = Endpoint(given.pop("url", model_server.url), given.pop("model", "thread-1"), **given)  # type: ignore[arg-type]
        chat = Chat(endpoint, cache=AnswerCache(cache) if cache else None, meter=meter, concurrency=concurrency)
        opened.append(chat)
        return chat

    yield make
    for chat in opened:
        chat.close()
