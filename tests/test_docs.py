"""The documentation tells the truth: each command that it shows exists, each example in a help text parses."""

from __future__ import annotations

import dataclasses
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import typer

from clew.cli.main import app
from clew.graph.model import Chunk, Document, Value
from clew.ingest.extract.local import SpacyExtractor
from clew.settings import RULES, Settings

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "benchmarks" / "README.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
PROGRAM = typer.main.get_command(app)


def blocks(text: str, *languages: str) -> Iterator[str]:
    """The fenced blocks in one of these languages."""
    for match in re.finditer(r"^```(\w*)\n(.*?)^```", text, flags=re.MULTILINE | re.DOTALL):
        if match.group(1) in languages:
            yield match.group(2)


def shell_lines(page: Path) -> Iterator[str]:
    """What the page asks to be typed, one command each, without comments and prompts."""
    for block in blocks(page.read_text(encoding="utf-8"), "sh", "bash", "console"):
        for line in block.replace("\\\n", " ").splitlines():
            command = line.strip().removeprefix("$ ")
            if command and not command.startswith("#"):
                yield command


def clew_words(command: str) -> list[str] | None:
    """The words after `clew`, None where the command is another one."""
    words = shlex.split(command, comments=True)
    while words and re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words.pop(0)
    if "|" in words:
        words = words[words.index("|") + 1 :] if words[0] != "clew" else words[: words.index("|")]
    if ">" in words:
        words = words[: words.index(">")]
    return words[1:] if words and words[0].removeprefix(".venv/bin/") == "clew" else None


def parse(words: list[str]) -> None:
    """The words parse as a command with its arguments; nothing runs."""
    name, *rest = words
    if name.startswith("-"):
        PROGRAM.make_context("clew", words, resilient_parsing=True)
        return
    commands = PROGRAM.commands  # type: ignore[attr-defined]
    assert name in commands, f"there is no command clew {name}"
    commands[name].make_context(name, rest)


COMMANDS = [(page.name, command) for page in PAGES for command in shell_lines(page)]


def test_pages_show_commands() -> None:
    assert sum(clew_words(command) is not None for _, command in COMMANDS) > 15


@pytest.mark.parametrize(("page", "command"), COMMANDS, ids=[f"{page}: {command}" for page, command in COMMANDS])
def test_documented_command_exists(page: str, command: str) -> None:
    words = clew_words(command)
    if words is not None:
        parse(words)
    elif command.startswith("make "):
        targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.MULTILINE))
        called = [word for word in shlex.split(command)[1:] if "=" not in word]
        assert set(called) <= targets
    elif "benchmarks/" in command:
        assert (ROOT / re.search(r"benchmarks/\w+\.py", command).group()).is_file()  # type: ignore[union-attr]


@pytest.mark.parametrize("name", sorted(PROGRAM.commands))  # type: ignore[attr-defined]
def test_every_command_has_help_and_an_example_that_parses(name: str) -> None:
    command = PROGRAM.commands[name]  # type: ignore[attr-defined]
    assert command.help
    examples = re.findall(r"^ *((?:[A-Z_]+=\S+ )?clew .+)$", command.epilog or "", flags=re.MULTILINE)
    assert examples, f"clew {name} --help shows no example"
    for example in examples:
        words = clew_words(example)
        assert words
        parse(words)
    assert "Example" in command.get_help(click.Context(command, info_name=f"clew {name}"))


def test_readme_names_every_command() -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    for name in PROGRAM.commands:  # type: ignore[attr-defined]
        assert f"clew {name}" in text, f"no page shows clew {name}"


def test_python_in_the_pages_compiles() -> None:
    found = [block for page in PAGES for block in blocks(page.read_text(encoding="utf-8"), "python")]
    assert found
    for block in found:
        compile(block, "page", "exec", flags=0x2000)  # PyCF_ALLOW_TOP_LEVEL_AWAIT, as in a notebook


def test_links_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[\w-]*)?\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http:", "https:", "mailto:")):
                assert (page.parent / target).exists(), f"{page.name} links to {target}"


def test_the_table_of_settings_is_complete() -> None:
    rows = re.findall(
        r"^\| `(\w+)` \| `?([^|`]*)`? \|", (ROOT / "docs" / "settings.md").read_text(encoding="utf-8"), re.M
    )
    written = dict(rows)
    assert list(written) == list(RULES)
    for field in dataclasses.fields(Settings):
        assert written[field.name].strip() == (str(field.default) or "(empty)"), field.name


def test_the_example_is_whole() -> None:
    folder = ROOT / "examples" / "wikipedia"
    passages = [json.loads(line) for line in (folder / "passages.jsonl").read_text(encoding="utf-8").splitlines()]
    questions = [json.loads(line) for line in (folder / "questions.jsonl").read_text(encoding="utf-8").splitlines()]
    titles = {passage["title"] for passage in passages}
    assert (len(passages), len(titles), len(questions)) == (600, 600, 20)
    assert all(passage["id"] and passage["text"] for passage in passages)
    assert all(set(question["gold_titles"]) <= titles for question in questions)
    assert sum(bool(question.get("demo")) for question in questions) == 3
    assert {question["type"] for question in questions} == {
        "compositional", "inference", "comparison", "bridge_comparison"
    }  # fmt: skip
    assert "CC BY-SA" in (folder / "ATTRIBUTION.md").read_text(encoding="utf-8")


def read_table() -> Iterator[tuple[str, set[str]]]:
    """The sentences of the page on ingestion, each with the triples that it is said to hold."""
    page = (ROOT / "docs" / "ingestion.md").read_text(encoding="utf-8")
    for text, told in re.findall(r"^\| (.+?\.) \| (\(.+\)) \|$", page, flags=re.MULTILINE):
        yield text, set(re.findall(r"\(([^()]+)\)", told))


@pytest.mark.parametrize(("text", "told"), list(read_table()), ids=[text[:24] for text, _ in read_table()])
def test_sentences_are_read_as_the_page_says(extractor: SpacyExtractor, text: str, told: set[str]) -> None:
    document = Document.make("mem:1", text)
    found = next(extractor([(document, [Chunk.make(document, 0, len(text))])])).triples
    tails = [each.tail.text if isinstance(each.tail, Value) else each.tail for each in found]
    assert told <= {f"{each.head}, {each.relation}, {tail}" for each, tail in zip(found, tails, strict=True)}


def test_the_page_has_sentences() -> None:
    assert len(list(read_table())) >= 7


def readme_example() -> str:
    """The first Python block of the README."""
    return next(blocks((ROOT / "README.md").read_text(encoding="utf-8"), "python"))


def test_the_readme_example_runs_and_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    exec(compile(readme_example(), "README.md", "exec"), {})  # noqa: S102 - our own page
    printed = capsys.readouterr().out
    assert "Bergen" in printed.splitlines()[0]
    assert "Ada Hill was born in Bergen." in printed
