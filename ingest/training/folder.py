"""The folder that ships: the network's graphs, spaCy's description of the pipeline, its figures and checksums."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import spacy
from spacy.language import Language

from clew.ingest.parser.network import LABELS, LEMMAS, NETWORK, RELATIONS, TOKENIZER, feed, open_session
from clew.ingest.parser.word_pieces import WordPieces
from clew.ingest.training.export import Graph
from clew.ingest.training.labels import Labels

Array = npt.NDArray[np.float32]
Text = tuple[Sequence[str], Sequence[bool]]


def write(
    folder: Path,
    weights: Mapping[str, Array],
    labels: Labels,
    *,
    vectors: Array,
    lemmas: Mapping[str, Mapping[str, str]],
    tokenizer: Path,
    samples: Iterable[Text],
) -> Language:
    """The pipeline, written to `folder`. `vectors` are the word pieces', `lemmas` are known ones by part of speech,
    `samples` are texts that show how large activations get."""
    layers = len({name.split(".")[1] for name in weights if name.startswith("layers.")})
    plain = Graph(weights)
    floats = plain.parser(vectors, layers, labels).SerializeToString()
    ranges = observed(floats, list(dict.fromkeys(plain.factors)), WordPieces(tokenizer), samples)
    nlp = spacy.blank("en")
    nlp.add_pipe("clew_parser", name="parser")
    nlp.meta.update({"name": "clew", "version": "2.0.0", "license": "CC BY-SA 4.0"})
    nlp.meta["description"] = "English pipeline of Clew: UD tags, features, lemmas and dependencies; named entities"
    shutil.rmtree(folder, ignore_errors=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    nlp.to_disk(folder, exclude=["parser"])
    inner = folder / "parser"
    inner.mkdir()
    graph = Graph(weights, ranges).parser(vectors, layers, labels)
    (inner / NETWORK).write_bytes(graph.SerializeToString(deterministic=True))
    (inner / RELATIONS).write_bytes(Graph(weights).relations(labels).SerializeToString(deterministic=True))
    (inner / LABELS).write_text(json.dumps(labels.names, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    table = json.dumps(lemmas, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    (inner / LEMMAS).write_text(table + "\n", encoding="utf-8")
    shutil.copyfile(tokenizer, inner / TOKENIZER)
    return spacy.load(folder)


def observed(
    network: bytes, names: list[str], pieces: WordPieces, samples: Iterable[Text]
) -> dict[str, tuple[Array, Array]]:
    """The least and greatest value of each channel of these outputs, over the samples."""
    session = open_session(network, 1)
    found: dict[str, tuple[Array, Array]] = {}
    for text in samples:
        pieces.learn(text[0])
        for name, values in zip(names, session.run(names, feed(pieces.windows([text]))), strict=True):
            flat = values.reshape(-1, values.shape[-1])
            low, high = found.get(name, (flat.min(axis=0), flat.max(axis=0)))
            found[name] = np.minimum(low, flat.min(axis=0)), np.maximum(high, flat.max(axis=0))
    return found


def checksums(folder: Path) -> str:
    """A line for each file in the folder: its SHA-256, two spaces, its path below the folder's parent."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder.parent).as_posix()}\n"
        for path in files
    )
