"""How well the reader reads: exact match and F1, passage given; answers where there is none; speed; 8-bit loss."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from pathlib import Path

from common import arguments, figure, note, readable, split_of

from clew.retrieval.reader.reader import MODEL, Reader, Reading, open_reader
from clew.retrieval.training.examples import Example, Maker
from clew.retrieval.training.rows import SETS, Row, answers, rows
from clew.retrieval.training.scoring import exact, f1

WITH_SPANS = tuple(name for name in SETS if name != "squad_sentences")
THRESHOLD = 0.5  # a made question without an answer counts as answered where `answerable` is at least this
TIMED = 600  # passages


def main() -> None:
    """Prints the figures that ../shared/benchmarks.md names."""
    parser = arguments(__doc__ or "", split=True)
    parser.add_argument("--model", type=Path, default=MODEL, help="folder of the reader")
    parser.add_argument("--float", type=Path, help="folder of the checkpoint (build/reader): prints `int8 loss` too")
    parser.add_argument("--build", type=Path, default=Path("build/reader"), help="where mined texts are kept")
    options = parser.parse_args()
    folder = readable(options.data / "reading")
    reader = open_reader(options.model)
    chosen = {name: _rows(folder, name, options.split, options.limit) for name in WITH_SPANS}
    quality = {name: _given(reader, name, found) for name, found in chosen.items()}
    _without(reader, options.data, options.build, options.split, options.limit)
    figure("passages per second", _speed(reader, [row for found in chosen.values() for row in found]))
    if options.float:
        figure("int8 loss", _loss(options.float, chosen, quality))


def _rows(folder: Path, name: str, split: str, limit: int | None) -> list[Row]:
    found = [row for row in rows(folder, name) if row.spans and split in ("all", split_of(row.question))]
    return found[:limit]


def _read(reader: Reader, found: Sequence[Row]) -> list[Reading]:
    return reader.read_pairs([(row.question, row.text) for row in found])


def _given(reader: Reader, name: str, found: list[Row]) -> float:
    """The passage is known to answer: the best span is the answer."""
    em = total = 0.0
    listed = 0
    for row, reading in zip(found, _read(reader, found), strict=True):
        gold = answers(row)
        said = max(reading.spans, key=lambda span: span.score).text if reading.spans else ""
        em, total = em + exact(said, gold), total + f1(said, gold)
        listed += any(exact(span.text, gold) for span in reading.spans)
    note(f"{name}: {len(found)} questions; among five spans {100 * listed / len(found):.1f}")
    figure(f"{name} em", 100 * em / len(found))
    figure(f"{name} f1", 100 * total / len(found))
    return 100 * total / len(found)


def _without(reader: Reader, data: Path, build: Path, split: str, limit: int | None) -> None:
    """Made questions without an answer, as hard as those that were trained on; and how many with one are kept."""
    maker = Maker(data, build, kept={"dev": "train"}.get(split, split), most=limit or 1000)
    for name in SETS:
        rng = random.Random(11)
        found = maker.rows(name)
        examples = [maker.without_answer(row, rng) for row in found]
        figure(f"{name} false answers", 100 * _answered(reader, examples))
        if name in WITH_SPANS:
            found = [row for row in found if row.spans]
        note(f"{name} answers kept: {100 * _answered(reader, [maker.with_answer(row, rng) for row in found]):.1f}")


def _answered(reader: Reader, examples: Sequence[Example]) -> float:
    """The share of examples that the reader answers."""
    readings = reader.read_pairs([(example.question, example.passage) for example in examples])
    return sum(reading.answerable >= THRESHOLD for reading in readings) / len(examples)


def _speed(reader: Reader, found: list[Row]) -> float:
    """Passages as they come, each with a question of its own."""
    some = random.Random(3).sample(found, min(TIMED, len(found)))
    pairs = [(row.question, row.text) for row in some]
    reader.read_pairs(pairs[:50])
    began = time.perf_counter()
    reader.read_pairs(pairs)
    return len(pairs) / (time.perf_counter() - began)


def _loss(checkpoint: Path, chosen: dict[str, list[Row]], quality: dict[str, float]) -> float:
    """Points of F1 that 8 bits cost, in the mean over the sets."""
    from clew.retrieval.training.train import float_reader

    floats = float_reader(checkpoint)
    lost = [_given(floats, f"float {name}", found) - quality[name] for name, found in chosen.items()]
    return sum(lost) / len(lost)


if __name__ == "__main__":
    main()
