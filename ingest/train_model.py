"""Train the spaCy pipeline that ships with Clew, from freely licensed treebanks and entity corpora.

    python -m clew.ingest.train_model --data ../shared/data --output ingest/models/en_clew

Two pipelines are trained and joined into one folder: the syntactic one (tagger, morphologiser, lemmatiser,
parser) on Universal Dependencies EWT and GUM, the entity recogniser on UNER-EWT, GUM, wikigold, WNUT17 and SEC
filings. Sources differ in the labels they mark, so every capitalised word that a source leaves unmarked but may
hide one of the labels it does not know is *unknown* to the trainer, not "outside" (spaCy's missing annotation).
"""

from __future__ import annotations

import argparse
import json
import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import spacy
from spacy.cli.init_config import init_config
from spacy.language import Language
from spacy.scorer import Scorer
from spacy.tokens import Doc, DocBin, Span
from spacy.training import Example
from spacy.training.initialize import init_nlp
from spacy.training.loop import train

SEED = 7
SENTENCES_PER_DOC = 6
UNER = {"PER": "PERSON", "ORG": "ORGANISATION", "LOC": "PLACE"}
WIKIGOLD = {"PER": "PERSON", "ORG": "ORGANISATION", "LOC": "PLACE", "MISC": "OTHER"}
WNUT = {
    "person": "PERSON",
    "location": "PLACE",
    "corporation": "ORGANISATION",
    "group": "ORGANISATION",
    "product": "PRODUCT",
    "creative-work": "WORK",
}
SEC = {"PER": "PERSON", "ORG": "ORGANISATION", "LOC": "PLACE", "MISC": "OTHER"}
GUM = {"person": "PERSON", "organization": "ORGANISATION", "place": "PLACE", "event": "EVENT", "object": "PRODUCT"}


@dataclass
class Sentence:
    """One annotated sentence: parallel columns, and entity spans as (start token, end token, label)."""

    words: list[str] = field(default_factory=list)
    spaces: list[bool] = field(default_factory=list)
    lemmas: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    pos: list[str] = field(default_factory=list)
    morphs: list[str] = field(default_factory=list)
    heads: list[int] = field(default_factory=list)
    deps: list[str] = field(default_factory=list)
    entities: list[tuple[int, int, str]] = field(default_factory=list)
    unknown: set[int] = field(default_factory=set)
    starts_document: bool = False


def read_conllu(path: Path) -> Iterator[Sentence]:
    """Sentences of a CoNLL-U file; GUM's bracketed `Entity=` spans become named entities."""
    sentence = Sentence()
    opened: dict[str, list[tuple[int, str]]] = {}
    multiword_end, multiword_space = 0, True
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("# newdoc"):
            sentence.starts_document = True
        if line.startswith("#"):
            continue
        if not line:
            if sentence.words:
                yield sentence
            sentence, opened = Sentence(), {}
            multiword_end = 0
            continue
        columns = line.split("\t")
        if "-" in columns[0]:
            multiword_end = int(columns[0].split("-")[1])
            multiword_space = "SpaceAfter=No" not in columns[9]
            continue
        if "." in columns[0]:
            continue
        index = int(columns[0])
        space = "SpaceAfter=No" not in columns[9]
        if index < multiword_end:
            space = False
        elif index == multiword_end:
            space = multiword_space
        sentence.words.append(columns[1])
        sentence.spaces.append(space)
        sentence.lemmas.append(columns[2])
        sentence.pos.append(columns[3])
        sentence.tags.append(columns[4])
        sentence.morphs.append("" if columns[5] == "_" else columns[5])
        head = int(columns[6])
        sentence.heads.append(head - 1 if head else index - 1)
        sentence.deps.append("ROOT" if columns[7] == "root" else columns[7])
        _gum_entities(columns[9], index - 1, opened, sentence)
    if sentence.words:
        yield sentence


def _gum_entities(misc: str, index: int, opened: dict[str, list[tuple[int, str]]], sentence: Sentence) -> None:
    match = re.search(r"Entity=([^|]+)", misc)
    if match is None:
        return
    last = ""
    for bracket in re.finditer(r"\(([^()]+)|([^()]*)\)", match.group(1)):
        if bracket.group(1):
            parts = bracket.group(1).split("-")
            last = parts[0]
            opened.setdefault(last, []).append((index, parts[1] if len(parts) > 1 else ""))
            continue
        group = bracket.group(2) or last
        if opened.get(group):
            start, kind = opened[group].pop()
            sentence.entities.append((start, index + 1, kind))


def _trimmed(pos: list[str], start: int, end: int) -> tuple[int, int]:
    while start < end and pos[start] in {"DET", "PUNCT", "ADP"}:
        start += 1
    while end > start and pos[end - 1] == "PUNCT":
        end -= 1
    return start, end


def named_only(sentence: Sentence) -> Sentence:
    """GUM marks every referring expression; keep the innermost ones that are proper names, map their types."""
    named: list[tuple[int, int, str]] = []
    for low, high, kind in sorted(sentence.entities, key=lambda span: span[1] - span[0]):
        start, end = _trimmed(sentence.pos, low, high)
        proper = [sentence.pos[i] == "PROPN" for i in range(start, end)]
        connectives = [
            sentence.pos[i] in {"PROPN", "ADP", "DET", "CCONJ", "PUNCT", "NUM", "PART"} for i in range(start, end)
        ]
        if (
            kind not in GUM
            or not any(proper)
            or not all(connectives)
            or (not proper[-1] and sentence.pos[end - 1] != "NUM")
        ):
            continue
        if any(start < other_end and other_start < end for other_start, other_end, _ in named):
            continue
        named.append((start, end, GUM[kind]))
    covered = {i for start, end, _ in named for i in range(start, end)}
    sentence.unknown = {i for i, pos in enumerate(sentence.pos) if pos == "PROPN" and i not in covered}
    sentence.entities = sorted(named)
    return sentence


def read_bio(
    path: Path, word: int, tag: int, labels: dict[str, str], separator: str | None = None
) -> Iterator[Sentence]:
    """Sentences of a BIO or IOB1 file; words that may carry a label unknown to this source are left open."""
    words: list[str] = []
    tags: list[str] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if (line.startswith("# ") and "\t" not in line and " = " in line) or line.startswith("-DOCSTART-"):
            continue
        columns = line.split(separator) if separator else line.split()
        if len(columns) > max(word, tag) and columns[word].strip():
            words.append(columns[word].strip())
            tags.append(columns[tag].strip())
        elif words:
            yield _bio_sentence(words, tags, labels)
            words, tags = [], []


def _bio_sentence(words: list[str], tags: list[str], labels: dict[str, str]) -> Sentence:
    sentence = Sentence(words=words, spaces=_spaces(words))
    start, current = 0, ""
    for index, tag in enumerate([*tags, "O"]):
        prefix, _, kind = tag.partition("-")
        if current and (prefix != "I" or kind != current):
            if current in labels:
                sentence.entities.append((start, index, labels[current]))
            else:
                sentence.unknown.update(range(start, index))
            current = ""
        if kind and not current:
            start, current = index, kind
    if "OTHER" not in labels.values():
        covered = {i for begin, end, _ in sentence.entities for i in range(begin, end)}
        sentence.unknown |= {i for i, text in enumerate(words) if i and text[:1].isupper() and i not in covered}
    return sentence


def _spaces(words: list[str]) -> list[bool]:
    """Plausible spacing for corpora that do not record it."""
    closing = {".", ",", ";", ":", "!", "?", ")", "]", "'s", "n't", "'", "%"}
    return [
        not (index + 1 < len(words) and (words[index + 1] in closing or text in {"(", "[", "$"}))
        for index, text in enumerate(words)
    ]


def to_docs(sentences: Iterable[Sentence], nlp: Language, *, syntax: bool) -> Iterator[Doc]:
    """Docs of a few consecutive sentences each, so that the parser learns where sentences end."""
    group: list[Sentence] = []
    for sentence in sentences:
        if group and (len(group) == SENTENCES_PER_DOC or sentence.starts_document):
            yield _doc(group, nlp, syntax=syntax)
            group = []
        group.append(sentence)
    if group:
        yield _doc(group, nlp, syntax=syntax)


def _doc(group: list[Sentence], nlp: Language, *, syntax: bool) -> Doc:
    words = [word for sentence in group for word in sentence.words]
    spaces = [space for sentence in group for space in sentence.spaces]
    spaces = [space if index + 1 < len(spaces) else False for index, space in enumerate(spaces)]
    columns: dict[str, Any] = {}
    if syntax:
        offsets = [sum(len(other.words) for other in group[:place]) for place in range(len(group))]
        columns = {
            "lemmas": [lemma for sentence in group for lemma in sentence.lemmas],
            "tags": [tag for sentence in group for tag in sentence.tags],
            "pos": [pos for sentence in group for pos in sentence.pos],
            "morphs": [morph for sentence in group for morph in sentence.morphs],
            "deps": [dep for sentence in group for dep in sentence.deps],
            "heads": [
                head + offset for sentence, offset in zip(group, offsets, strict=True) for head in sentence.heads
            ],
        }
    doc = Doc(nlp.vocab, words=words, spaces=spaces, **columns)
    if syntax:
        return doc
    entities, missing, offset = [], [], 0
    for sentence in group:
        entities += [Span(doc, offset + start, offset + end, label=kind) for start, end, kind in sentence.entities]
        missing += [Span(doc, offset + i, offset + i + 1) for i in sorted(sentence.unknown)]
        offset += len(sentence.words)
    doc.set_ents(entities, missing=missing, default="outside")
    return doc


def syntax_sentences(data: Path, part: str) -> list[Sentence]:
    """EWT and GUM sentences of one part (train, dev, test)."""
    sentences = list(read_conllu(data / "ud_ewt" / f"{part}.conllu"))
    for path in sorted((data / "gum" / part).glob("*.conllu")):
        sentences += read_conllu(path)
    return sentences


def entity_sentences(data: Path, part: str) -> list[Sentence]:
    """Named-entity sentences of one part; wikigold is split 8:1:1 by document order."""
    sentences = list(read_bio(data / "uner_ewt" / f"{part}.iob2", 1, 2, UNER, "\t"))
    for path in sorted((data / "gum" / part).glob("*.conllu")):
        sentences += [named_only(sentence) for sentence in read_conllu(path)]
    gold = list(read_bio(data / "wikigold" / "wikigold.conll.txt", 0, 1, WIKIGOLD))
    tenth = len(gold) // 10
    parts = {"train": gold[: 8 * tenth], "dev": gold[8 * tenth : 9 * tenth], "test": gold[9 * tenth :]}
    sentences += parts[part] * (2 if part == "train" else 1)
    if part == "train":
        sentences += read_bio(data / "wnut17" / "wnut17train.conll", 0, 1, WNUT, "\t")
        sentences += read_bio(data / "sec_filings" / "FIN5.txt", 0, -1, SEC)
    return sentences


def train_pipeline(name: str, pipes: list[str], work: Path, *, epochs: int, gpu: int = -1) -> Language:
    """A pipeline trained on `work/NAME-train.spacy`, the best epoch by `work/NAME-dev.spacy`."""
    config = init_config(lang="en", pipeline=pipes, optimize="efficiency", gpu=False, silent=True)
    config["paths"].update({part: str(work / f"{name}-{part}.spacy") for part in ("train", "dev")})
    settings = config["training"]
    settings.update({"seed": SEED, "max_epochs": epochs, "patience": 0, "max_steps": 0, "eval_frequency": 400})
    config["corpora"]["train"]["augmenter"] = {"@augmenters": "spacy.lower_case.v1", "level": 0.05}
    config["system"]["seed"] = SEED
    nlp = init_nlp(config, use_gpu=gpu)
    (work / name).mkdir(parents=True, exist_ok=True)
    train(nlp, work / name, use_gpu=gpu)
    return spacy.load(work / name / "model-best")


def write_bin(path: Path, docs: Iterable[Doc]) -> None:
    """The docs as one spaCy DocBin file."""
    DocBin(docs=docs, store_user_data=False).to_disk(path)


def score(nlp: Language, docs: Iterable[Doc]) -> dict[str, Any]:
    """spaCy's own scores of the pipeline on gold tokens."""
    examples = [
        Example(nlp(Doc(nlp.vocab, [t.text for t in gold], [bool(t.whitespace_) for t in gold])), gold) for gold in docs
    ]
    return dict(Scorer(nlp).score(examples))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--output", type=Path, default=Path("ingest/models/en_clew"))
    parser.add_argument("--work", type=Path, default=Path("build/model"), help="where intermediate files go")
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--part", choices=["syntax", "entities", "join", "all"], default="all")
    arguments = parser.parse_args()
    random.seed(SEED)
    arguments.work.mkdir(parents=True, exist_ok=True)
    blank = spacy.blank("en")
    if arguments.part in {"syntax", "all"}:
        for part in ("train", "dev"):
            docs = list(to_docs(syntax_sentences(arguments.data, part), blank, syntax=True))
            write_bin(arguments.work / f"syntax-{part}.spacy", docs)
        pipes = ["tagger", "morphologizer", "trainable_lemmatizer", "parser"]
        train_pipeline("syntax", pipes, arguments.work, epochs=arguments.epochs)
    if arguments.part in {"entities", "all"}:
        for part in ("train", "dev"):
            sentences = entity_sentences(arguments.data, part)
            write_bin(arguments.work / f"entities-{part}.spacy", to_docs(sentences, blank, syntax=False))
        train_pipeline("entities", ["ner"], arguments.work, epochs=arguments.epochs)
    if arguments.part in {"join", "all"}:
        join(arguments.data, arguments.work, arguments.output)


def join(data: Path, work: Path, output: Path) -> None:
    """Both trained pipelines as one folder with its figures in `meta.json`."""
    nlp = spacy.load(work / "syntax" / "model-best")
    entities = spacy.load(work / "entities" / "model-best")
    entities.replace_listeners("tok2vec", "ner", ["model.tok2vec"])
    nlp.add_pipe("ner", source=entities)
    nlp.meta["name"], nlp.meta["version"] = "clew", "1.0.0"
    nlp.meta["license"] = "CC BY-SA 4.0"
    nlp.meta["description"] = "English pipeline of Clew: UD tags, features, lemmas and dependencies; named entities"
    figures: dict[str, float] = {}
    ewt = list(to_docs(read_conllu(data / "ud_ewt" / "test.conllu"), nlp, syntax=True))
    scores = score(nlp, ewt)
    figures |= {f"ewt_{key}": round(100 * scores[name], 2) for key, name in _SYNTAX_SCORES.items()}
    gold = list(to_docs(entity_sentences(data, "test"), nlp, syntax=False))
    scores = score(nlp, gold)
    figures |= {f"ner_{key}": round(100 * scores[f"ents_{key}"], 2) for key in "prf"}
    nlp.meta["performance"] = figures
    nlp.to_disk(output)
    print(json.dumps(figures, indent=2))


_SYNTAX_SCORES = {"uas": "dep_uas", "las": "dep_las", "upos": "pos_acc", "lemma": "lemma_acc", "sents_f": "sents_f"}


if __name__ == "__main__":
    main()
