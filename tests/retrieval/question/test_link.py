import pytest

from clew.graph.model import entity_id
from clew.graph.store import GraphStore
from clew.retrieval.question.link import find_cues, find_names, link, name_strength
from clew.retrieval.question.words import expected_types, sentence_around, sentence_spans


def names(store: GraphStore, text: str) -> list[str]:
    return [span.text for span in find_names(text, store, store.adjacency())[0]]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who directed Blue Harbour?", ["Blue Harbour"]),
        ("who directed blue harbour?", ["blue harbour"]),
        ("Who Directed Blue Harbour'S Remake?", ["Blue Harbour'S"]),
        ("Where did Otto Brandt's father die?", ["Otto Brandt's"]),
        ("Is Night Ferry (Film) older than Blue Harbour?", ["Night Ferry (Film)", "Blue Harbour"]),
        ("Who are they?", []),
    ],
)
def test_names_are_found_in_any_case_longest_first(golden, question, expected):
    assert names(golden, question) == expected


def test_a_bracket_word_elsewhere_in_the_question_chooses_between_two_of_one_name(golden, embedder):
    for kind in ("film", "song"):
        _, seeds = link(f"Who made the {kind} Night Ferry?", golden, embedder)
        best = max(seeds.spans[0].entities, key=lambda pair: pair[1])
        assert best[0] == entity_id(f"Night Ferry ({kind})")
        assert len(seeds.spans[0].entities) == 2


def test_a_misspelt_name_is_found_by_its_spelling(golden, embedder):
    _, seeds = link("Who is the father of Oto Brandt?", golden, embedder)
    assert entity_id("Otto Brandt") in dict(seeds.spans[0].entities)


def test_an_unknown_name_is_reported(golden, embedder):
    _, seeds = link("Who is the mother of Zorblax Quuxington?", golden, embedder)
    assert seeds.missing == ("Zorblax Quuxington",)
    assert not seeds.spans


def test_function_words_and_single_lower_case_words_are_weak_names():
    text = "Is it the tide of Lund, of The Who or “it”?"
    strength = {word: name_strength(text, text.index(word), text.index(word) + len(word)) for word in ("tide", "Lund")}
    assert name_strength(text, 3, 5) == 0
    assert strength["tide"] < 0.3 < strength["Lund"]
    assert name_strength(text, text.index("The Who"), text.index("The Who") + 7) > 0.3
    assert name_strength(text, text.index("“it”") + 1, text.index("“it”") + 3) == 1


def test_cues_are_what_is_asked_not_the_kind_of_thing_named(golden):
    text = "Who is the mother of the director of film Blue Harbour?"
    spans, _ = find_names(text, golden, golden.adjacency())
    assert find_cues(text, spans) == ("mother", "director")


def test_relations_are_similar_to_the_cue_that_asks_for_them(golden, embedder):
    question, _ = link("Who is the father of the director of Blue Harbour?", golden, embedder)
    scores = question.relation_scores(golden.adjacency())
    relations = golden.adjacency().relations
    father, director = (question.cues.index(cue) for cue in ("father", "director"))
    assert scores[relations.index("son of"), father] > 0.9
    assert scores[relations.index("directed by"), director] > 0.9
    assert scores[relations.index("son of"), director] < 0.5


@pytest.mark.parametrize(
    ("question", "type_"),
    [
        ("When did he die?", "DATE"),
        ("Where was she born?", "PLACE"),
        ("Who sang it?", "PERSON"),
        ("How many?", "NUMBER"),
    ],
)
def test_the_question_word_says_what_type_the_answer_has(question, type_):
    assert type_ in expected_types(question)


def test_sentences_end_at_stops_but_not_after_initials_and_abbreviations():
    text = "J. R. Smith met Dr. Jones (b. 1920) in St. Ives. They sang!  Then\nthey left"
    pieces = [text[start:end] for start, end in sentence_spans(text)]
    assert pieces == ["J. R. Smith met Dr. Jones (b. 1920) in St. Ives.", "They sang!", "Then\nthey left"], (
        "a broken line"
    )
    short = "Harbour\nthey left"
    assert [short[start:end] for start, end in sentence_spans(short)] == ["Harbour", "they left"]
    start, end = sentence_around(text, text.index("sang"), text.index("sang") + 4)
    assert text[start:end] == "They sang!"
    assert sentence_around("", 0, 0) == (0, 0)


def test_relations_that_come_later_are_asked_for_too(embedder, fresh_golden):
    store, add = fresh_golden
    before, _ = link("Who painted Lund?", store, embedder)
    assert "painted by" not in before.relations
    add("Lund Harbour", "Lund Harbour was painted by Karl Brandt.", "painted by", "Karl Brandt")
    after, _ = link("Who painted Lund?", store, embedder)
    assert after.relations["painted by"][after.cues.index("painted")] > 0.5
