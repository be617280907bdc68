"""Knowledge bases of every format that there was are opened, upgraded, and hold what they held."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

import clew
from clew.cli.main import main
from clew.graph.model import FORMAT_VERSION

DATA = Path(__file__).resolve().parents[1] / "data"
FORMATS = range(1, FORMAT_VERSION + 1)


@pytest.fixture(params=FORMATS)
def sample(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A knowledge base of a format."""
    with tarfile.open(DATA / f"format-{request.param}.tar.gz") as packed:
        packed.extractall(tmp_path, filter="data")
    return tmp_path / f"format-{request.param}"


def test_an_old_knowledge_base_is_upgraded_and_answers(
    sample: Path, open_kb: Callable[..., clew.KnowledgeGraph], tmp_path: Path
) -> None:
    kg = open_kb(sample, create=False)
    number = int(sample.name.removeprefix("format-"))
    assert kg.upgrade() == clew.Upgrade(number, FORMAT_VERSION)
    assert kg.status().format_version == FORMAT_VERSION
    assert "Xi'an" in kg.ask("Where was the director of Blind Shaft born?").text
    kg.export(tmp_path / "now.jsonl")
    if number == FORMAT_VERSION:
        assert (tmp_path / "now.jsonl").read_text() == (DATA / f"{sample.name}.jsonl").read_text()
    assert kg.add({"id": "person", "text": "Li Yang lives in Beijing."}).updated == 1


def test_the_command_says_what_there_was_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    clew.open(tmp_path / "kb").close()
    assert main(["upgrade", "--kb", str(tmp_path / "kb")]) == 0
    assert f"already has format {FORMAT_VERSION}" in capsys.readouterr().out
    assert main(["upgrade", "--kb", str(tmp_path / "nowhere")]) == 2
