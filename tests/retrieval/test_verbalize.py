import pytest

from clew.graph.model import Source, Triple, Value
from clew.retrieval.answer import answer
from clew.retrieval.verbalize import printable, sentence, statement


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        ("performed by", "A was performed by B"),
        ("born in", "A was born in B"),
        ("died in", "A died in B"),
        ("directed", "A directed B"),
        ("daughter of", "A is a daughter of B"),
        ("father of", "A is the father of B"),
        ("is a", "A is a B"),
        ("instance of", "A is a B"),
        ("was succeeded by", "A was succeeded by B"),
        ("place of birth", "The place of birth of A is B"),
        ("office is in", "A's office is in B"),
        ("headquarters located in", "A's headquarters were located in B"),
        ("music written by", "A's music was written by B"),
        ("father died in", "A's father died in B"),
        ("became known as", "A became known as B"),
        ("is from", "A is from B"),
        ("nationality", "The nationality of A is B"),
        ("from", "A is from B"),
        ("borders", "A borders B"),
        ("starred_in", "A starred in B"),
    ],
)
def test_relations_read_as_plain_english(relation, expected):
    assert sentence("A", relation, "B") == expected


def test_a_passive_walked_backwards_reads_actively():
    assert sentence("A", "directed by", "B", inverse=True) == "B directed A"
    assert sentence("A", "written by", "B", inverse=True) == "B wrote A"
    assert sentence("A", "son of", "B", inverse=True) == "A is a son of B"


@pytest.mark.parametrize(
    ("relation", "value", "expected"),
    [("revenue", "$40 million", "The revenue of A is $40 million."), ("is", "Swiss", "A is Swiss.")],
)
def test_a_measure_is_said_of_its_owner(relation: str, value: str, expected: str) -> None:
    triple = Triple.make("a", relation, Value(value), (Source("d", "c", 0, 1),))
    assert statement(triple, {"a": "A"}) == expected


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ((), "A was born in 1920."),
        (("negated",), "It is not so that A was born in 1920."),
        (("hedged",), "Possibly, A was born in 1920."),
        (("attributed:B",), "According to B, A was born in 1920."),
    ],
)
def test_a_statement_says_how_sure_its_sources_are(flags, expected):
    triple = Triple.make("a", "born in", Value("1920", "date", "1920"), (Source("d", "c", 0, 1, flags=flags),))
    assert statement(triple, {"a": "A"}) == expected


SAID = [
    # relation, tail, verb, flags, object, sentence
    ("founded", "B", "founded", (), "", "A founded B."),
    ("founded in", "2011", "founded", (), "B", "A founded B in 2011."),
    ("founded in", "2011", "was founded", (), "", "A was founded in 2011."),
    ("chaired", "B", "chairs", (), "", "A chairs B."),
    ("founded by", "B", "was founded", ("negated",), "", "A was not founded by B."),
    ("bought", "B", "bought", ("negated",), "", "It is not so that A bought B."),
    ("chairwoman of", "B", "is", ("past",), "", "A is no longer a chairwoman of B."),
    ("based in", "B", "used to be based", ("past",), "", "A used to be based in B."),
    ("accepted", "B", "accepts", ("past",), "", "A no longer accepts B."),
    ("became ceo of", "B", "will become", ("future",), "", "A will become ceo of B."),
    ("bought", "B", "may have bought", ("hedged",), "", "A may have bought B."),
    ("bought", "B", "buys", ("hedged",), "", "Possibly, A buys B."),
    ("is a", "engineer", "was", (), "", "A was an engineer."),
    ("is allergic to", "B", "is", (), "", "A is allergic to B."),
    ("profit fell to", "B", "fell", (), "", "A's profit fell to B."),
    ("took over from", "B", "took over", (), "", "A took over from B."),
    ("is", "cancelled", "has been cancelled", (), "", "A has been cancelled."),
    ("cfo of", "B", "", ("past",), "", "A was formerly a cfo of B."),
]


@pytest.mark.parametrize("case", SAID, ids=[case[-1] for case in SAID])
def test_a_statement_keeps_tense_voice_and_denial(case):
    relation, tail, verb, flags, thing, expected = case
    said = {key: value for key, value in (("verb", verb), ("object", thing)) if value}
    triple = Triple.make("a", relation, "b", (Source("d", "c", 0, 1, flags=flags, qualifiers=said),))
    assert statement(triple, {"a": "A", "b": tail}) == expected


def test_a_count_and_a_time_read_as_people_say_them():
    source = Source("d", "c", 0, 1, qualifiers={"verb": "has"})
    triple = Triple.make("a", "had employees", Value("140", "number", "140"), (source,))
    assert statement(triple, {"a": "A"}) == "A has 140 employees."
    source = Source("d", "c", 0, 1, flags=("past",), qualifiers={"verb": "was"}, valid_from="2012", valid_to="2019")
    assert statement(Triple.make("a", "head of", "b", (source,)), {"a": "A", "b": "B"}) == (
        "A was a head of B from 2012 to 2019."
    )


def test_control_characters_become_visible():
    assert printable("red \x1b[31m and \u202eback\nline") == "red \\x1b[31m and \\x202eback line"
    triple = Triple.make("a", "likes\x07", "b")
    assert "\x1b" not in statement(triple, {"a": "\x1b]0;x", "b": "B"})
    assert "\x07" not in statement(triple, {"a": "A", "b": "B"})


def test_quotes_slice_from_their_chunks(golden, embedder):
    chunks = {chunk.document: chunk for chunk in golden.chunks()}
    for question in ("Where was the director of Blue Harbour born?", "Who mends nets?", "Who married Ines Vega?"):
        for item in answer(question, golden, embedder).evidence:
            assert item.quotes
            for quote in item.quotes:
                chunk = chunks[quote.document]
                assert chunk.text[quote.start - chunk.start : quote.end - chunk.start] == quote.text
                assert quote.text.strip() == quote.text != ""


@pytest.mark.parametrize(
    ("thing", "said"),
    [
        ("American songwriter", "an American songwriter"),
        ("European city", "a European city"),
        ("university", "a university"),
        ("unincorporated town", "an unincorporated town"),
        ("one-time actor", "a one-time actor"),
        ("U.S. Army officer", "a U.S. Army officer"),
        ("1914 song", "a 1914 song"),
    ],
)
def test_the_article_follows_the_sound(thing: str, said: str) -> None:
    assert sentence("A", "is a", thing) == f"A is {said}"
