"""The component that reads: sound annotations for any text, the same in any company.

Its network here has random weights: what it says is nonsense, so that trees and names need all their mending.
"""

import json
from pathlib import Path

import numpy as np
import pytest
import spacy
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.tokens import Doc

from clew.graph.embeddings.embeddings import default_folder
from clew.ingest.parser.component import Parser
from clew.ingest.parser.network import feed, open_session
from clew.ingest.parser.word_pieces import WordPieces
from clew.ingest.training.entities import TAGS
from clew.ingest.training.export import Graph
from clew.ingest.training.folder import checksums, write
from clew.ingest.training.labels import LINEAR, Labels
from clew.ingest.training.network import HIDDEN, Network

TEXTS = [
    "Blind Shaft is a 2003 film directed by Li Yang. It was produced in Beijing.",
    "Yes.",
    " Leading blank, and\n\na paragraph.\tTab ",
    "The king of Lotharingia was married to Teutberga (died 875), daughter of Boso the Elder. " * 12,
    "",
    "   ",
]
NAMES = {
    "pos": ["NOUN", "PROPN", "VERB"],
    "tag": ["NN", "NNP", "VB"],
    "feats": ["", "Number=Sing"],
    "lemma": ["k0:", "l1:", "=be"],
    "dep": ["ROOT", "nsubj", "obj", "punct"],
    "start": ["inside", "start"],
    "entity": list(TAGS),
}
LABELS = Labels(NAMES)


@pytest.fixture(scope="module")
def network() -> Network:
    torch.manual_seed(3)
    network = Network(2, LABELS.width, len(NAMES["dep"]))
    torch.nn.init.normal_(network.shapes.weight, std=0.5)
    torch.nn.init.normal_(network.arc_pair, std=0.5)
    torch.nn.init.normal_(network.labels.weight, std=0.3)
    return network.eval()


@pytest.fixture(scope="module")
def vectors() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(30522, HIDDEN)).astype(np.float32)


@pytest.fixture(scope="module")
def nlp(network: Network, vectors: np.ndarray, tmp_path_factory: pytest.TempPathFactory) -> Language:
    folder = tmp_path_factory.mktemp("model") / "en_nonsense"
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    samples = [(text.split(), [True] * len(text.split())) for text in TEXTS if text.strip()]
    tokenizer = default_folder() / "tokenizer.json"
    lemmas = {pos: {"directed": "known"} for pos in NAMES["pos"]}
    return write(folder, weights, LABELS, vectors=vectors, lemmas=lemmas, tokenizer=tokenizer, samples=samples)


def sound(doc: Doc) -> None:
    for sentence in doc.sents:
        assert sum(token.head is token or token.head == token for token in sentence) == 1
        for token in sentence:
            assert token.head in sentence
            at = token
            for _ in range(len(sentence)):
                at = at.head
            assert at == sentence.root
    for token in doc:
        assert token.tag_
        assert token.pos_
        assert token.lemma_
        assert (token.dep_ == "ROOT") == (token.head == token)
        assert (token.pos_ == "SPACE") == token.is_space
    assert all(entity.label_ in {tag[2:] for tag in TAGS} - {"DATE", "NUMBER"} for entity in doc.ents)
    assert doc.tensor.shape == (len(doc), 2) or not len(doc)


def rows(doc: Doc) -> list[tuple[object, ...]]:
    return [
        (t.text, t.tag_, t.pos_, str(t.morph), t.lemma_, t.dep_, t.head.i, t.ent_iob_, t.ent_type_, t.is_sent_start)
        for t in doc
    ]


def test_annotations_are_sound(nlp: Language) -> None:
    for doc in nlp.pipe(TEXTS):
        sound(doc)


@given(st.text(max_size=200))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_can_be_read(nlp: Language, text: str) -> None:
    text = text.encode("utf-8", "replace").decode()
    doc = nlp(text)
    assert doc.text == text
    sound(doc)


def test_a_text_reads_the_same_alone_and_in_company(nlp: Language) -> None:
    alone = [rows(nlp(text)) for text in TEXTS]
    together = [rows(doc) for doc in nlp.pipe(TEXTS)]
    turned = [rows(doc) for doc in nlp.pipe(TEXTS[::-1], batch_size=4)][::-1]
    assert alone == together == turned


def test_sentence_starts_that_are_set_stay(nlp: Language) -> None:
    words = ["Go", "home", "!", "They", "did", "."]
    starts = [True, None, False, True, False, False]
    parser = nlp.get_pipe("parser")
    doc = parser(Doc(nlp.vocab, words=words, sent_starts=starts))
    assert [token.is_sent_start for token in doc][2:] == [False, True, False, False]
    one = parser(Doc(nlp.vocab, words=words, sent_starts=[True, *[False] * 5]))
    assert len(list(one.sents)) == 1
    sound(one)


def test_a_known_lemma_goes_before_a_rule(nlp: Language) -> None:
    assert {token.lemma_ for token in nlp("It was Directed by Li Yang, who directed it.") if "irect" in token.text} == {
        "known"
    }


def test_words_are_forgotten_and_labels_are_not(nlp: Language) -> None:
    before = rows(nlp(TEXTS[0]))
    with nlp.memory_zone():
        list(nlp.pipe(TEXTS))
    assert rows(nlp(TEXTS[0])) == before


def test_dates_and_numbers_are_entities_on_request(nlp: Language) -> None:
    parser = nlp.get_pipe("parser")
    assert isinstance(parser, Parser)
    assert not {entity.label_ for doc in nlp.pipe(TEXTS) for entity in doc.ents} & {"DATE", "NUMBER"}
    full = spacy.load(nlp.path, config={"components": {"parser": {"values": True}}})
    assert {entity.label_ for doc in full.pipe(TEXTS) for entity in doc.ents} & {"DATE", "NUMBER"}


def test_a_copy_on_disk_is_the_same(nlp: Language, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path / "copy")
    copy = spacy.load(tmp_path / "copy")
    assert copy.get_pipe("parser").fingerprint == nlp.get_pipe("parser").fingerprint
    assert rows(copy(TEXTS[0])) == rows(nlp(TEXTS[0]))


def test_checksums_name_every_file(nlp: Language) -> None:
    lines = checksums(Path(nlp.path)).splitlines()
    names = [line.partition("  ")[2] for line in lines]
    assert "en_nonsense/parser/network.onnx" in names
    assert names == sorted(names)
    assert all(len(line.partition("  ")[0]) == 64 for line in lines)


def test_the_graph_computes_what_was_trained(network: Network, vectors: np.ndarray) -> None:
    weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    model = Graph(weights).parser(vectors, 2, LABELS).SerializeToString()
    session = open_session(model, 1)
    pieces = WordPieces(default_folder() / "tokenizer.json")
    words = ["Blind", "Shaft", "is", "a", "2003", "film", "."]
    pieces.learn(words)
    given = pieces.windows([(words, [True] * 7), (words[:2], [True] * 2)])
    out = dict(zip([o.name for o in session.get_outputs()], session.run(None, feed(given)), strict=True))
    rest = (given.shapes, given.mask, given.first, given.last)
    with torch.no_grad():
        linear, arcs, rel_word, rel_head = network(torch.from_numpy(vectors[given.ids]), *map(torch.from_numpy, rest))
    places = LABELS.slices()
    for row, size in enumerate([7, 2]):
        # Word pieces are kept in 8 bits, so that the two differ a little.
        assert np.allclose(out["arcs"][row, :size, : size + 1], arcs[row, :size, : size + 1], atol=0.3)
        assert np.allclose(out["entity"][row, :size], linear[row, :size, places["entity"]], atol=0.3)
        assert np.allclose(out["rel_word"][row, :size], rel_word[row, :size], atol=0.1)
        assert np.allclose(out["rel_head"][row, :size], rel_head[row, 1 : size + 1], atol=0.1)


def test_labels_are_plain_json(nlp: Language) -> None:
    names = json.loads((Path(nlp.path) / "parser" / "labels.json").read_text(encoding="utf-8"))
    assert set(names) == {*LINEAR, "dep"}
