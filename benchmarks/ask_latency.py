"""How long a question takes: warm over the whole 2Wiki graph, cold from the start of the process on the demo graph."""

from __future__ import annotations

import statistics
import tempfile
import time
from pathlib import Path

from common import EXAMPLE, Question, arguments, clew, figure, knowledge_base, note, percentile, questions, run

import clew as product

WARM_UP = 20


def ask_times(kg: product.KnowledgeGraph, asked: list[Question]) -> list[float]:
    """Milliseconds of each ask, in order."""
    times = []
    for question in asked:
        start = time.perf_counter()
        kg.ask(question.text)
        times.append((time.perf_counter() - start) * 1000)
    return times


def cold_ask(demo: Path) -> float:
    """Median seconds of five runs of `clew ask`, from process start to process end."""
    command = clew("ask", "Where was the composer of song By The Beautiful Sea (Song) born?", "--kb", demo)
    run(command)  # the files' pages are in memory, as on a machine where the program is in use
    return statistics.median(run(command).seconds for _ in range(5))


def main() -> None:
    """Measure, then print the figures."""
    parser = arguments(str(__doc__), split=True)
    parser.add_argument("--kb", type=Path, default=None, help="the whole graph; built there where absent")
    parser.add_argument("--demo", type=Path, default=None, help="the demo graph; built there where absent")
    options = parser.parse_args()
    asked = questions(options.data, split=options.split, limit=options.limit)
    with tempfile.TemporaryDirectory() as folder:
        with knowledge_base(options.kb or Path(folder) / "kb", options.data) as kg:
            ask_times(kg, questions(options.data, split="dev", limit=WARM_UP))
            times = ask_times(kg, asked)
        note(f"{len(times)} questions, mean {statistics.mean(times):.1f} ms, longest {max(times):.1f} ms")
        demo = options.demo or Path(folder) / "demo"
        if not demo.exists():
            run(clew("ingest", EXAMPLE / "passages.jsonl", "--kb", demo))
        cold = cold_ask(demo)
    figure("ask p50 ms", percentile(times, 0.50))
    figure("ask p95 ms", percentile(times, 0.95))
    figure("cold ask s", cold)
    figure("cli help s", statistics.median(run(clew("--help")).seconds for _ in range(5)))


if __name__ == "__main__":
    main()
