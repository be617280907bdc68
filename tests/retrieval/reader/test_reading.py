"""The shipped reader on passages that people write."""

import hashlib
import itertools

import pytest

from clew.graph.errors import ModelError
from clew.retrieval.reader.reader import MODEL, Reader, open_reader


@pytest.fixture(scope="module")
def reader() -> Reader:
    return open_reader()


RUNBOOK = """# Ledger

Ledger is a Java service that records every booking. It is owned by Team Basalt. Backups of Ledger run every night at
02:00 and are kept for 30 days.

Ledger was migrated from MySQL to PostgreSQL in March 2022 by Omar Haddad."""

STAFF = "name,role,city\nTom Hughes,treasurer,Cork\nMei Lin,head of sales,Leeds"

EASY = [
    ("Who owns Ledger?", RUNBOOK, "Team Basalt"),
    ("When was Ledger migrated?", RUNBOOK, "March 2022"),
    ("Who migrated Ledger to PostgreSQL?", RUNBOOK, "Omar Haddad"),
    ("Where is Team Cobalt based?", "- Team Cobalt: led by Lena Fischer, based in Berlin", "Berlin"),
    ("who leads team cobalt", "- Team Cobalt: led by Lena Fischer, based in Berlin", "Lena Fischer"),
    ("What is the price of the pump?", "Item: pump\nSupplier: Rossi & Sons\nPrice: €1,250\nDue: 3 May 2024", "€1,250"),
    ("Who supplies the pump?", "Item: pump\nSupplier: Rossi & Sons\nPrice: €1,250\nDue: 3 May 2024", "Rossi & Sons"),
    ("What is Mei Lin's role?", STAFF, "head of sales"),
    ("Where was Marie Curie born?", "Marie Curie was born in Warsaw in 1867. She moved to Paris.", "Warsaw"),
]

# Shared names, no answer.
ABSENT = [
    ("What is the phone number of the pump's supplier?", "Item: pump\nSupplier: Rossi & Sons\nPrice: €1,250"),
    ("When was Harriet Olsen born?", "Marie Curie was born in Warsaw in 1867. She moved to Paris."),
    ("Who painted the ceiling?", "The meeting moved to Tuesday. Lunch is at noon."),
    ("What is Mei Lin's salary?", STAFF),
]


def test_easy_everyday_passages_are_read(reader: Reader) -> None:
    readings = reader.read_pairs([(question, passage) for question, passage, _ in EASY])
    wrong = [
        (question, reading.spans[0].text, answer)
        for (question, _, answer), reading in zip(EASY, readings, strict=True)
        if reading.spans[0].text != answer
    ]
    assert len(wrong) <= 1, wrong


def test_where_there_is_no_answer_the_chance_is_low(reader: Reader) -> None:
    absent = [reading.answerable for reading in reader.read_pairs(ABSENT)]
    present = [reading.answerable for reading in reader.read_pairs([(question, text) for question, text, _ in EASY])]
    assert sum(absent) / len(absent) < 0.4, absent
    assert sum(present) / len(present) > sum(absent) / len(absent) + 0.3, present


def test_spans_are_where_they_say_and_apart(reader: Reader) -> None:
    passages = [RUNBOOK, STAFF, "Ana Silva, Ben Rao and Chloe Lin own Ledger."]
    for reading in reader.read("Who owns Ledger?", passages):
        passage = passages[reading.passage]
        assert 0 <= reading.relevance <= 1
        assert 0 <= reading.answerable <= 1
        assert 1 < len(reading.spans) <= 5
        for span in reading.spans:
            assert passage[span.start : span.end] == span.text == span.text.strip(" .,;:|\n")
            assert "\n\n" not in span.text
            assert 0 <= span.probability <= 1
        ends = sorted((span.start, span.end) for span in reading.spans)
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(ends))
        chances = [span.probability for span in reading.spans]
        assert chances == sorted(chances, reverse=True)


def test_the_number_of_spans_can_be_chosen(reader: Reader) -> None:
    assert len(reader.read("Who owns Ledger?", [RUNBOOK], spans=1)[0].spans) == 1
    assert reader.read("Who owns Ledger?", [RUNBOOK], spans=0)[0].spans == ()


def test_passages_beside_it_change_nothing(reader: Reader) -> None:
    others = [RUNBOOK * count for count in (1, 2, 3)] + [passage for _, passage, _ in EASY]
    together = reader.read("Who owns Ledger?", others)
    for number, other in enumerate(others):
        alone = reader.read("Who owns Ledger?", [other])[0]
        assert alone.relevance == pytest.approx(together[number].relevance, abs=1e-3)
        assert [(span.start, span.end) for span in alone.spans] == [
            (span.start, span.end) for span in together[number].spans
        ]
        for one, same in zip(alone.spans, together[number].spans, strict=True):
            assert one.score == pytest.approx(same.score, abs=1e-3)


def test_threads_change_nothing(reader: Reader) -> None:
    assert open_reader(threads=1).read("Who owns Ledger?", [RUNBOOK]) == reader.read("Who owns Ledger?", [RUNBOOK])


@pytest.mark.parametrize("before", [0, 5, 40, 120])
def test_the_whole_of_a_long_passage_is_read(reader: Reader, before: int) -> None:
    filler = "The weather was mild, and the shop sold bread to those who came by. "
    passage = filler * before + "The harbour bridge was designed by Ingrid Larsen. " + filler * 60
    best = reader.read("Who designed the harbour bridge?", [passage])[0].spans[0]
    assert best.text == "Ingrid Larsen"
    assert best.start == passage.index("Ingrid Larsen")


def test_nothing_is_read_from_nothing(reader: Reader) -> None:
    for reading in reader.read("Who owns Ledger?", ["", " \n\n ", "...", "--- | --- |", "\u200b", "\0"]):
        assert reading.spans == ()
        assert reading.answerable < 0.5
    assert reader.read("Who owns Ledger?", []) == []


def test_any_text_can_be_read(reader: Reader) -> None:
    odd = ["\ud800 lone", "日本語のテキスト。", "a" * 5000, "1" * 2000, "é" * 300, "x\r\ny\tz", "👩‍👩‍👧 owns Ledger"]
    for reading, passage in zip(reader.read("Who owns Ledger?", odd), odd, strict=True):
        assert all(passage[span.start : span.end] == span.text for span in reading.spans)
    assert len(reader.read("", [RUNBOOK])) == 1
    assert len(reader.read("why " * 500, [RUNBOOK])) == 1


def test_a_folder_without_a_reader_is_named(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ModelError, match="cannot be loaded"):
        open_reader(tmp_path)


def test_what_is_shipped_is_what_was_made() -> None:
    lines = (MODEL / "SHA256SUMS").read_text().splitlines()
    assert len(lines) == 2
    for line in lines:
        expected, name = line.split()
        assert hashlib.sha256((MODEL / name).read_bytes()).hexdigest() == expected
    assert sum(file.stat().st_size for file in MODEL.iterdir()) < 25_000_000
