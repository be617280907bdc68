"""Mail: who wrote what to whom, quotations by whoever wrote them, signatures as facts; bad mail loses nothing."""

from __future__ import annotations

import mailbox
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from clew.ingest.load.load import Loaded
from clew.ingest.load.threads.body import parts
from clew.ingest.load.threads.signature import stated

Told = Callable[..., tuple[list[Loaded], str]]

LETTER = """From: Ana Torres <ana@example.org>
To: Ben Wirth <ben@example.org>
Cc: "Sand, Lea" <lea@example.org>
Subject: Re: Kestrel pump order
Date: Tue, 03 Mar 2026 10:12:00 +0100
Message-ID: <2@example.org>
In-Reply-To: <1@example.org>
Content-Type: text/plain; charset=utf-8

Ben,

I have approved the order. My budget code is K-7741.

Best
Ana
--
Ana Torres, Head of Procurement, Nordhavn Works

On Mon, 02 Mar 2026 at 18:40, Ben Wirth <ben@example.org> wrote:
> We need twelve Kestrel pumps by May. I asked Hydromar for a quote: 1,450 EUR each.
"""


def turns(item: Loaded) -> list[tuple[str, str, str]]:
    text = item.document.text
    return [
        (turn.speaker, turn.addressee, text[turn.start : turn.end])
        for turn in item.document.annotations.turns  # type: ignore[attr-defined]
    ]


def facts(loaded: list[Loaded]) -> set[tuple[str, str, str]]:
    return {(each.head, each.relation, each.tail) for item in loaded for each in item.triples}


def test_a_letter_is_who_says_what_to_whom(tmp_path: Path, told: Told) -> None:
    (tmp_path / "thread.eml").write_text(LETTER)
    loaded, _ = told(tmp_path / "thread.eml")
    assert {
        ("Ana Torres", "wrote to", "Ben Wirth"),
        ("Ana Torres", "copied in", "Lea Sand"),
        ("Ana Torres", "replied to", "Ben Wirth"),
        ("Ana Torres", "wrote about", "Kestrel pump order"),
        ("Ana Torres", "e-mail", "ana@example.org"),
        ("Ana Torres", "role", "Head of Procurement"),
        ("Ana Torres", "works at", "Nordhavn Works"),
    } <= facts(loaded)
    (own, quoted) = turns(loaded[0])
    assert own[:2] == ("Ana Torres", "Ben Wirth")
    assert "approved the order" in own[2]
    assert quoted == ("Ben Wirth", "Ana Torres", LETTER.rpartition("> ")[2].strip())
    when = {each.qualifiers.get("time") for each in loaded[0].triples if each.relation == "wrote to"}
    assert when == {"2026-03-03"}
    assert loaded[0].document.title == "Re: Kestrel pump order"
    for triple in loaded[0].triples:
        assert loaded[0].document.text[triple.start : triple.end].strip()


def test_i_is_the_sender_and_the_quoted_one(tmp_path: Path, said: Callable[..., set[tuple[str, str, str]]]) -> None:
    (tmp_path / "a.eml").write_text(
        LETTER.replace("We need twelve Kestrel pumps by May. I asked", "I met Hydromar. I asked")
    )
    found = said(tmp_path / "a.eml")
    assert ("Ben Wirth", "met", "Hydromar") in found
    assert not any(head == "Ana Torres" and relation == "met" for head, relation, _ in found)


def test_quotations_in_other_languages_and_programs() -> None:
    german = "Ja, gerne.\n\nAm 02.03.2026 um 18:40 schrieb Ben Wirth:\n> Sollen wir?\n> > Nein.\n\nGruß\nAna Torres\n"
    kinds = [(part.kind, part.author, part.text) for part in parts(german, "Ana Torres")]
    assert ("quoted", "Ben Wirth", "Sollen wir?") in kinds
    assert ("quoted", "", "Nein.") in kinds
    french = "Oui.\n\nLe lun. 2 mars 2026 à 18:40, Lea Sand <lea@example.org> a écrit :\n> On y va ?\n"
    assert ("quoted", "Lea Sand", "On y va ?") in [(part.kind, part.author, part.text) for part in parts(french, "X")]
    wrapped = "Ok.\n\nOn Mon, 2 Mar 2026 at 18:40, Ben Wirth\n<ben@example.org> wrote:\n> Now?\n"
    assert ("quoted", "Ben Wirth") in [(part.kind, part.author) for part in parts(wrapped, "X")]
    below = (
        "Please do.\n\nMia Berg\nCTO | Acme GmbH\n\n-----Original Message-----\nFrom: Bob Lee <b@example.org>\n"
        "Sent: Monday, March 2, 2026 10:00 AM\nTo: Mia\nSubject: pumps\n\nCan we order ten?\n\nBob\n"
    )
    found = [(part.kind, part.author, part.text) for part in parts(below, "Mia Berg")]
    assert ("own", "", "Please do.") in found
    assert ("signature", "Mia Berg", "Mia Berg\nCTO | Acme GmbH") in found
    assert ("quoted", "Bob Lee", "Can we order ten?") in found


def test_all_words_of_a_body_are_in_its_parts() -> None:
    body = "Hi,\n\n> a\nb\n>> c\n-----\nFrom: X\n\n--\nd, e\n\nOn 2026 F G wrote:\n> h\n"
    words = " ".join(part.text for part in parts(body, "X")).replace(">", " ").split()
    assert words == body.replace(">", " ").split()


def test_signatures() -> None:
    found = {
        (each.relation, each.value)
        for each in stated("Mia Berg\nCTO | Acme GmbH\nTel: +49 30 123456\nwww.acme.example", "Mia Berg", "")
    }
    assert found == {
        ("role", "CTO"),
        ("works at", "Acme GmbH"),
        ("phone", "+49 30 123456"),
        ("website", "www.acme.example"),
    }
    assert {each.relation: each.value for each in stated("Mia Berg, Acme", "Mia Berg", "mia@acme.example")} == {
        "works at": "Acme"
    }


def message(number: int, **headers: str) -> EmailMessage:
    made = EmailMessage()
    made["From"] = "Ada Berg <ada@example.org>"
    made["To"] = "Bo Dahl <bo@example.org>"
    made["Subject"] = f"Letter {number}"
    made["Message-ID"] = f"<{number}@example.org>"
    made["Date"] = "Tue, 03 Mar 2026 10:12:00 +0100"
    for name, value in headers.items():
        del made[name]
        if value:
            made[name] = value
    made.set_content(f"I signed paper {number}.\n")
    return made


def test_an_mbox_cut_in_the_middle_and_a_message_without_a_date(tmp_path: Path, told: Told) -> None:
    box = mailbox.mbox(tmp_path / "old.mbox")
    box.add(message(1))
    box.add(message(2, Date=""))
    attached = message(3)
    attached.add_attachment(b"x" * 4000, maintype="application", subtype="pdf", filename="quote.pdf")
    box.add(attached)
    box.flush()
    box.close()
    path = tmp_path / "old.mbox"
    path.write_bytes(path.read_bytes()[:-2500])
    loaded, report = told(path)
    assert [item.document.title for item in loaded] == ["Letter 1", "Letter 2", "Letter 3"]
    assert report.count("has no date") == 1
    assert report.count("is cut off") == 1
    assert ("Ada Berg", "attached", "quote.pdf") in facts(loaded)
    assert "I signed paper 3." in loaded[2].document.text


def test_a_mail_folder(tmp_path: Path, told: Told) -> None:
    box = mailbox.Maildir(tmp_path / "Mail")
    box.add(message(1))
    box.add(message(2))
    loaded, report = told(tmp_path / "Mail")
    assert sorted(item.document.title for item in loaded) == ["Letter 1", "Letter 2"]
    assert "a mail folder" in report


def test_html_mail_and_odd_mail(tmp_path: Path, told: Told) -> None:
    (tmp_path / "page.eml").write_bytes(
        b"From: =?utf-8?q?J=C3=B6rg_M?= <j@example.org>\nContent-Type: text/html; charset=x-unknown\n\n"
        b"<p>I left.</p><blockquote>Stay!</blockquote>"
    )
    (tmp_path / "none.eml").write_bytes(b"\n\n")
    (tmp_path / "deep.eml").write_bytes(b"Subject: x\n\n" + b"> " * 4000 + b"end\n")
    loaded, report = told(tmp_path)
    assert {item.document.title for item in loaded} == {"Message from Jörg M", "x"}
    assert "I left." in next(item.document.text for item in loaded if item.document.title != "x")
    assert "none.eml" in report


def test_bodies_are_read_in_linear_time() -> None:
    for line in ("> ", "On Mon 2026:\n", "From: x 2026\n", "-----\n", "\n", "a: b\n", ">" * 50 + "\n", "A B, "):
        start = time.perf_counter()
        parts(line * 20_000, "x")
        stated(line * 2_000, "x", "x@y.z")
        assert time.perf_counter() - start < 10, line


def test_what_is_attached_is_a_document_of_the_message(tmp_path: Path, told: Told) -> None:
    letter = message(4)
    letter.add_attachment("Boat,Price\nHeron,1450\n", subtype="csv", filename="prices.csv")
    letter.add_attachment("Ada Berg lives in Oslo.", filename="../../notes.txt")
    letter.add_attachment("Ben Wirth lives in Oban.", filename="../../notes.txt")
    letter.add_attachment(b"\x00\x01", maintype="application", subtype="octet-stream", filename="blob.bin")
    letter.add_attachment(b"not a word file", maintype="application", subtype="x", filename="broken.docx")
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "Lea Sand <l@example.org>", "Within"
    inner.set_content("I left Bergen.")
    letter.add_attachment(inner.as_bytes(), maintype="application", subtype="x", filename="inner.eml")
    (tmp_path / "a.eml").write_bytes(letter.as_bytes())
    loaded, report = told(tmp_path)
    places = {item.document.uri.partition("a.eml")[2]: item.document for item in loaded}
    assert {"", "#prices.csv", "#../../notes.txt", "#../../notes.txt/3", "#inner.eml"} <= set(places)
    assert places["#../../notes.txt"].text.strip() == "Ada Berg lives in Oslo."
    assert places["#prices.csv"].metadata["attached to"] == "Letter 4"
    assert places["#prices.csv"].metadata["from"] == "Ada Berg"
    assert places["#prices.csv"].metadata["date"] == places[""].metadata["date"]
    assert ("Lea Sand", "I left Bergen.") in {(speaker, words) for item in loaded for speaker, _, words in talk(item)}
    assert "a.eml holds blob.bin, which is of a kind that is not read" in report
    assert "a.eml holds broken.docx, which is a broken Word document" in report
    assert not list(tmp_path.parent.glob("notes.txt"))


def talk(item: Loaded) -> list[tuple[str, str, str]]:
    return turns(item) if item.document.annotations is not None else []


def test_messages_within_messages_end_somewhere(tmp_path: Path, told: Told) -> None:
    data = b"From: Ada Berg <a@example.org>\n\nI am the innermost.\n"
    for number in range(8):
        outer = EmailMessage()
        outer["From"], outer["Subject"] = "Ada Berg <a@example.org>", f"Level {number}"
        outer.set_content("See below.")
        outer.add_attachment(data, maintype="application", subtype="x", filename="m.eml")
        data = outer.as_bytes()
    (tmp_path / "a.eml").write_bytes(data)
    loaded, report = told(tmp_path)
    assert len(loaded) == 4
    assert "lies too deep" in report


def test_outlooks_own_form_is_named_with_the_way_out(tmp_path: Path, told: Told) -> None:
    (tmp_path / "a.msg").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "a.txt").write_text("Ada lives in Oslo.")
    _, report = told(tmp_path)
    assert "save it as .eml" in report
