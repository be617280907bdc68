# ruff: noqa: E501 - a sentence a line reads better
"""What everyday sentences say: what no longer holds, what "it" and "the company" mean, numbers, names of common nouns."""

from __future__ import annotations

import pytest

from clew.graph.model import Chunk, Document, Value
from clew.ingest.extract.local import SpacyExtractor
from clew.ingest.extract.types import RawTriple

Said = tuple[str, str, str]


@pytest.fixture(scope="module")
def extractor() -> SpacyExtractor:
    return SpacyExtractor(batch_size=4)


def read(extractor: SpacyExtractor, text: str) -> dict[Said, RawTriple]:
    """The triples of a file's text, each by head, relation and tail (a value's normal form, where it has one)."""
    document = Document.make("file:note.txt", text, title="note")
    found = next(extractor([(document, [Chunk.make(document, 0, len(text))])])).triples
    return {
        (
            each.head,
            each.relation,
            (each.tail.normal or each.tail.text) if isinstance(each.tail, Value) else each.tail,
        ): each
        for each in found
    }


def plain(found: dict[Said, RawTriple]) -> set[Said]:
    return {said for said, triple in found.items() if not triple.flags}


def flags(found: dict[Said, RawTriple], head: str, relation: str, tail: str) -> tuple[str, ...]:
    assert (head, relation, tail) in found, sorted(found)
    return found[head, relation, tail].flags


# -- what no longer holds, does not yet hold, never held -----------------------------------------------------------

FLAGGED: list[tuple[str, Said, tuple[str, ...]]] = [
    ("Mary Smith is no longer the chairwoman of Acme Corp.", ("Mary Smith", "chairwoman of", "Acme Corp"), ("past",)),
    ("Omar Said is not the treasurer of Acme Corp anymore.", ("Omar Said", "treasurer of", "Acme Corp"), ("past",)),
    ("Max Adler is the former CFO of Acme Corp.", ("Max Adler", "cfo of", "Acme Corp"), ("past",)),
    ("Max Adler, former head of Acme Corp, lives in Bern.", ("Max Adler", "head of", "Acme Corp"), ("past",)),
    ("Rita Holm is the ex-wife of Karl Holm.", ("Rita Holm", "ex-wife of", "Karl Holm"), ("past",)),
    ("Brill AG used to be based in Lucerne but is now based in Zug.", ("Brill AG", "based in", "Lucerne"), ("past",)),
    ("Brill AG used to be based in Lucerne but is now based in Zug.", ("Brill AG", "based in", "Zug"), ()),
    ("Ida Ott was the director of Hale Marine until 2019.", ("Ida Ott", "director of", "Hale Marine"), ("past",)),
    ("Ida Ott was formerly based in Riga.", ("Ida Ott", "based in", "Riga"), ("past",)),
    ("Nils Ek stopped working for Hale Marine.", ("Nils Ek", "worked for", "Hale Marine"), ("past",)),
    ("Acme Corp was almost bought by Orrin Group.", ("Acme Corp", "bought by", "Orrin Group"), ("negated",)),
    ("Acme Corp nearly bought Orrin Group.", ("Acme Corp", "bought", "Orrin Group"), ("negated",)),
    ("Acme Corp was not founded by Lars Ek but by Ines Mora.", ("Acme Corp", "founded by", "Lars Ek"), ("negated",)),
    ("Acme Corp was not founded by Lars Ek but by Ines Mora.", ("Acme Corp", "founded by", "Ines Mora"), ()),
    ("Nora Imhof will become the CEO of Greenworks.", ("Nora Imhof", "became ceo of", "Greenworks"), ("future",)),
    ("If Marek leaves, Judit Szabo will lead Team Quartz.", ("Judit Szabo", "led", "Team Quartz"), ("hedged",)),
    ("Brill AG plans to buy Orrin Group.", ("Brill AG", "bought", "Orrin Group"), ("hedged",)),
    ("Brill AG may have bought Orrin Group.", ("Brill AG", "bought", "Orrin Group"), ("hedged",)),
    ("Brill AG denied that it had bought Orrin Group.", ("Brill AG", "bought", "Orrin Group"), ("negated",)),
    ("Nobody has confirmed that Brill AG bought Orrin Group.", ("Brill AG", "bought", "Orrin Group"), ("hedged",)),
    ("Greta Malm said that Brill AG owns Orrin Group.", ("Brill AG", "owned", "Orrin Group"), ("attributed:Greta Malm",)),
    ("According to Greta Malm, Brill AG owns Orrin Group.", ("Brill AG", "owned", "Orrin Group"), ("attributed:Greta Malm",)),
    ("Brill AG did not agree to buy Orrin Group.", ("Brill AG", "bought", "Orrin Group"), ("hedged", "negated")),
    ("Ida Ott stepped down as director of Hale Marine.", ("Ida Ott", "director of", "Hale Marine"), ("past",)),
    ("Ida Ott is the incoming director of Hale Marine.", ("Ida Ott", "director of", "Hale Marine"), ("future",)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said", "expected"), FLAGGED, ids=[f"{text[:40]}-{said[2]}" for text, said, _ in FLAGGED]
)
def test_flags_tell_what_holds(extractor: SpacyExtractor, text: str, said: Said, expected: tuple[str, ...]) -> None:
    assert flags(read(extractor, text), *said) == expected


def test_a_full_stop_behind_a_form_or_a_label_ends_the_sentence(extractor: SpacyExtractor) -> None:
    text = "Max Adler is the former CFO of Acme Corp. Acme Corp used to be based in Lucerne but is now based in Zug."
    found = read(extractor, text)
    assert found["Acme Corp", "based in", "Lucerne"].qualifiers["verb"] == "used to be based"
    assert flags(found, "Acme Corp", "based in", "Zug") == ()
    found = read(
        extractor, "Cy Ott is the father of Bo Kim. Node A calls Node B. Node B calls Node C. Ledger depends on Redis."
    )
    assert {
        ("Node A", "called", "Node B"),
        ("Node B", "called", "Node C"),
        ("Ledger", "depended on", "Redis"),
    } <= plain(found)


def test_a_state_has_a_beginning_and_an_end(extractor: SpacyExtractor) -> None:
    found = read(
        extractor, "Ida Ott was the director of Hale Marine from 2012 to 2019. Bo Lund has led Brill AG since 2020."
    )
    director = found["Ida Ott", "director of", "Hale Marine"]
    assert (director.valid_from, director.valid_to, director.flags) == ("2012", "2019", ("past",))
    assert (found["Bo Lund", "led", "Brill AG"].valid_from, found["Bo Lund", "led", "Brill AG"].valid_to) == (
        "2020",
        "",
    )


def test_the_verb_stays_as_it_was_written(extractor: SpacyExtractor) -> None:
    found = read(extractor, "Ali Reza chairs the Safety Committee. Zoe Brandt founded Greenworks in Bremen in 2011.")
    assert found["Ali Reza", "chaired", "Safety Committee"].qualifiers["verb"] == "chairs"
    assert found["Zoe Brandt", "founded in", "2011"].qualifiers["verb"] == "founded"
    assert found["Zoe Brandt", "founded in", "2011"].qualifiers["object"] == "Greenworks"
    found = read(extractor, "Greenworks was founded in 2011 by Zoe Brandt.")
    assert found["Greenworks", "founded in", "2011"].qualifiers["verb"] == "was founded"


# -- who is meant ----------------------------------------------------------------------------------------------------

MEANT: list[tuple[str, set[Said], set[Said]]] = [
    # text, what it says, what it does not say
    (
        "Emergency department note. Patient: Edith Quimby, born 2 January 1951, wife of Harold Quimby. She fell at home "
        "on 11 March 2024. Treated by Dr. Samuel Okoro with a plaster cast. Her general practitioner is Dr. Hannah Price.",
        {("Edith Quimby", "fell on", "2024-03-11"), ("Hannah Price", "general practitioner of", "Edith Quimby")},
        {("Harold Quimby", "fell on", "2024-03-11"), ("Hannah Price", "general practitioner of", "Samuel Okoro")},
    ),
    (
        "Harbour Lights is a 1957 drama produced by Zonda Productions and released in Denmark by the Nordfilm "
        "Corporation. It was directed by Viktor Vinge.",
        {("Harbour Lights", "directed by", "Viktor Vinge")},
        {("Nordfilm Corporation", "directed by", "Viktor Vinge")},
    ),
    (
        "The Ledger service was built by the Payments team and is hosted at Datagrove Ltd. It was written in Go by "
        "Mira Sand.",
        {("Ledger", "written by", "Mira Sand"), ("Ledger", "built by", "Payments team")},
        {("Datagrove Ltd", "written by", "Mira Sand"), ("Datagrove Ltd.", "written by", "Mira Sand")},
    ),
    ("Orrin Search replaced Brill Search. It was written by Petra Lind.", {("Orrin Search", "written by", "Petra Lind")},
     {("Brill Search", "written by", "Petra Lind")}),
    ("Lantern replaced Beacon. It was written by Petra Lind.", set(), {("Beacon", "written by", "Petra Lind")}),
    ("The pump failed on Monday. It was replaced by Ole Brandt.", set(), {("Ole Brandt", "replaced by", "Ole Brandt")}),
    ("Elsa Berg met Tomas Hill. Mira Sand phoned Ada Holt. She was born in Oslo.", set(),
     {(name, "born in", "Oslo") for name in ("Elsa Berg", "Tomas Hill", "Mira Sand", "Ada Holt")}),
    ("Mrs Berg met Mr Hill. He was born in Oslo.", {("Hill", "born in", "Oslo")}, {("Berg", "born in", "Oslo")}),
    ("The cottage belongs to Thea Lunde. Her brother is Aksel Lunde.", {("Aksel Lunde", "brother of", "Thea Lunde")},
     set()),
    ("Printlux makes printers. The company is based in Ghent.", {("Printlux", "based in", "Ghent")}, set()),
    ("Orrin Ltd sued Brill Ltd and Hale Ltd in Leeds. Anna Roth owns the yard. The company is based in Ghent.", set(),
     {(name, "based in", "Ghent") for name in ("Orrin Ltd", "Brill Ltd", "Hale Ltd")}),
    ("Tim Osei is the office manager of the Hamburg office. The works council is chaired by Ingrid Lund.",
     {("works council", "chaired by", "Ingrid Lund")}, {("Hamburg", "chaired by", "Ingrid Lund")}),
    ("Dubrovin Hull Works (DHW) builds ferries. DHW is based in Riga.", {("Dubrovin Hull Works", "based in", "Riga")},
     {("DHW", "based in", "Riga")}),
    ("Okafor, Chinedu is the project manager of Project Heron. Chinedu Okafor was born in Enugu. Dr. Okafor studied at "
     "the University of Ibadan.",
     {("Chinedu Okafor", "project manager of", "Project Heron"), ("Chinedu Okafor", "born in", "Enugu"),
      ("Chinedu Okafor", "studied at", "University of Ibadan")}, set()),
    ("The pump was installed by Kwabena Asare. K. Asare was born in Accra.", {("Kwabena Asare", "born in", "Accra")},
     set()),
    ("Kwabena Asare met Kofi Asare. K. Asare was born in Accra.", set(),
     {("Kwabena Asare", "born in", "Accra"), ("Kofi Asare", "born in", "Accra")}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says", "never"), MEANT, ids=[text[:40] for text, *_ in MEANT])
def test_a_pronoun_or_role_means_who_it_must(
    extractor: SpacyExtractor, text: str, says: set[Said], never: set[Said]
) -> None:
    found = plain(read(extractor, text))
    assert says <= found, sorted(found)
    assert not never & found


def test_the_parties_of_a_contract_keep_their_places(extractor: SpacyExtractor) -> None:
    text = (
        "This Agreement is entered into on 1 April 2023 between Northlight Logistics GmbH, a company registered in "
        'Hamburg ("Customer"), and Fenwick Software Ltd, a company registered in Manchester ("Supplier"). The courts of '
        "Hamburg have exclusive jurisdiction. Supplier uses Cloudhaven."
    )
    found = plain(read(extractor, text))
    assert ("Fenwick Software Ltd", "registered in", "Manchester") in found
    assert ("Northlight Logistics GmbH", "registered in", "Hamburg") in found
    assert ("Fenwick Software Ltd", "used", "Cloudhaven") in found
    assert not {each for each in found if each[:2] == ("Northlight Logistics GmbH", "registered in")} - {
        ("Northlight Logistics GmbH", "registered in", "Hamburg")
    }


def test_a_defined_term_stands_for_its_party(extractor: SpacyExtractor) -> None:
    text = (
        'Oakline Software Ltd (hereinafter "Licensor") grants Ferro Tools AG (hereinafter the "Licensee") a licence.\n\n'
        "The Licensee may use it in Bonn. The Licensor is based in Leeds."
    )
    found = read(extractor, text)
    assert ("Oakline Software Ltd", "based in", "Leeds") in found
    assert not [said for said in found if said[0] in {"Licensor", "Licensee"}]


def test_two_owners_of_one_noun(extractor: SpacyExtractor) -> None:
    found = read(extractor, "Lampro was Sokra's and Xanta's eldest son. His two brothers were Menex and Sofron.")
    assert {("Lampro", "son of", "Sokra"), ("Lampro", "son of", "Xanta")} <= plain(found)
    assert ("Sokra", "son of", "Xanta") not in found
    assert not [said for said in found if "'s" in said[1]]
    found = read(extractor, "Nils is Berit's manager. Dora is Acme's chief counsel.")
    assert {("Nils", "manager of", "Berit"), ("Dora", "chief counsel of", "Acme")} <= plain(found)


# -- numbers, values, common nouns ---------------------------------------------------------------------------------

STATED: list[tuple[str, set[Said]]] = [
    ("Dental insurance is provided through MetLife.", {("dental insurance", "provided through", "MetLife")}),
    ("The payroll service depends on Ledger and FraudShield.",
     {("payroll service", "depended on", "Ledger"), ("payroll service", "depended on", "FraudShield")}),
    ("Printlux makes printers.", {("Printlux", "made", "printers")}),
    ("Tally uses PostgreSQL 14.", {("Tally", "used", "PostgreSQL 14")}),
    ("The outage of 4 May was caused by an expired TLS certificate.",
     {("outage of 4 May", "caused by", "expired TLS certificate")}),
    ("The parcel costs 59.90 euros.", {("parcel (note)", "cost", "59.90 euros")}),
    ("Mr. Lindgren is allergic to penicillin.", {("Lindgren", "is allergic to", "penicillin")}),
    ("Brightwater Labs has 140 employees.", {("Brightwater Labs", "had employees", "140")}),
    ("Sable Corp had revenue of 12.4 million euros in FY2022.", {("Sable Corp", "had", "revenue of 12.4 million euros")}),
    ("Sable Corp's revenue fell from 40 million dollars in 2020 to 35 million dollars in 2021.",
     {("Sable Corp", "revenue fell from", "40 million dollars"), ("Sable Corp", "revenue fell to", "35 million dollars")}),
    ("The maximum pressure is 210 bar.", {("maximum pressure", "is", "210 bar")}),
    ("Nadia Cole is the head of payroll.", {("Nadia Cole", "head of", "payroll")}),
    ("Osteoporosis is a disease of the bones.", {("osteoporosis", "is a", "disease of the bones")}),
    ("The door is open.", {("door (note)", "is", "open")}),
    ("Dara Quinn was elected secretary.", {("Dara Quinn", "elected", "secretary")}),
    ("Ali Reza chairs the Safety Committee. Ivo Tam supplies Harbor Bank. Northgate Ltd audits Harbor Bank.",
     {("Ali Reza", "chaired", "Safety Committee"), ("Ivo Tam", "supplied", "Harbor Bank"),
      ("Northgate Ltd", "audited", "Harbor Bank")}),
    ("The payroll service was written by Jon Bell.", {("payroll service", "written by", "Jon Bell")}),
    ("Node A calls Node B. Node B calls Node C. Ledger depends on Redis.",
     {("Node A", "called", "Node B"), ("Node B", "called", "Node C"), ("Ledger", "depended on", "Redis")}),
    ("Clew Bay Terminal (formerly North Quay; opened 1931) is operated by Portco.",
     {("Clew Bay Terminal", "operated by", "Portco"), ("Clew Bay Terminal", "opened in", "1931")}),
    ("The survey was led by Arvid Solheim in 2019.", {("survey (note)", "led by", "Arvid Solheim")}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "says"), STATED, ids=[text[:40] for text, _ in STATED])
def test_everyday_facts_are_read(extractor: SpacyExtractor, text: str, says: set[Said]) -> None:
    found = plain(read(extractor, text))
    assert says <= found, sorted(found)


def test_what_is_no_thing_of_its_own_heads_nothing(extractor: SpacyExtractor) -> None:
    for text in (
        "A printer was bought by Ole Brandt.",
        "Some engineers met Ole Brandt.",
        "This year was good for Acme.",
    ):
        assert not [said for said in read(extractor, text) if said[0] != "Ole Brandt" and said[0] != "Acme"], text


def test_a_thing_spoken_of_twice_is_one(extractor: SpacyExtractor) -> None:
    text = "The payroll service was written by Jon Bell. Ledger depends on the payroll service."
    assert ("Ledger", "depended on", "payroll service") in read(extractor, text)
