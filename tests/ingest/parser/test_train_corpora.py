"""Corpora are read as they are written, and each teaches only the labels that it has."""

from pathlib import Path

import pytest
import spacy
from spacy.tokens import Doc

from clew.ingest.training.corpora import Sentence, bio_spans, read_bio, read_conllu
from clew.ingest.training.entities import GUM, TAGS, UNER, WIKIGOLD, WNUT, annotate, named_only, silver
from clew.ingest.training.labels import LINEAR, UNKNOWN, Numbers, collect, known_lemmas
from clew.ingest.training.scores import grouped, name_scores, tree_scores

CONLLU = """# newdoc id = one
# text = He can't see New York.
1\tHe\the\tPRON\tPRP\tCase=Nom\t4\tnsubj\t_\tEntity=(1-person-giv-1)
2-3\tcan't\t_\t_\t_\t_\t_\t_\t_\t_
2\tca\tcan\tAUX\tMD\tVerbForm=Fin\t4\taux\t_\t_
3\tn't\tnot\tPART\tRB\tPolarity=Neg\t4\tadvmod\t_\t_
4\tsee\tsee\tVERB\tVB\tVerbForm=Inf\t0\troot\t_\t_
4.1\tseen\tsee\tVERB\tVBN\t_\t_\t_\t_\t_
5\tNew\tNew\tPROPN\tNNP\tNumber=Sing\t4\tobj\t_\tEntity=(2-place-new-2
6\tYork\tYork\tPROPN\tNNP\tNumber=Sing\t5\tflat\t_\tEntity=2)|SpaceAfter=No
7\t.\t.\tPUNCT\t.\t_\t4\tpunct\t_\t_

# text = Go!
1\tGo\tgo\tVERB\tVB\tVerbForm=Inf\t0\troot\t_\tSpaceAfter=No
2\t!\t!\tPUNCT\t.\t_\t1\tpunct\t_\t_
"""


@pytest.fixture
def sentences(tmp_path: Path) -> list[Sentence]:
    path = tmp_path / "some.conllu"
    path.write_text(CONLLU, encoding="utf-8")
    return list(read_conllu(path))


def tags(sentence: Sentence, index: int) -> set[str]:
    return {tag for place, tag in enumerate(TAGS) if sentence.allowed[index] >> place & 1}


def test_a_treebank_is_read(sentences: list[Sentence]) -> None:
    first, second = sentences
    assert first.words == ["He", "ca", "n't", "see", "New", "York", "."]
    assert first.spaces == [True, False, True, True, True, False, True]
    assert first.head == [3, 3, 3, -1, 3, 4, 3]
    assert first.dep[3] == "ROOT"
    assert first.names == [(0, 1, "person"), (4, 6, "place")]
    assert (first.starts_document, second.starts_document) == (True, False)


def test_spans_of_iob1_and_bio() -> None:
    assert list(bio_spans(["I-PER", "I-PER", "O", "I-LOC"])) == [(0, 2, "PER"), (3, 4, "LOC")]
    assert list(bio_spans(["B-PER", "B-PER", "I-PER", "I-LOC"])) == [(0, 1, "PER"), (1, 3, "PER"), (3, 4, "LOC")]


def test_an_entity_corpus_is_read(tmp_path: Path) -> None:
    path = tmp_path / "some.txt"
    path.write_text("-DOCSTART- O\n\nIn O\nRome I-LOC\n, O\nhe O\n\nYes O\n", encoding="utf-8")
    first, second = read_bio(path, 0, 1)
    assert (first.words, first.names, first.starts_document) == (["In", "Rome", ",", "he"], [(1, 2, "LOC")], True)
    assert first.spaces == [True, False, True, True]
    assert not second.starts_document


def test_only_proper_names_of_gum_are_names(sentences: list[Sentence]) -> None:
    sentence = annotate(named_only(sentences[0]), GUM)
    assert sentence.names == [(4, 6, "place")]
    assert tags(sentence, 0) == {"O"}
    assert tags(sentence, 4) == {"B-PLACE"}
    assert tags(sentence, 5) == {"I-PLACE"}


def test_what_a_source_does_not_mark_stays_open() -> None:
    words = ["He", "saw", "Titanic", "in", "Rome", "in", "1997"]
    uner = annotate(Sentence(words=words, spaces=[True] * 7, names=[(4, 5, "LOC")]), UNER)
    assert tags(uner, 4) == {"B-PLACE"}
    assert tags(uner, 1) == {"O"}
    assert {"O", "B-WORK", "B-EVENT"} <= tags(uner, 2)
    assert not tags(uner, 2) & {"B-PERSON", "B-ORGANISATION", "B-PLACE"}
    assert {"O", "B-DATE", "B-NUMBER"} <= tags(uner, 6)
    wnut = annotate(Sentence(words=words, spaces=[True] * 7, names=[(4, 5, "location")]), WNUT)
    assert "B-WORK" not in tags(wnut, 2)
    assert "B-EVENT" in tags(wnut, 2)


def test_a_mixed_label_may_be_any_of_its_kinds() -> None:
    sentence = Sentence(words=["Big", "Brother", "ran"], spaces=[True] * 3, names=[(0, 2, "MISC")])
    annotate(sentence, WIKIGOLD)
    assert tags(sentence, 0) == {"B-OTHER", "B-WORK", "B-EVENT", "B-PRODUCT"}
    assert tags(sentence, 1) == {"I-OTHER", "I-WORK", "I-EVENT", "I-PRODUCT"}


def test_titles_of_a_plain_kind_are_names_in_passages(tmp_path: Path) -> None:
    folder = tmp_path / "2wiki"
    folder.mkdir()
    (folder / "corpus.json").write_text(
        '[{"title": "Blind Shaft (film)", "text": "Blind Shaft is a film by Li Yang."},'
        ' {"title": "Li Yang", "text": "Li Yang is a Chinese film director of Blind Shaft."}]',
        encoding="utf-8",
    )
    first, second = silver(tmp_path)
    assert first.names == [(0, 2, "WORK"), (6, 8, "PERSON")]
    assert tags(first, 0) == {"B-WORK"}
    assert tags(first, 3) == {"O"}
    assert second.names[0] == (0, 2, "PERSON")
    assert len(tags(second, 4)) == len(TAGS)  # "Chinese" is anything


def test_labels_become_numbers_and_back(sentences: list[Sentence]) -> None:
    for sentence in sentences:
        annotate(sentence, {})
    labels = collect(sentences * 5)
    assert next(iter(labels.slices().values())).start == 0
    assert list(labels.slices()) == list(LINEAR)
    assert list(labels.slices().values())[-1].stop == labels.width
    example = Numbers(labels).example(sentences)
    assert example.gold["head"].tolist() == [4, 4, 4, 0, 4, 5, 4, 0, 8]
    assert example.gold["start"].tolist() == [1, 0, 0, 0, 0, 0, 0, 1, 0]
    assert labels.names["pos"][example.gold["pos"][3]] == "VERB"
    plain = annotate(Sentence(words=["Yes"], spaces=[True]), UNER)
    assert Numbers(labels).example([plain]).gold["head"].tolist() == [UNKNOWN]


def test_lemmas_are_remembered_by_part_of_speech(sentences: list[Sentence]) -> None:
    assert known_lemmas(sentences) == {"AUX": {"ca": "can"}, "PART": {"n't": "not"}}


def perfect(nlp: spacy.language.Language, sentences: list[Sentence]) -> None:
    """A pipe that knows the answers."""

    def answer(doc: Doc) -> Doc:
        group = next(
            group for group in grouped(sentences) if [w for s in group for w in s.words] == [t.text for t in doc]
        )
        at = 0
        heads, deps, pos, lemmas = [], [], [], []
        for sentence in group:
            heads += [at + (head if head >= 0 else place) for place, head in enumerate(sentence.head)]
            at += len(sentence.words)
            deps, pos, lemmas = deps + sentence.dep, pos + sentence.pos, lemmas + sentence.lemma
        ents = ["B-PLACE" if word == "New" else "I-PLACE" if word == "York" else "O" for word in map(str, doc)]
        return Doc(doc.vocab, [t.text for t in doc], heads=heads, deps=deps, pos=pos, lemmas=lemmas, ents=ents)

    nlp.add_pipe(spacy.Language.component("perfect", func=answer) and "perfect")


def test_a_perfect_parse_scores_full_marks(sentences: list[Sentence]) -> None:
    nlp = spacy.blank("en")
    perfect(nlp, sentences)
    assert set(tree_scores(nlp, sentences).values()) == {100.0}
    sentences[0].names = [(4, 6, "LOC")]
    assert name_scores(nlp, sentences, {"LOC": "PLACE"}) == {"p": 100.0, "r": 100.0, "f": 100.0}
    sentences[0].names = [(5, 6, "LOC")]
    assert name_scores(nlp, sentences, {"LOC": "PLACE"})["f"] == 0.0


def test_a_wrong_relation_costs_las_alone(sentences: list[Sentence]) -> None:
    nlp = spacy.blank("en")
    perfect(nlp, [*sentences])
    wrong = [Sentence(**{**vars(sentence), "dep": list(sentence.dep)}) for sentence in sentences]
    wrong[0].dep[0] = "obj"
    scores = tree_scores(nlp, wrong)
    assert scores["uas"] == 100.0
    assert scores["las"] == pytest.approx(100 * 6 / 7)  # punctuation does not count
    assert scores["conll las"] == pytest.approx(100 * 8 / 9)  # here it does
