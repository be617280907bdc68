"""Trains the reader: `python -m clew.retrieval.training.train`, from the data sets to what is shipped."""

from __future__ import annotations

import argparse
import itertools
import random
import tempfile
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from clew.graph.embeddings.embeddings import default_folder, sha256_of
from clew.retrieval.reader.calibration import CALIBRATION
from clew.retrieval.reader.pieces import WordPieces
from clew.retrieval.reader.reader import MODEL, NETWORK, Reader
from clew.retrieval.training.batches import batches
from clew.retrieval.training.calibrate import calibrate, neutral
from clew.retrieval.training.examples import Maker
from clew.retrieval.training.export import INPUTS, Graph, exported
from clew.retrieval.training.loop import Plan, fit, load
from clew.retrieval.training.network import started

_SAMPLES = 600  # windows that show how large activations get


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"), help="folder of the data sets")
    parser.add_argument("--build", type=Path, default=Path("build/reader"), help="checkpoints, and what was mined")
    parser.add_argument("--minutes", type=float, default=95.0, help="how long to train, in all")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--output", type=Path, default=MODEL, help="what is shipped goes there")
    parser.add_argument("--export", action="store_true", help="train no more, only write what is shipped")
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint in --build")
    chosen = parser.parse_args()
    torch.manual_seed(chosen.seed)
    torch.set_num_threads(chosen.threads)
    if not chosen.export:
        train(chosen.data, chosen.build, plan=Plan(60 * chosen.minutes), seed=chosen.seed, resume=chosen.resume)
    ship(chosen.data, chosen.build, chosen.output)


def train(data: Path, build: Path, *, plan: Plan, seed: int, resume: bool) -> None:
    """The trained network lies in `build`."""
    rng = random.Random(seed + 1000 * resume)
    pieces = WordPieces(default_folder() / "tokenizer.json")
    progress = fit(started(), batches(Maker(data, build), pieces, rng), build, plan=plan, resume=resume)
    print(f"{progress.examples} examples in {progress.seconds / 60:.0f} minutes", flush=True)


def ship(data: Path, build: Path, output: Path) -> None:
    """The network that lies in `build` is in `output` in 8 bits, with its calibration and checksums."""
    network = started()
    load(network, None, build)
    output.mkdir(parents=True, exist_ok=True)
    weights = {name: value.detach().numpy() for name, value in network.named_parameters()}
    (output / NETWORK).write_bytes(exported(weights, samples(data, build)))
    neutral(output)
    calibrate(Reader(output), Maker(data, build, kept="held"), output)
    sums = [f"{sha256_of(output / name)}  {name}\n" for name in sorted((NETWORK, CALIBRATION))]
    (output / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")


def float_reader(build: Path) -> Reader:
    """The network that lies in `build`, in floats."""
    network = started()
    load(network, None, build)
    weights = {name: value.detach().numpy() for name, value in network.named_parameters()}
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / NETWORK).write_bytes(Graph(weights).model(watched=False).SerializeToString())
        neutral(Path(scratch))
        return Reader(Path(scratch))


def samples(data: Path, build: Path) -> list[dict[str, npt.NDArray[np.int32]]]:
    """Inputs that show how large activations get."""
    given = batches(Maker(data, build), WordPieces(default_folder() / "tokenizer.json"), random.Random(1), size=1)
    return [
        {name: getattr(batch, name).numpy().astype(np.int32) for name in INPUTS}
        for batch in itertools.islice(given, _SAMPLES)
    ]


if __name__ == "__main__":
    main()
