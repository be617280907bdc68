"""Questions that were once answered wrongly, each one of a kind, with other names: direction, what is no longer so,
companies that act, members, tables, steps. Where the text does not say, nothing is said."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import pytest

import clew

OFFICE = """Osric Ltd acquired Pellworm in 2016. Pellworm was founded by Ida Lund in Graz in 1999. Osric Ltd is owned by
Tarn Capital. Selma Roth chairs the Audit Board. Quay & Sons audits Harbor Union. Bo Lind reports to Eva Rask, and Kai
Moss reports to Bo Lind. Hugo Weil hired Nina Falk. Nina Falk hired Omar Dahl."""
CHANGES = """Rhea Stone is no longer the treasurer of Vela Club. Paul Imhof is the former coach of Vela Club.
Vela Club used to be based in Bern but is now based in Chur."""
NOTE = """# Discharge note

Patient: Martin Osei, born 3 May 1950.
He is allergic to latex. He was treated by Dr. Lena Vogt."""
PRICES = """item,price,supplier
Lantern,18.50,Kestrel
Tent pole,7.20,Kestrel
Camping mug,4.90,Adler
"""
LIST = """# Contacts

- Escalation manager: Lena Fisch
- Product owner: Priya Rao
- Team Basalt: led by Omar Said, based in Porto
"""


@pytest.fixture(scope="module")
def ask() -> Callable[[str], clew.Answer]:
    kg = clew.open("memory:")
    texts = {"office": OFFICE, "changes": CHANGES, "note.md": NOTE, "prices.csv": PRICES, "contacts.md": LIST}
    kg.add([{"id": name, "title": name.partition(".")[0], "text": text} for name, text in texts.items()])
    return cache(kg.ask)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Who acquired Pellworm?", "Osric Ltd"),
        ("Which company acquired Pellworm?", "Osric Ltd"),
        ("Who owns Osric Ltd?", "Tarn Capital"),
        ("Who founded Pellworm?", "Ida Lund"),
        ("Who chairs the Audit Board?", "Selma Roth"),
        ("Who chaired the Audit Board?", "Selma Roth"),
        ("Which company audits Harbor Union?", "Quay & Sons"),
        ("Who reports to Bo Lind?", "Kai Moss"),
        ("Who does Bo Lind report to?", "Eva Rask"),
        ("Who hired Nina Falk?", "Hugo Weil"),
        ("By whom was Nina Falk hired?", "Hugo Weil"),
        ("Who did Nina Falk hire?", "Omar Dahl"),
        ("Who hired the person who hired Omar Dahl?", "Hugo Weil"),
        ("Where is Vela Club based?", "Chur"),
        ("What is Martin Osei allergic to?", "latex"),
        ("How much does the lantern cost?", "18.50"),
        ("Who is the product owner?", "Priya Rao"),
        ("Who is the escalation manager?", "Lena Fisch"),
    ],
)
def test_what_the_text_says_is_said_first(question: str, says: str, ask: Callable[[str], clew.Answer]) -> None:
    answer = ask(question)
    assert says in answer.text.splitlines()[0], answer.text
    assert not answer.abstained


@pytest.mark.parametrize(
    ("question", "never"),
    [
        ("When was Osric Ltd acquired?", "2016"),
        ("Who is the treasurer of Vela Club?", "Rhea Stone"),
        ("Who is the coach of Vela Club?", "Paul Imhof"),
        ("Who founded the Audit Board?", "Ida Lund"),
        ("Where is Kestrel based?", "Porto"),
    ],
)
def test_what_the_text_does_not_say_is_not_said(question: str, never: str, ask: Callable[[str], clew.Answer]) -> None:
    answer = ask(question)
    assert never not in answer.text.splitlines()[0], answer.text
