"""Calendars and address books: events with their time, place and people, persons with what their cards tell."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from clew.ingest.load.load import Loaded

Told = Callable[..., tuple[list[Loaded], str]]

ICS = """BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:1
SUMMARY:Review of the Kestrel contract
DTSTART:20260312T090000Z
LOCATION:Room Fjord
ORGANIZER;CN=Ana Torres:mailto:ana@example.org
ATTENDEE;CN=Ben Wirth:mailto:ben@example.org
ATTENDEE:mailto:lea@example.org
RRULE:FREQ=WEEKLY;COUNT=2
DESCRIPTION:Bring the draft.\\nBen wrote it.
END:VEVENT
BEGIN:VTODO
SUMMARY:Send the draft
DUE;VALUE=DATE:20260310
STATUS:NEEDS-ACTION
END:VTODO
END:VCALENDAR
"""
VCF = """BEGIN:VCARD
VERSION:3.0
FN:Ada Berg
N:Berg;Ada;;;
ORG:Mill House;Upkeep
TITLE:Warden
EMAIL;TYPE=work:ada@example.org
TEL:+47 555 0134
BDAY:1980-05-04
NOTE:Keeps the key.
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Bo Dahl
ADR:;;Main Street 1;Oslo;;0150;Norway
END:VCARD
BEGIN:VCARD
garbage
"""


def facts(loaded: list[Loaded]) -> set[tuple[str, str, str]]:
    return {(each.head, each.relation, each.tail) for item in loaded for each in item.triples}


def test_a_calendar(tmp_path: Path, told: Told) -> None:
    path = tmp_path / "a.ics"
    path.write_text(ICS)
    loaded, _ = told(path)
    event = "Review of the Kestrel contract"
    assert {
        (event, "start", "2026-03-12"),
        (event, "start time", "09:00 UTC"),
        (event, "location", "Room Fjord"),
        (event, "organiser", "Ana Torres"),
        (event, "attendee", "Ben Wirth"),
        (event, "attendee", "lea@example.org"),
        (event, "repeats", "FREQ=WEEKLY;COUNT=2"),
        ("Ana Torres", "e-mail", "ana@example.org"),
        ("Send the draft", "due", "2026-03-10"),
        ("Send the draft", "status", "NEEDS-ACTION"),
    } <= facts(loaded)
    assert "Bring the draft.\nBen wrote it." in loaded[0].document.text


def test_an_address_book_with_a_broken_card(tmp_path: Path, told: Told) -> None:
    path = tmp_path / "people.vcf"
    path.write_text(VCF)
    loaded, report = told(path)
    found = facts(loaded)
    assert {
        ("Ada Berg", "title", "Warden"),
        ("Ada Berg", "organisation", "Mill House, Upkeep"),
        ("Ada Berg", "e-mail", "ada@example.org"),
        ("Ada Berg", "phone", "+47 555 0134"),
        ("Ada Berg", "birthday", "1980-05-04"),
    } <= found
    assert any(head == "Bo Dahl" and relation == "address" and "Oslo" in tail for head, relation, tail in found)
    assert "Keeps the key." in loaded[0].document.text
    assert "card 3 cannot be read" in report


def test_files_that_are_none(tmp_path: Path, told: Told) -> None:
    for name in ("a.ics", "a.vcf"):
        (tmp_path / name).write_text("nothing of the kind\n")
        assert "holds no" in told(tmp_path / name)[1] or "no calendar" in told(tmp_path / name)[1]
