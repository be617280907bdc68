"""How well and how fast the shipped model parses and finds names, beside a plain CNN's speed in the same run.

What the scores mean is said in `clew.ingest.training.scores`: spaCy's convention, punctuation left out. Names are those
of UNER's EWT (persons, organisations, places). The treebanks' dev parts are the `dev` side, their test parts the
`report` side. Speed is from raw text, groups of up to six sentences of EWT and GUM, the best of three rounds in turn.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import spacy
from common import arguments, figure, note, readable
from spacy.cli.init_config import init_config
from spacy.language import Language
from spacy.tokens import Doc
from spacy.training import Example
from spacy.util import load_model_from_config

import clew.ingest.parser.component  # registers the component that the shipped pipeline is made of
from clew.ingest.training.corpora import Sentence, read_bio, read_conllu
from clew.ingest.training.scores import grouped, name_scores, tree_scores

SHIPPED = Path(clew.ingest.parser.component.__file__).parent.parent / "models" / "en_clew"
UNER = {"PER": "PERSON", "ORG": "ORGANISATION", "LOC": "PLACE"}
CNN_SENTENCES = 600  # enough for it to build trees; more would change its scores, not its speed
ROUNDS = 3


def main() -> None:
    """The figures are printed."""
    parser = arguments("Scores of the shipped model on EWT and GUM, and its speed beside a plain CNN's.", split=True)
    parser.add_argument("--model", default=str(SHIPPED), help="name or folder of a spaCy pipeline")
    options = parser.parse_args()
    parts = {"dev": ("dev",), "report": ("test",), "all": ("dev", "test")}[options.split]
    began = time.perf_counter()
    nlp = spacy.load(options.model)
    note(f"loaded in {time.perf_counter() - began:.2f} s")
    trees = {
        "ewt": [s for part in parts for s in read_conllu(readable(options.data / "ud_ewt" / f"{part}.conllu"))],
        "gum": [s for part in parts for path in gum(options.data / "gum" / part) for s in read_conllu(path)],
    }
    names = [s for part in parts for s in read_bio(readable(options.data / "uner_ewt" / f"{part}.iob2"), 1, 2, "\t")]
    trees = {name: sentences[: options.limit] for name, sentences in trees.items()}
    scores = {name: tree_scores(nlp, sentences) for name, sentences in trees.items()}
    found = name_scores(nlp, names[: options.limit], UNER)
    for name, score in scores.items():
        note(", ".join(f"{name} {kind} {value:.2f}" for kind, value in score.items()))
    note(f"names: precision {found['p']:.2f}, recall {found['r']:.2f}")
    texts = [text for sentences in trees.values() for text in map(text_of, grouped(sentences))]
    speeds = tokens_per_second({"model": nlp, "cnn": plain_cnn(options.data)}, texts)
    for name, kinds in (("ewt", ("las", "uas", "upos")), ("gum", ("las", "uas"))):
        for kind in kinds:
            figure(f"{name} {kind}", scores[name][kind])
    figure("ner f1", found["f"])
    figure("tokens per second", speeds["model"])
    figure("cnn tokens per second", speeds["cnn"])


def gum(folder: Path) -> list[Path]:
    """GUM's documents of one part."""
    return sorted(readable(folder).glob("*.conllu"))


def text_of(group: Sequence[Sentence]) -> str:
    """The raw text of the sentences."""
    rows = ((word, space) for sentence in group for word, space in zip(sentence.words, sentence.spaces, strict=True))
    return "".join(word + " " * space for word, space in rows)


def plain_cnn(data: Path) -> Language:
    """spaCy's efficiency preset (width 96, depth 4: tagger, morphologiser, lemmatiser, parser), barely trained."""
    pipes = ["tagger", "morphologizer", "trainable_lemmatizer", "parser"]
    config = init_config(pipeline=pipes, optimize="efficiency", gpu=False, silent=True)
    nlp = load_model_from_config(config, auto_fill=True)
    sentences = list(islice(read_conllu(readable(data / "ud_ewt" / "dev.conllu")), CNN_SENTENCES))
    examples = [_example(nlp, sentence) for sentence in sentences]
    nlp.initialize(lambda: examples)
    for start in range(0, len(examples), 30):
        nlp.update(examples[start : start + 30])
    return nlp


def _example(nlp: Language, sentence: Sentence) -> Example:
    gold = Doc(
        nlp.vocab,
        words=sentence.words,
        spaces=sentence.spaces,
        tags=sentence.tag,
        pos=sentence.pos,
        morphs=sentence.feats,
        lemmas=sentence.lemma,
        heads=[head if head >= 0 else place for place, head in enumerate(sentence.head)],
        deps=sentence.dep,
    )
    return Example(Doc(nlp.vocab, words=sentence.words, spaces=sentence.spaces), gold)


def tokens_per_second(pipelines: dict[str, Language], texts: Sequence[str]) -> dict[str, float]:
    """The best of three rounds of each, in turn, so that what else the machine does weighs on all alike."""
    best = dict.fromkeys(pipelines, 0.0)
    for _ in range(ROUNDS):
        for name, nlp in pipelines.items():
            began = time.perf_counter()
            tokens = sum(len(doc) for doc in nlp.pipe(texts, batch_size=64))
            best[name] = max(best[name], tokens / (time.perf_counter() - began))
    return best


if __name__ == "__main__":
    main()
