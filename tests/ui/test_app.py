"""The page, run by Streamlit's own test harness on a real knowledge base, and the command that serves it."""

import re
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import clew
from clew.cli import main as cli
from clew.ui.ask import plain

APP = Path(clew.__file__).parent / "ui" / "app.py"
TEXT = "Blind Shaft is a 2003 film directed by Li Yang. Li Yang was born in Shanghai in 1959. <b>Bold</b> words stay."
QUESTION = "Where was the director of Blind Shaft born?"


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    """The path of a knowledge base that holds one document."""
    folder = tmp_path_factory.mktemp("ui")
    (folder / "Blind Shaft.txt").write_text(TEXT, encoding="utf-8")
    with clew.open(folder / "kb") as kg:
        assert kg.ingest(folder / "Blind Shaft.txt").added == 1
    return folder / "kb"


@pytest.fixture
def page(store, monkeypatch):
    """The page, just opened."""
    monkeypatch.setenv("CLEW_STORE", str(store))
    yield AppTest.from_file(str(APP), default_timeout=120).run()
    st.cache_resource.clear()  # closes the knowledge base
    st.cache_data.clear()


def html_of(page: AppTest) -> str:
    return "\n".join(element.proto.body for element in page.get("html"))


def ask(page: AppTest, question: str) -> AppTest:
    page.text_input(key="typed").set_value(question)
    return page.button[0].click().run()


def test_the_page_opens_with_what_the_graph_holds(page):
    assert not page.exception
    assert page.title[0].value == "Clew"
    metrics = {metric.label: metric.value for metric in page.sidebar.metric}
    assert metrics["Documents"] == "1"
    assert not page.error


def test_an_answer_has_its_sentence_its_source_and_its_path(page):
    ask(page, QUESTION)
    assert not page.exception
    body = html_of(page)
    assert "Shanghai" in body
    assert "<b>[1]</b>" in body
    assert "Blind%20Shaft.txt" in body
    drawing = page.get("graphviz_chart")[0].proto.spec
    assert 'label="Shanghai"' in drawing
    assert " -> " in drawing


def test_an_abstention_is_shown_with_its_reason(page):
    ask(page, "What is the boiling point of xenon?")
    assert not page.exception
    assert page.warning[0].value.startswith("No answer: ")
    assert not page.get("graphviz_chart")


def test_markup_in_a_document_or_question_is_only_text(page):
    ask(page, "Where was the <img src=x> director of Blind Shaft born, <script>?")
    assert not page.exception
    body = html_of(page)
    assert "&lt;img src=x&gt;" in body
    assert "<img" not in body
    assert "<script" not in body


def test_an_empty_question_asks_for_one(page):
    ask(page, "   ")
    assert not page.exception
    assert page.info[0].value == "Type a question first."


def test_an_overlong_question_is_an_error_line(page):
    ask(page, "x " * 20_000)
    assert not page.exception
    assert "characters" in page.error[0].value


def test_a_missing_knowledge_base_is_an_error_line(tmp_path, monkeypatch):
    monkeypatch.setenv("CLEW_STORE", str(tmp_path / "nothing"))
    page = AppTest.from_file(str(APP), default_timeout=60).run()
    assert not page.exception
    assert "nothing" in page.error[0].value
    assert not (tmp_path / "nothing").exists()


def test_plain_makes_markdown_literal():
    assert plain("![x](http://h/p.png) *a*") == r"\!\[x\]\(http\://h/p\.png\) \*a\*"


def test_the_command_serves_the_page_on_this_machine_alone(store):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "clew.cli.main", "ui", "--kb", str(store), "--port", str(port)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        assert answers(f"http://127.0.0.1:{port}/_stcore/health")
        with socket.socket() as outside, pytest.raises(OSError, match="refused"):
            outside.connect(("127.0.0.2", port))  # it listens on one address, not on all
    finally:
        server.terminate()
        out, _ = server.communicate(timeout=30)
    assert "Ctrl-C ends the page." in out
    assert "Traceback" not in out


def answers(url: str) -> bool:
    for _ in range(120):
        try:
            with urllib.request.urlopen(url, timeout=5) as reply:  # noqa: S310 - our own server
                return reply.status == 200
        except OSError:
            time.sleep(0.5)
    return False


def test_without_streamlit_the_command_says_what_to_install(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "streamlit", None)  # how Python itself marks a module that cannot be imported
    assert cli.main(["ui"]) == 2
    said = capsys.readouterr().err
    assert re.search(r"pip install -e '[^']+\[ui\]'", said), said
