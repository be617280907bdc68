"""Real sentences with the triples that a careful person would write.

Sources, sentences quoted: CaRB's development set (Bhardwaj, Aggarwal and Mausam 2019; MIT), GUM (Zeldes 2017; CC BY
4.0, texts CC BY and CC BY-SA), Wikipedia passages by way of 2WikiMultihopQA (Ho et al. 2020; Apache-2.0, text CC
BY-SA). All are from development sides.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from clew.graph.model import Chunk, Document, Value
from clew.ingest.extract.local import SpacyExtractor
from clew.ingest.extract.types import RawTriple


@dataclass(frozen=True)
class Golden:
    """A text, the document's title, what it says, and what it must not be taken to say."""

    source: str
    title: str
    text: str
    says: frozenset[tuple[str, str, str]]
    never: frozenset[tuple[str, str, str]] = frozenset()


def golden(source: str, title: str, text: str, *says: tuple[str, str, str], never: object = ()) -> Golden:
    assert isinstance(never, tuple)
    return Golden(source, title, text, frozenset(says), frozenset(never))


GOLDEN = [
    golden(
        "CaRB",
        "",
        "In 1982 Caro was trying to organise an exhibition of British abstract art in South African townships when he "
        "met Robert Loder.",
        ("Caro", "met", "Robert Loder"),
    ),
    golden(
        "CaRB",
        "",
        "From 1970 to 1985, Gideon Rodan taught at the University of Connecticut School of Dental Medicine until he "
        "switched over to Merck.",
        ("Gideon Rodan", "taught at", "University of Connecticut School of Dental Medicine"),
        ("Gideon Rodan", "switched over to", "Merck"),
    ),
    golden(
        "CaRB",
        "",
        "Darwin came into residence in Cambridge on 26 January 1828, and matriculated at the University's Senate House "
        "on 26 February.",
        ("Darwin", "came on", "1828-01-26"),
        ("Darwin", "came into residence in", "Cambridge"),
        ("Darwin", "matriculated at", "University's Senate House"),
    ),
    golden(
        "CaRB",
        "",
        "Stephen McCartin, Mr. Hunt's attorney, said his client welcomed the gamble.",
        ("Stephen McCartin", "attorney of", "Hunt"),
    ),
    golden(
        "CaRB",
        "",
        "In 1918, the municipality was renamed Jones in honor of American congressman William Jones, who authored the "
        "Philippine Autonomy Act of 1916.",
        ("William Jones", "authored", "Philippine Autonomy Act"),
        never=(("Jones", "authored", "Philippine Autonomy Act"),),
    ),
    golden(
        "CaRB",
        "",
        "In 2010, popular internet reviewers RedLetterMedia delivered a scathing video critique of the film, drawing "
        'negative comparisons to The Three Stooges, Looney Tunes, and "Home Alone".',
        ("RedLetterMedia", "drew comparisons to", "Three Stooges"),
        ("RedLetterMedia", "drew comparisons to", "Looney Tunes"),
        ("RedLetterMedia", "drew comparisons to", "Home Alone"),
    ),
    golden(
        "GUM_bio_chao",
        "Yuen Ren Chao",
        "Chao taught mathematics at Tsinghua University and, one year later, returned to the United States to teach at "
        "Harvard.",
        ("Yuen Ren Chao", "taught mathematics at", "Tsinghua University"),
        ("Yuen Ren Chao", "returned to", "United States"),
        never=(("Yuen Ren Chao", "taught at", "Harvard"),),
    ),
    golden(
        "GUM_bio_hadid",
        "Zaha Hadid",
        "She received the UK's most prestigious architectural award, the Stirling Prize, in 2010 and 2011.",
        ("Zaha Hadid", "received", "Stirling Prize"),
    ),
    golden(
        "GUM_bio_moreau",
        "Jeanne Moreau",
        "She released several albums and once performed with Frank Sinatra at Carnegie Hall in 1984.",
        ("Jeanne Moreau", "performed with", "Frank Sinatra"),
        ("Jeanne Moreau", "performed at", "Carnegie Hall"),
        ("Jeanne Moreau", "performed in", "1984"),
    ),
    golden(
        "GUM_news_soccer",
        "",
        "In the last match of the day, Tunisia faced England at the Volgograd Arena.",
        ("Tunisia", "faced", "England"),
        ("Tunisia", "faced at", "Volgograd Arena"),
    ),
    golden(
        "GUM_voyage_lodz",
        "Łódź",
        "Łódź (Pronounced: Wootch) is Poland's third biggest city, and the capital of the Łódzkie Voivodship.",
        ("Łódź", "city of", "Poland"),
        ("Łódź", "capital of", "Łódzkie Voivodship"),
    ),
    golden(
        "GUM_bio_nida",
        "Eugene Nida",
        "After graduating he attended Camp Wycliffe, where Bible translation theory was taught.",
        ("Eugene Nida", "attended", "Camp Wycliffe"),
    ),
    golden(
        "2Wiki",
        "Fulk FitzRoy",
        "Fulk FitzRoy was an illegitimate son of Henry I of England. He was perhaps the son of Anfide, one of Henry's "
        "mistresses.",
        ("Fulk FitzRoy", "son of", "Henry I of England"),
        never=(("Fulk FitzRoy", "son of", "Anfide"),),
    ),
    golden(
        "2Wiki",
        "William Graham, 2nd Duke of Montrose",
        "William Graham, 2nd Duke of Montrose (27 August 1712 – 23 September 1790) was the son of James Graham, 1st "
        "Duke of Montrose, and his wife, Christian Carnegie. He married Lucy Manners, daughter of John Manners, 2nd "
        "Duke of Rutland on 28 October 1742.",
        ("William Graham, 2nd Duke of Montrose", "born on", "1712-08-27"),
        ("William Graham, 2nd Duke of Montrose", "son of", "James Graham, 1st Duke of Montrose"),
        ("William Graham, 2nd Duke of Montrose", "married", "Lucy Manners"),
        ("Lucy Manners", "daughter of", "John Manners, 2nd Duke of Rutland"),
    ),
    golden(
        "2Wiki",
        "Phillip J. Roth",
        "Phillip J. Roth( born June 10, 1959) is an American film producer, director and screenwriter who is known for "
        "making low- budget films. He is the founder of the Unified Film Organization( UFO) in America and Bulgaria.",
        ("Phillip J. Roth", "born on", "1959-06-10"),
        ("Phillip J. Roth", "is a", "screenwriter"),
        ("Phillip J. Roth", "founder of", "Unified Film Organization"),
    ),
    golden(
        "2Wiki",
        "Lucky Cowboy",
        "Lucky Cowboy is a 1944 American two- reel western film directed by Josef Berne using a screenplay by Robert "
        "Stephen Brode. The film starred Eddie Dew, Julie Gibson, Bob Kortman, and LeRoy Mason.",
        ("Lucky Cowboy", "directed by", "Josef Berne"),
        ("Lucky Cowboy", "year", "1944"),
        ("Lucky Cowboy", "starred", "Julie Gibson"),
        ("Lucky Cowboy", "starred", "LeRoy Mason"),
    ),
    golden(
        "2Wiki",
        "Somebody Slap Me",
        '"Somebody Slap Me" is a song recorded by American country music artist John Anderson. The song was written by '
        "Bob McDill and Roger Murrah.",
        ("Somebody Slap Me", "recorded by", "John Anderson"),
        ("Somebody Slap Me", "written by", "Bob McDill"),
        ("Somebody Slap Me", "written by", "Roger Murrah"),
    ),
    golden(
        "2Wiki",
        "Friedrich Casimir, Count of Hanau-Lichtenberg",
        "Friedrich Casimir of Hanau( born 4 August 1623 in Bouxwiller; died: 30 March 1685 in Hanau) was a member of "
        "the Hanau- Lichtenberg branch of the House of Hanau.",
        ("Friedrich Casimir, Count of Hanau-Lichtenberg", "born in", "Bouxwiller"),
        ("Friedrich Casimir, Count of Hanau-Lichtenberg", "died in", "Hanau"),
    ),
    golden(
        "2Wiki",
        "Francis of Denmark",
        "Francis of Denmark( 15 July 1497 – 1 April 1511), was a prince of Denmark, Norway and Sweden, the youngest "
        "son of King John of Denmark and Christina of Saxony.",
        ("Francis of Denmark", "died on", "1511-04-01"),
        ("Francis of Denmark", "prince of", "Denmark"),
        ("Francis of Denmark", "son of", "Christina of Saxony"),
    ),
    golden(
        "2Wiki",
        "You've Got What Gets Me",
        '"You\'ve Got What Gets Me" is a song composed by George Gershwin, with lyrics by Ira Gershwin, written for '
        'the 1932 film "Girl Crazy".',
        ("You've Got What Gets Me", "composed by", "George Gershwin"),
        ("You've Got What Gets Me", "written for", "Girl Crazy"),
    ),
    golden(
        "2Wiki",
        "François van der Merwe",
        "François van der Merwe is a South African professional rugby union player. He plays at lock for Lyon "
        "Olympique in the Top 14. He is older brother of Flip van der Merwe.",
        ("François van der Merwe", "brother of", "Flip van der Merwe"),
        ("François van der Merwe", "is", "South African"),
    ),
]


@pytest.fixture(scope="module")
def extractor() -> SpacyExtractor:
    return SpacyExtractor(batch_size=4)


def triple(found: RawTriple) -> tuple[str, str, str]:
    tail = found.tail
    return found.head, found.relation, (tail.normal or tail.text) if isinstance(tail, Value) else tail


def cases() -> list[object]:
    return [
        pytest.param(
            case,
            id=f"{case.source}-{case.text[:24]}",
        )
        for case in GOLDEN
    ]


@pytest.mark.parametrize("case", cases())
def test_a_sentence_gives_the_triples_a_careful_reader_would(extractor: SpacyExtractor, case: Golden) -> None:
    document = Document.make("mem:golden", case.text, title=case.title)
    extraction = next(extractor([(document, [Chunk.make(document, 0, len(case.text))])]))
    plain = {triple(found) for found in extraction.triples if set(found.flags) <= {"past"}}  # it was so
    assert case.says <= plain
    assert not case.never & plain
