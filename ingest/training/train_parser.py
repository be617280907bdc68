"""Train the pipeline that ships, from freely licensed treebanks and entity corpora.

    python -m clew.ingest.training.train_parser --data ../shared/data --output ingest/models/en_clew

The lower layers of the sentence encoder that is installed anyway are fine-tuned to read syntax and names at once
(`train_network`), on every source for what it marks (`train_entities`), and written as 8-bit graphs (`train_export`).
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from safetensors.numpy import load_file
from safetensors.torch import load_file as load_tensors
from safetensors.torch import save_file

from clew.graph.embeddings.embeddings import default_folder
from clew.ingest.parser.word_pieces import WordPieces
from clew.ingest.training import entities
from clew.ingest.training import folder as train_folder
from clew.ingest.training.corpora import Sentence, read_bio, read_conllu
from clew.ingest.training.labels import Example, Labels, Numbers, collect, known_lemmas
from clew.ingest.training.loop import Plan, fit
from clew.ingest.training.network import Network
from clew.ingest.training.scores import name_scores, tree_scores

SEED = 7
WEIGHTS, LABELS = "network.safetensors", "labels.json"
VECTORS = "embeddings.word_embeddings.weight"
LONGEST = 200  # words in an example
MOST_PIECES = 500  # in an example; the encoder has 512 places
SILVER_WEIGHT = 0.4
LOWERED = 0.04  # share of examples in lower case
UNER = {"PER": "PERSON", "ORG": "ORGANISATION", "LOC": "PLACE"}


@dataclass(frozen=True)
class Corpora:
    """What is trained on. All sources of syntax and wikigold are read in full each epoch, of the rest a share."""

    trees: list[Sentence]
    gold: list[Sentence]
    tweets: list[Sentence]
    filings: list[Sentence]
    silver: list[Sentence]

    def groups(self, epoch: int) -> Iterator[tuple[list[Sentence], float]]:
        """The epoch's examples as groups of sentences, each with its weight."""
        for group in [*grouped(self.trees, 8), *grouped(self.gold, 5)]:
            yield group, 1.0
        for group in grouped(self.filings, 4)[epoch % 4 :: 4] + grouped(self.tweets, 1)[epoch % 3 :: 3]:
            yield group, 1.0
        for passage in self.silver[epoch % 10 :: 10]:
            yield [passage], SILVER_WEIGHT


def read(data: Path) -> Corpora:
    """All corpora, with their entities in our labels."""
    tweets = read_bio(data / "wnut17" / "wnut17train.conll", 0, 1, "\t")
    filings = read_bio(data / "sec_filings" / "FIN5.txt", 0, -1)
    return Corpora(
        trees=treebanks(data, "train"),
        gold=entities.wikigold(data, "train"),
        tweets=[entities.annotate(sentence, entities.WNUT) for sentence in tweets],
        filings=[entities.annotate(sentence, entities.SEC) for sentence in filings],
        silver=list(entities.silver(data)),
    )


def treebanks(data: Path, part: str) -> list[Sentence]:
    """EWT with UNER's names, and GUM with its own."""
    ewt = list(read_conllu(data / "ud_ewt" / f"{part}.conllu"))
    entities.add_uner(ewt, data / "uner_ewt" / f"{part}.iob2")
    gum = [sentence for path in sorted((data / "gum" / part).glob("*.conllu")) for sentence in read_conllu(path)]
    return ewt + [entities.annotate(entities.named_only(sentence), entities.GUM) for sentence in gum]


def grouped(sentences: Sequence[Sentence], most: int) -> list[list[Sentence]]:
    """Consecutive sentences of one document, 1 to `most` each, anew each time."""
    groups: list[list[Sentence]] = []
    room = words = 0
    for sentence in sentences:
        words += len(sentence.words)
        if not groups or len(groups[-1]) >= room or sentence.starts_document or words > LONGEST:
            groups.append([])
            room, words = random.randint(1, most), len(sentence.words)
        groups[-1].append(sentence)
    return groups


def train(data: Path, work: Path, plan: Plan, *, layers: int, resume: bool = False) -> None:
    """`work` holds the labels and, after each epoch, the network; it starts from the one there if `resume`."""
    corpora = read(data)
    labels = collect(corpora.trees)
    work.mkdir(parents=True, exist_ok=True)
    (work / LABELS).write_text(json.dumps(labels.names), encoding="utf-8")
    numbers, pieces = Numbers(labels), WordPieces(default_folder() / "tokenizer.json")
    for part in vars(corpora).values():
        words = [word for sentence in part for word in sentence.words]
        pieces.learn([*words, *map(str.lower, words)])

    def draw(epoch: int) -> list[Example]:
        found = (
            numbers.example(group, weight=weight, lower=random.random() < LOWERED)
            for group, weight in corpora.groups(epoch)
        )
        return [example for example in found if sum(map(pieces.count, example.words)) < MOST_PIECES]

    tensors = load_file(default_folder() / "model.safetensors")
    network = Network(layers, labels.width, len(labels.names["dep"]))
    network.load_encoder(tensors)
    if resume:
        network.load_state_dict(load_tensors(work / WEIGHTS))
    vectors = torch.from_numpy(tensors[VECTORS])
    for _ in fit(network, labels, vectors, pieces, draw=draw, plan=plan):
        save_file(network.state_dict(), work / WEIGHTS)


def write(data: Path, work: Path, output: Path) -> dict[str, float]:
    """`output` holds the pipeline, with its figures in `meta.json`, and SHA256SUMS stands beside it."""
    weights: dict[str, npt.NDArray[np.float32]] = load_file(work / WEIGHTS)
    labels = Labels(json.loads((work / LABELS).read_text(encoding="utf-8")))
    samples = [(s.words, s.spaces) for s in islice(read_conllu(data / "ud_ewt" / "train.conllu"), 0, None, 30)]
    tokenizer = default_folder() / "tokenizer.json"
    vectors = load_file(default_folder() / "model.safetensors")[VECTORS]
    lemmas = known_lemmas(treebanks(data, "train"))
    nlp = train_folder.write(
        output, weights, labels, vectors=vectors, lemmas=lemmas, tokenizer=tokenizer, samples=samples
    )
    figures: dict[str, float] = {}
    gum = [s for path in sorted((data / "gum" / "test").glob("*.conllu")) for s in read_conllu(path)]
    for name, trees in (("ewt", list(read_conllu(data / "ud_ewt" / "test.conllu"))), ("gum", gum)):
        figures |= {f"{name} {kind}": value for kind, value in tree_scores(nlp, trees).items()}
    names = list(read_bio(data / "uner_ewt" / "test.iob2", 1, 2, "\t"))
    figures |= {f"ewt names {kind}": value for kind, value in name_scores(nlp, names, UNER).items()}
    figures = {name: round(value, 2) for name, value in figures.items()}
    meta = output / "meta.json"
    described = {**json.loads(meta.read_text(encoding="utf-8")), "performance": figures}
    meta.write_text(json.dumps(described, indent=2) + "\n", encoding="utf-8")
    (output.parent / "SHA256SUMS").write_text(train_folder.checksums(output), encoding="utf-8")
    return figures


def main() -> None:
    """The pipeline is trained and written, and its figures are printed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--output", type=Path, default=Path("ingest/models/en_clew"))
    parser.add_argument("--work", type=Path, default=Path("build/model"), help="where intermediate files go")
    parser.add_argument("--layers", type=int, default=4, help="how many of the encoder's six layers")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=3e-4, help="of the encoder; the heads' is 1e-3")
    parser.add_argument("--resume", action="store_true", help="go on from the network in WORK")
    parser.add_argument("--part", choices=["train", "write", "all"], default="all")
    options = parser.parse_args()
    random.seed(SEED)
    np.random.seed(SEED)
    torch.manual_seed(SEED)
    if options.part in {"train", "all"}:
        plan = Plan(epochs=options.epochs, encoder_rate=options.rate)
        train(options.data, options.work, plan, layers=options.layers, resume=options.resume)
    if options.part in {"write", "all"}:
        print(json.dumps(write(options.data, options.work, options.output), indent=2))


if __name__ == "__main__":
    main()
