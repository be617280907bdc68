"""Statements from parses written by hand, so that they hold for any parser with Universal Dependencies."""

from __future__ import annotations

from clew.ingest.extract.facts.facts import Fact, facts
from clew.ingest.extract.names.pronouns import antecedents
from clew.ingest.extract.rules.parse import Parse


def parse(rows: str, entities: list[tuple[int, int, str]] | None = None) -> tuple[str, Parse]:
    """One token a line: word, universal tag, Penn tag, lemma, relation, head (from 1; 0 for the root)."""
    cells = [line.split() for line in rows.strip().splitlines()]
    words = [row[0] for row in cells]
    text = " ".join(words)
    ends = [len(" ".join(words[: place + 1])) for place in range(len(words))]
    return text, Parse(
        words=words,
        pos=[row[1] for row in cells],
        tag=[row[2] for row in cells],
        lemma=[row[3] for row in cells],
        dep=[row[4] for row in cells],
        head=[int(row[5]) - 1 if row[5] != "0" else place for place, row in enumerate(cells)],
        start=[end - len(word) for end, word in zip(ends, words, strict=True)],
        end=ends,
        sentence=[0] * len(words),
        entities=entities or [],
    )


def read(rows: str, entities: list[tuple[int, int, str]] | None = None) -> list[Fact]:
    return facts(*parse(rows, entities))


def line(fact: Fact) -> str:
    parts = [fact.subject.text, fact.predicate.text, fact.object.text, *(phrase.text for _, phrase in fact.others)]
    return " | ".join(part for part in parts if part)


DENIED = """
    Anna PROPN NNP Anna nsubj 4
    did AUX VBD do aux 4
    not PART RB not advmod 4
    marry VERB VB marry ROOT 0
    Peter PROPN NNP Peter obj 4
    in ADP IN in case 7
    Rome PROPN NNP Rome obl 4
    in ADP IN in case 9
    1950 NUM CD 1950 obl 4
"""


def test_negation_is_part_of_the_predicate_and_a_flag() -> None:
    (fact,) = read(DENIED, [(6, 7, "PLACE")])
    assert line(fact) == "Anna | did not marry | Peter | in Rome | in 1950"
    assert fact.flags == ("negated",)
    assert [kind for kind, _ in fact.others] == ["place", "time"]
    assert fact.predicate.spans == ((5, 18),)


SHARED = """
    The DET DT the det 2
    station NOUN NN station nsubj:pass 4
    was AUX VBD be aux:pass 4
    renamed VERB VBN rename ROOT 0
    and CCONJ CC and cc 6
    sold VERB VBN sell conj 4
    to ADP IN to case 9
    a DET DT a det 9
    bank NOUN NN bank obl 6
    that PRON WDT that nsubj 11
    failed VERB VBD fail acl:relcl 9
"""


def test_a_second_verb_shares_subject_and_auxiliary_and_a_relative_clause_is_a_fact_of_its_own() -> None:
    assert [line(fact) for fact in read(SHARED)] == [
        "The station | was renamed",
        "The station | was sold to | a bank",
        "a bank | failed",
    ]


RUMOUR = """
    Anna PROPN NNP Anna nsubj:pass 3
    is AUX VBZ be aux:pass 3
    believed VERB VBN believe ROOT 0
    to PART TO to mark 5
    own VERB VB own xcomp 3
    it PRON PRP it obj 5
"""


def test_a_rumour_is_hedged_and_its_verbs_are_one_predicate() -> None:
    (fact,) = read(RUMOUR)
    assert line(fact) == "Anna | is believed to own | it"
    assert fact.flags == ("hedged",)


SAID = """
    Anna PROPN NNP Anna nsubj 2
    said VERB VBD say ROOT 0
    that SCONJ IN that mark 6
    the DET DT the det 5
    bank NOUN NN bank nsubj 6
    failed VERB VBD fail ccomp 2
"""


def test_what_is_said_is_a_complement_and_a_fact_of_the_speaker() -> None:
    first, second = read(SAID)
    assert line(first) == "Anna | said that | the bank failed"
    assert (line(second), second.flags) == ("the bank | failed", ("attributed:Anna",))


IMPLIED = """
    Oslo PROPN NNP Oslo nmod:poss 3
    's PART POS 's case 1
    mayor NOUN NN mayor nsubj 9
    , PUNCT , , punct 6
    a DET DT a det 6
    teacher NOUN NN teacher appos 3
    from ADP IN from case 8
    Rome PROPN NNP Rome nmod 6
    resigned VERB VBD resign ROOT 0
"""


def test_possessors_appositions_and_prepositions_between_nouns_imply_facts() -> None:
    found = {line(fact): fact for fact in read(IMPLIED)}
    assert set(found) == {
        "Oslo | has | mayor",
        "Oslo 's mayor | is | a teacher from Rome",
        "a teacher | is from | Rome",
        "Oslo 's mayor | resigned",
    }
    assert found["Oslo | has | mayor"].predicate.spans == ()


PRONOUN = """
    The DET DT the det 2
    division NOUN NN division nsubj 3
    waited VERB VBD wait ROOT 0
    until SCONJ IN until mark 6
    it PRON PRP it nsubj 6
    took VERB VBD take advcl 3
    Rome PROPN NNP Rome obj 6
"""


def test_a_pronoun_is_what_the_governing_clause_is_about() -> None:
    text, parsed = parse(PRONOUN)
    assert antecedents(parsed) == {4: 1}
    taken = next(fact for fact in facts(text, parsed) if fact.predicate.text == "took")
    assert line(taken) == "The division | took | Rome"
    assert text[slice(*taken.subject.spans[0])] == "The division"


def test_a_pronoun_in_speech_or_of_another_number_stays() -> None:
    rows = PRONOUN.replace("it PRON PRP it nsubj", "they PRON PRP they nsubj")
    assert antecedents(parse(rows)[1]) == {}
    rows = PRONOUN.replace("waited VERB VBD wait", "said VERB VBD say").replace("advcl", "ccomp")
    assert antecedents(parse(rows)[1]) == {}
