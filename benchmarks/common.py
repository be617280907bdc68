"""What the benchmark scripts share: options, the split, the data's files, child processes and the figures' form."""

from __future__ import annotations

import argparse
import functools
import hashlib
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clew import KnowledgeGraph

ROOT = Path(__file__).resolve().parent.parent
DATA = ROOT.parent / "shared" / "data"
EXAMPLE = ROOT / "examples" / "wikipedia"


def arguments(description: str, *, split: bool = False) -> argparse.ArgumentParser:
    """A parser with the options that every script has."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path(os.path.relpath(DATA)), help="folder of the data sets")
    parser.add_argument("--limit", type=int, default=None, help="only the first N passages, sentences or questions")
    if split:
        parser.add_argument("--split", choices=("dev", "report", "all"), default="report", help="which questions")
    return parser


def split_of(text: str) -> str:
    """`dev` where the second byte of the text's SHA-256 is even, else `report`."""
    return "report" if hashlib.sha256(text.encode()).digest()[1] % 2 else "dev"


@dataclass(frozen=True)
class Question:
    """A question with its answer and the titles of the passages that prove it."""

    text: str
    answer: str
    type: str
    gold_titles: tuple[str, ...]


def passages(data: Path, limit: int | None = None) -> list[dict[str, str]]:
    """The passages of 2Wiki, `{title, text}` each, in the order of the file."""
    found: list[dict[str, str]] = json.loads(readable(data / "2wiki" / "corpus.json").read_text(encoding="utf-8"))
    return found[:limit]


def questions(data: Path, *, split: str = "report", limit: int | None = None) -> list[Question]:
    """The questions of 2Wiki on this side of the split, in the order of the file."""
    folder = data / "2wiki"
    whole = folder / "questions.json"
    path = whole if whole.exists() else readable(folder / "questions_half.jsonl")
    text = path.read_text(encoding="utf-8")
    rows = json.loads(text) if path == whole else [json.loads(line) for line in text.splitlines() if line.strip()]
    chosen = [row for row in rows if split in ("all", split_of(row["question"]))]
    return [
        Question(row["question"], row["answer"], row["type"], tuple(dict.fromkeys(row["gold_titles"])))
        for row in chosen[:limit]
    ]


def readable(path: Path) -> Path:
    """The path, or the end of the script with what to do."""
    if not path.exists():
        raise SystemExit(f"{path} is not there. benchmarks/README.md says where the data sets are published.")
    return path


def write_corpus(found: Iterable[dict[str, str]], path: Path) -> Path:
    """The passages as JSON lines that `clew ingest` reads: id, title, text."""
    with path.open("w", encoding="utf-8") as lines:
        for passage in found:
            row = {"id": passage["title"], "title": passage["title"], "text": passage["text"]}
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def figure(name: str, value: float) -> None:
    """One line `name: value` on standard output, kept in `results.json` where the whole of the data was used."""
    told = f"{value:.4g}" if abs(value) < 1000 else f"{value:.0f}"
    print(f"{name}: {told}", flush=True)
    ours = Path(sys.argv[0]).resolve().parent == ROOT / "benchmarks"
    if ours and not any(word.partition("=")[0] in _PART for word in sys.argv):
        keep(RESULTS, command(sys.argv), name, float(told))


RESULTS = ROOT / "benchmarks" / "results.json"
_PART = {"--limit", "--split"}  # with these, a script's figures are not the ones that it is for
_PLACES = {"--data", "--kb", "--save", "--keep"}  # options that change no figure
_kept: dict[str, dict[str, float]] = {}


def command(arguments: Sequence[str]) -> str:
    """The script and those of its options that its figures depend on: `multihop.py --untitled`."""
    words = [Path(arguments[0]).name]
    rest = iter(arguments[1:])
    for word in rest:
        if word in _PLACES:
            next(rest, None)
        elif word.partition("=")[0] not in _PLACES:
            words.append(word)
    return " ".join(words)


def keep(path: Path, ran: str, name: str, value: float) -> None:
    """The figure is among the last ones of this command, with the commit that they are of."""
    results: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    figures = _kept.setdefault(ran, {})
    figures[name] = value
    results[ran] = {"commit": _commit(), "figures": figures}
    path.write_text(json.dumps(dict(sorted(results.items())), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


@functools.cache
def _commit() -> str:
    """The commit, with a + behind it where files differ from it; "" outside of a repository."""
    asked = ["git", "-C", str(ROOT), "describe", "--always", "--abbrev=12", "--dirty=+", "--exclude=*"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def note(text: str) -> None:
    """A line of progress on standard error."""
    print(text, file=sys.stderr, flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """The nearest-rank percentile; share in 0..1."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, int(share * len(ordered) + 0.5) - 1))]


@dataclass(frozen=True)
class Run:
    """A finished child process: seconds from start to end, the peak of its resident memory in GB, and its output."""

    seconds: float
    peak_gb: float
    output: str


def run(command: Sequence[str | Path], *, environment: dict[str, str] | None = None) -> Run:
    """The command ran in a fresh process and ended well; its memory counts what runs inside it, a JVM too.

    Only for use in a process that has no other children: the peak is that of the largest child so far.
    """
    start = time.perf_counter()
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        env={**os.environ, **(environment or {})},
        check=False,
    )
    seconds = time.perf_counter() - start
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))} failed:\n{done.stderr[-3000:]}")
    return Run(seconds, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / 1e9, done.stdout)


def measured(command: Sequence[str | Path]) -> Run:
    """`run` from a fresh parent, so that the peak is this command's own."""
    relay = run([sys.executable, __file__, "--measure", *command])
    row: dict[str, Any] = json.loads(relay.output)
    return Run(row["seconds"], row["peak_gb"], row["output"])


@contextmanager
def knowledge_base(
    path: Path, data: Path, *, source: Path | None = None, triples: Path | None = None
) -> Iterator[KnowledgeGraph]:
    """The graph of what `source` holds (all passages of 2Wiki where it is None) at `path`, built first where there is
    none; with published triples, those make it."""
    import clew as product

    built = path.exists()
    with product.open(path) as kg:
        if triples:
            from published import PublishedTriples

            kg._extractor = PublishedTriples(readable(triples))  # type: ignore[assignment] # any Extractor with a name
        if not built:
            with tempfile.TemporaryDirectory() as folder:
                report = kg.ingest(source or write_corpus(passages(data), Path(folder) / "corpus.jsonl"))
            note(f"{report.added} passages ingested in {report.seconds:.0f} s, {report.triples} triples")
        yield kg


def clew(*arguments: str | Path) -> list[str | Path]:
    """The command line of `clew` in this environment."""
    return [Path(sys.executable).with_name("clew"), *arguments]


def batches(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """The items in slices of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


if __name__ == "__main__" and sys.argv[1:2] == ["--measure"]:
    result = run(sys.argv[2:])
    print(json.dumps({"seconds": result.seconds, "peak_gb": result.peak_gb, "output": result.output}))
