"""What a parser hangs wrongly is put right, and what it hangs rightly stays."""

from clew.ingest.extract.rules.parse_repairs import Tree


def tree(text: str) -> Tree:
    """From word/tag/relation>head, with spaces between."""
    rows = [part.rsplit("/", 2) for part in text.split()]
    tags = {"NNP": "PROPN", "NN": "NOUN", "NNS": "NOUN", "VBN": "VERB", "VBD": "VERB", "IN": "ADP", "CC": "CCONJ"}
    tags |= {",": "PUNCT", "POS": "PART"}
    made = Tree(
        [word for word, _, _ in rows],
        [tags[tag] for _, tag, _ in rows],
        [tag for _, tag, _ in rows],
        [arc.partition(">")[0] for _, _, arc in rows],
        [int(arc.partition(">")[2]) for _, _, arc in rows],
    )
    made.mend()
    return made


def test_a_preposition_hangs_on_the_first_word_of_a_name() -> None:
    made = tree("brother/NN/ROOT>0 of/IN/case>3 Flip/NNP/nmod>0 van/NNP/flat>2 Merwe/NNP/flat>2")
    assert made.head == [0, 2, 0, 2, 2]


def test_coordinated_participles_go_together() -> None:
    made = tree("film/NN/ROOT>0 directed/VBN/acl>0 and/CC/cc>3 written/VBN/conj>0 by/IN/case>5 Abdala/NNP/obl:agent>3")
    assert made.head == [0, 0, 3, 1, 5, 3]


def test_a_participle_far_from_another_stays() -> None:
    made = tree("film/NN/ROOT>0 made/VBN/acl>0 in/IN/case>3 Rome/NNP/obl>1 and/CC/cc>5 shown/VBN/conj>0")
    assert made.head == [0, 0, 3, 1, 5, 0]


def test_a_noun_and_its_name_are_one_subject() -> None:
    made = tree("reviewers/NNS/nsubj>2 RedLetterMedia/NNP/nsubj>2 delivered/VBD/ROOT>2")
    assert (made.dep, made.head) == (["nsubj", "appos", "ROOT"], [2, 0, 2])


def test_two_subjects_apart_stay() -> None:
    made = tree("Ann/NNP/nsubj>2 Bob/NNP/nsubj>2 came/VBD/ROOT>2")
    assert made.dep == ["nsubj", "nsubj", "ROOT"]


def test_a_name_that_hangs_on_itself_ends() -> None:
    assert tree("A/NNP/flat>0 b/NN/nmod>0").head == [0, 0]


def test_a_participle_behind_an_aside_hangs_on_the_noun_outside() -> None:
    made = tree(
        "song/NN/ROOT>0 composed/VBN/acl>0 by/IN/case>3 Ann/NNP/obl:agent>1 ,/,/punct>6 with/IN/case>6 lyrics/NNS/obl>1"
        " ,/,/punct>8 written/VBN/acl>6 for/IN/case>10 Bob/NNP/obl>8"
    )
    assert made.head[8] == 0


def test_the_possessor_of_a_subject_is_no_subject() -> None:
    made = tree("Acme/NNP/nsubj>3 's/POS/case>0 executive/NN/nsubj>3 came/VBD/ROOT>3")
    assert (made.dep[0], made.head[0]) == ("nmod:poss", 2)
