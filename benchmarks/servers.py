"""A real Neo4j server for one benchmark, started by the script that NEO4J_SERVER names."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from common import DATA, note

PASSWORD = "clew-benchmark"  # noqa: S105 - of a server on loopback that lives as long as the benchmark


def script() -> Path | None:
    """The script: the one that NEO4J_SERVER names, else ../shared/neo4j/server; None where there is neither."""
    path = Path(os.environ.get("NEO4J_SERVER") or DATA.parent / "neo4j" / "server")
    return path if path.is_file() else None


@contextmanager
def neo4j(home: Path) -> Iterator[str]:
    """The address of an empty server in the folder `home`, which is stopped in the end. NEO4J_USERNAME and
    NEO4J_PASSWORD are set for this process and its children."""
    server = script()
    if server is None:
        raise SystemExit("There is no Neo4j server: set NEO4J_SERVER to a script that starts one.")
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = int(sock.getsockname()[1])
    # It prints why it did not start, or an address; with readline's COLUMNS it would not find its own process.
    environment = {**os.environ, "COLUMNS": "10000"}
    command = [str(server), "start", str(home), str(port), PASSWORD]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    try:
        if done.returncode and not _answers(port):
            raise SystemExit(f"{server} did not start: {done.stderr[-1000:]}")
        os.environ |= {"NEO4J_USERNAME": "neo4j", "NEO4J_PASSWORD": PASSWORD, "NEO4J_DATABASE": ""}
        yield f"bolt://127.0.0.1:{port}?cache={home / 'cache'}"
    finally:
        subprocess.run([str(server), "stop", str(home)], capture_output=True, check=False, env=environment)


def _answers(port: int, seconds: float = 60) -> bool:
    """Whether somebody comes to listen; on a busy machine the script may give up before the server does."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.1)
    return False


def chosen(names: str) -> list[str]:
    """The stores named, `a,b`; neo4j is left out, with a note, where no server can be started."""
    stores = [name for name in names.split(",") if name]
    if "neo4j" in stores and script() is None:
        note("neo4j is left out: set NEO4J_SERVER to a script that starts a server.")
        stores.remove("neo4j")
    return stores


def server_memory_mb(home: Path) -> float:
    """The peak of the server's resident memory in MB (10^6 bytes)."""
    status = Path(f"/proc/{(home / 'pid').read_text().strip()}/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) * 1024 / 1e6 for line in status.splitlines() if line.startswith("VmHWM"))
