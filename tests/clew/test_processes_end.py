"""Processes end: whoever started the Java machine, beside whomever they worked, and when they are interrupted."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

LONG = 90.0  # seconds for the work itself on a busy machine; what ends by itself takes a few
END = 10.0
RUN = (
    "-c",
    "import sys; from clew.cli.main import main; code = main(); print('done', flush=True); sys.exit(code)",
)


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    one, other = tmp_path / "one", tmp_path / "other"
    for folder, told in (
        (one, "Ada Brand{0} founded Company{0} Ltd in 195{0}."),
        (other, "Ben Frost{0} owns Firm{0}."),
    ):
        folder.mkdir()
        for number in range(4):
            (folder / f"{number}.txt").write_text(told.format(number))
    return one, other


@contextlib.contextmanager
def started(*arguments: Any, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process of Python, which is sure to be gone afterwards."""
    command = [sys.executable, *map(str, arguments)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options) as process:
        try:
            yield process
        finally:
            process.kill()


def ends(process: subprocess.Popen[str]) -> str:
    """What it printed; it ends within ten seconds of its last word."""
    assert process.stdout is not None
    told = ""
    for line in process.stdout:
        told += line
        if line == "done\n":
            break
    process.wait(END)
    return told


def interrupted(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGINT)
    process.wait(END)


THREAD = """
import sys, threading, clew
def work():
    with clew.open(sys.argv[1], create=True) as kg:
        kg.status()
thread = threading.Thread(target=work)
thread.start()
thread.join()
print("done", flush=True)
"""


def test_a_process_ends_whose_thread_started_the_java_machine(tmp_path: Path) -> None:
    with started("-c", THREAD, tmp_path / "kb") as process:
        ends(process)
    assert process.returncode == 0


def test_two_ingests_at_once_end(folders: tuple[Path, Path], tmp_path: Path) -> None:
    for number in range(2):
        kb = tmp_path / f"kb{number}"
        with (
            started(*RUN, "ingest", folders[0], "--kb", kb) as one,
            started(*RUN, "ingest", folders[1], "--kb", kb) as other,
        ):
            told = [ends(one), ends(other)]
        assert (one.returncode, other.returncode) == (0, 0), told
        assert all("4 added" in text for text in told)


WAITS = """
import sys, clew
with clew.open(sys.argv[1], create=True) as kg:
    print("open", flush=True)
    sys.stdin.readline()
"""


@pytest.mark.parametrize("first", ["owner", "guest"])
def test_interrupted_processes_of_one_knowledge_base_end(first: str, tmp_path: Path) -> None:
    with (
        started("-c", WAITS, tmp_path / "kb", stdin=subprocess.PIPE) as owner,
        contextlib.ExitStack() as later,
    ):
        assert owner.stdout is not None
        assert owner.stdout.readline() == "open\n"
        guest = later.enter_context(started("-c", WAITS, tmp_path / "kb", stdin=subprocess.PIPE))
        assert guest.stdout is not None
        assert guest.stdout.readline() == "open\n"
        for process in (owner, guest) if first == "owner" else (guest, owner):
            interrupted(process)


def test_an_interrupted_ingest_ends(folders: tuple[Path, Path], tmp_path: Path) -> None:
    many = tmp_path / "many.jsonl"
    line = '{{"id": "{0}", "text": "Ada Brand{0} founded Company{0} Ltd in Paris. It is based in London."}}\n'
    many.write_text("".join(line.format(number) for number in range(3000)))
    with started(*RUN, "ingest", many, "--kb", tmp_path / "kb") as process:
        until = time.monotonic() + LONG
        while not (tmp_path / "kb" / "clew.json").exists() and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(2)
        interrupted(process)
    with started(*RUN, "ingest", folders[0], "--kb", tmp_path / "kb") as process:
        assert "4 added" in ends(process)


# -- the page ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def open_page(port: int) -> Iterator[None]:
    """A browser's connection to the page, whose script has begun to run."""
    from streamlit.proto.BackMsg_pb2 import BackMsg
    from websockets.sync.client import connect
    from websockets.typing import Subprotocol

    message = BackMsg()
    message.rerun_script.query_string = ""
    with connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=[Subprotocol("streamlit")]) as connection:
        connection.send(message.SerializeToString())
        yield


def listening(port: int) -> bool:
    until = time.monotonic() + LONG
    while time.monotonic() < until:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        time.sleep(0.2)
    return False


@pytest.mark.skipif(importlib.util.find_spec("streamlit") is None, reason="needs the extra ui")
def test_the_page_ends_by_ctrl_c_and_so_does_an_ingest_beside_it(folders: tuple[Path, Path], tmp_path: Path) -> None:
    kb = tmp_path / "kb"
    with started(*RUN, "ingest", folders[0], "--kb", kb) as process:
        ends(process)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with started(*RUN, "ui", "--kb", kb, "--port", port, env={**os.environ, "PYTHONUNBUFFERED": "1"}) as page:
        assert listening(port)
        with open_page(port):
            until = time.monotonic() + LONG
            while not (kb / "served.json").exists() and time.monotonic() < until:
                time.sleep(0.1)  # until the page's script, in its thread, has opened the knowledge base
            assert (kb / "served.json").exists()
            with started(*RUN, "ingest", folders[1], "--kb", kb) as beside:
                assert "4 added" in ends(beside)
            assert beside.returncode == 0
            interrupted(page)
