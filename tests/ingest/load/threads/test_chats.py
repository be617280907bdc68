"""Chats and transcripts: who says what, in the forms that programs and nations write them; notices are no speech."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from clew.ingest.load.load import Loaded

Told = Callable[..., tuple[list[Loaded], str]]
Said = Callable[..., set[tuple[str, str, str]]]

CHAT = """[14/02/2026, 18:02:11] Lea Sand: The boiler man comes on Tuesday at 8
[14/02/2026, 18:03:40] Ben Wirth: I can't, I'm in Bergen until Wednesday
and then in Oslo
[14/02/2026, 18:05:15] Ben Wirth: <Media omitted>
[14/02/2026, 18:06:00] Lea Sand added Ada Berg
"""
SLACK = {
    "channels.json": [{"id": "C1", "name": "general", "members": ["U01", "U02"]}],
    "users.json": [
        {"id": "U01", "name": "ines", "profile": {"real_name": "Ines Moreau", "title": "Platform lead"}},
        {"id": "U02", "name": "kofi", "profile": {"real_name": "Kofi Adu"}},
    ],
    "general/2026-03-02.json": [
        {"type": "message", "user": "U01", "text": "I visited Oslo, see <#C1|general>", "ts": "1772440200.0001"},
        {
            "type": "message",
            "user": "U02",
            "text": "<@U01> thanks! I left Bergen &amp; <https://x.example|the site>",
            "ts": "1772440260.0002",
            "thread_ts": "1772440200.0001",
        },
        {"subtype": "channel_join", "user": "U02", "text": "<@U02> has joined the channel", "ts": "1772440000.0001"},
        {"subtype": "bot_message", "username": "ci", "text": "build failed", "ts": "1772440300.0001", "bot_id": "B1"},
    ],
}


def turns(item: Loaded) -> list[tuple[str, str]]:
    text = item.document.text
    return [(turn.speaker, text[turn.start : turn.end]) for turn in item.document.annotations.turns]  # type: ignore[attr-defined]


def days(item: Loaded) -> list[str]:
    return [turn.date for turn in item.document.annotations.turns]  # type: ignore[attr-defined]


def slack(root: Path, files: dict[str, list[dict[str, object]]]) -> Path:
    for name, records in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(records))
    return root


def test_a_chat_in_a_text_file(tmp_path: Path, told: Told, said: Said) -> None:
    path = tmp_path / "chat.txt"
    path.write_text(CHAT)
    loaded, report = told(path)
    assert turns(loaded[0]) == [
        ("Lea Sand", "The boiler man comes on Tuesday at 8"),
        ("Ben Wirth", "I can't, I'm in Bergen until Wednesday\nand then in Oslo"),
    ]
    assert days(loaded[0]) == ["2026-02-14", "2026-02-14"]
    assert "Lea Sand added Ada Berg" in loaded[0].document.text
    assert "2 messages of 2 people; 2 notices" in report
    assert ("Ben Wirth", "is in", "Bergen") in said(path)


@pytest.mark.parametrize(
    ("line", "day"),
    [
        ("14.02.26, 18:02 - {}: {}", "2026-02-14"),
        ("2/14/26, 6:02 PM - {}: {}", "2026-02-14"),
        ("2026-02-14, 18:02 - {}: {}", "2026-02-14"),
        ("[14.02.2026, 18:02:11] {}: {}", "2026-02-14"),
        ("\u200e[2026/02/14, 18:02:11] {}: {}", "2026-02-14"),
        ("14-02-2026 18:02 - {}: {}", "2026-02-14"),
    ],
)
def test_national_forms_of_dates(tmp_path: Path, told: Told, line: str, day: str) -> None:
    path = tmp_path / "chat.txt"
    path.write_text("\n".join(line.format(name, f"I am number {n}") for n, name in enumerate(["Ada", "Bo"] * 3)))
    loaded, _ = told(path)
    assert len(turns(loaded[0])) == 6
    assert set(days(loaded[0])) == {day}


def test_the_order_of_day_and_month_is_that_of_the_whole_file(tmp_path: Path, told: Told) -> None:
    path = tmp_path / "chat.txt"
    path.write_text(
        "".join(f"0{n}/03/2026, 10:00 - Ada: I wrote\n" for n in (1, 2, 3)) + "13/03/2026, 10:00 - Bo: Ok\n"
    )
    assert days(told(path)[0][0]) == ["2026-03-01", "2026-03-02", "2026-03-03", "2026-03-13"]


def test_any_transcript_with_names(tmp_path: Path, told: Told) -> None:
    path = tmp_path / "minutes.txt"
    path.write_text(
        "Weekly meeting\n\nGRETA HOLM: I finished the import yesterday.\nPawel Lis: I am blocked by the firewall.\n"
        "GRETA HOLM (10:02): Then I will ask the network team.\nIt takes a day.\nPawel Lis: That would help us a lot.\n"
    )
    loaded, _ = told(path)
    assert [speaker for speaker, _ in turns(loaded[0])] == ["Greta Holm", "Pawel Lis", "Greta Holm", "Pawel Lis"]
    assert "It takes a day." in turns(loaded[0])[2][1]
    assert "Weekly meeting" in loaded[0].document.text


@pytest.mark.parametrize(
    "text",
    [
        "Severity: 1\nIncident commander: Priya Nair\nSeverity: 2\nIncident commander: Ada\nSeverity: 3\n",
        "Q: What is it that you do?\nA: I repair all of the old boats.\nQ: Why do you do it?\nA: I like the sea.\n",
        "Dear all,\n\nNote: the mill is shut.\nBest\nAda\n",
        "It was 14.02.2026 and Ada: she left.\n",
    ],
)
def test_other_texts_are_no_talk(tmp_path: Path, told: Told, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text)
    assert told(path)[0][0].document.annotations is None


def test_plain_takes_a_chat_for_a_text(tmp_path: Path, told: Told) -> None:
    path = tmp_path / "chat.txt"
    path.write_text(CHAT)
    assert told(path, plain=True)[0][0].document.text == CHAT


def test_a_slack_export(tmp_path: Path, told: Told, said: Said) -> None:
    root = slack(tmp_path / "export", SLACK)
    loaded, report = told(root)
    day = next(item for item in loaded if item.document.title == "#general, 2026-03-02")
    assert turns(day) == [
        ("Ines Moreau", "I visited Oslo, see #general"),
        ("Kofi Adu", "@Ines Moreau thanks! I left Bergen & the site (https://x.example)"),
    ]
    assert "Kofi Adu has joined the channel" in day.document.text
    assert "build failed" in day.document.text
    assert "2 messages of 2 people in 1 channels; 2 notices" in report
    found = said(root)
    assert {
        ("Ines Moreau", "visited", "Oslo"),
        ("Kofi Adu", "left", "Bergen"),
        ("Kofi Adu", "replied to", "Ines Moreau"),
        ("Ines Moreau", "title", "Platform lead"),
    } <= found


def test_a_slack_export_without_its_users(tmp_path: Path, told: Told) -> None:
    root = slack(tmp_path / "export", {name: rows for name, rows in SLACK.items() if name != "users.json"})
    loaded, report = told(root)
    assert [speaker for speaker, _ in turns(loaded[0])] == ["U01", "U02"]
    assert "who U01, U02 is, the export does not tell" in report
    bare = slack(tmp_path / "bare", {"general/2026-03-02.json": SLACK["general/2026-03-02.json"]})
    (bare / "general" / "2026-03-03.json").write_text("{broken")
    loaded, report = told(bare)
    assert len(turns(loaded[0])) == 2
    assert "2026-03-03.json is no valid JSON" in report


def test_questions_are_no_facts_and_the_rest_is_attributed(tmp_path: Path, extractor: object) -> None:
    from clew.ingest.chunk import chunk
    from clew.ingest.load.load import load

    path = tmp_path / "chat.txt"
    path.write_text(
        "[14/02/2026, 18:02] Lea Sand: Did Ada leave Oslo?\n[14/02/2026, 18:03] Ben Wirth: I left Bergen on Friday.\n"
        "[14/02/2026, 18:04] Lea Sand: You met Ada Berg.\n[14/02/2026, 18:05] Ben Wirth: Will you visit Rome?\n"
    )
    (item,) = [each for each in load([path]) if isinstance(each, Loaded)]
    (read,) = extractor([(item.document, chunk(item.document))])  # type: ignore[operator]
    by = {
        (triple.head, triple.relation, str(triple.tail)): triple
        for triple in read.triples
        if isinstance(triple.tail, str)
    }
    assert ("Ben Wirth", "left", "Bergen") in by
    assert ("Ben Wirth", "met", "Ada Berg") in by
    assert not any("Rome" in key or "Oslo" in key for key in by)
    left = by["Ben Wirth", "left", "Bergen"]
    assert left.flags == ("attributed:Ben Wirth",)
    assert left.qualifiers.get("time") == "2026-02-13"
