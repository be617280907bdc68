"""Chats that programs export as JSON: who says what, when and in answer to whom; notices are no speech."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clew.ingest.load.load import Loaded

Told = Callable[..., tuple[list[Loaded], str]]
Said = Callable[..., set[tuple[str, str, str]]]

TELEGRAM: dict[str, Any] = {
    "name": "Regatta",
    "type": "private_group",
    "id": 77,
    "messages": [
        {"id": 1, "type": "service", "date": "2026-03-01T09:00:00", "actor": "Lea Sand", "action": "create_group"},
        {
            "id": 2,
            "type": "message",
            "date": "2026-03-02T10:00:00",
            "date_unixtime": "1772445600",
            "from": "Lea Sand",
            "from_id": "user1",
            "text": ["I visited ", {"type": "bold", "text": "Oslo"}, " with the boat"],
            "text_entities": [],
        },
        {
            "id": 3,
            "type": "message",
            "date": "2026-03-02T10:05:00",
            "from": "Ben Wirth",
            "text": "I left Bergen",
            "reply_to_message_id": 2,
            "file_name": "files/route.pdf",
        },
    ],
}
DISCORD: dict[str, Any] = {
    "guild": {"id": "1", "name": "Harbour"},
    "channel": {"id": "2", "name": "general"},
    "messages": [
        {
            "id": "10",
            "type": "Default",
            "timestamp": "2026-03-02T10:00:00.5+00:00",
            "content": "I visited Oslo",
            "author": {"name": "lea", "nickname": "Lea Sand", "isBot": False},
        },
        {
            "id": "11",
            "type": "Reply",
            "timestamp": "2026-03-02T10:05:00+00:00",
            "content": "I left Bergen",
            "author": {"name": "Ben Wirth", "nickname": None},
            "reference": {"messageId": "10"},
            "attachments": [{"fileName": "route.pdf"}],
        },
        {"id": "12", "type": "GuildMemberJoin", "content": "Joined the server.", "author": {"name": "x"}},
        {"id": "13", "type": "Default", "content": "beep", "author": {"name": "bot", "isBot": True}},
    ],
}
TEAMS: dict[str, Any] = {
    "value": [
        {
            "id": "1",
            "messageType": "message",
            "createdDateTime": "2026-03-02T10:00:00Z",
            "from": {"user": {"displayName": "Lea Sand"}},
            "body": {"contentType": "html", "content": "<p>I visited <b>Oslo</b>.</p><p>The sea was calm.</p>"},
        },
        {
            "id": "2",
            "messageType": "message",
            "createdDateTime": "2026-03-02T10:05:00Z",
            "replyToId": "1",
            "from": {"user": {"displayName": "Ben Wirth"}},
            "body": {"contentType": "text", "content": "I left Bergen"},
            "attachments": [{"name": "route.pdf"}],
        },
        {"id": "3", "messageType": "systemEventMessage", "from": None, "body": {"content": "<systemEventMessage/>"}},
    ]
}
SIGNAL: list[dict[str, Any]] = [
    {
        "conversationId": "c",
        "type": "incoming",
        "sent_at": 1772445600000,
        "body": "I visited Oslo",
        "sourceName": "Lea Sand",
    },
    {
        "conversationId": "c",
        "type": "outgoing",
        "sent_at": 1772445900000,
        "body": "I left Bergen",
        "sourceName": "Ben Wirth",
        "quote": {"id": 1772445600000},
        "attachments": [{"fileName": "route.pdf"}],
    },
    {"conversationId": "c", "type": "keychange", "sent_at": 1772445900001},
]
LINES = [
    {"date": "2026-03-02 10:00:00", "sender": "Lea Sand", "body": "I visited Oslo", "quote": "", "reactions": []},
    {"date": "2026-03-02 10:05:00", "sender": "Ben Wirth", "body": "I left Bergen", "reactions": []},
]
EXPORTS = {
    "Telegram": ("result.json", json.dumps(TELEGRAM)),
    "Discord": ("general.json", json.dumps(DISCORD)),
    "Teams": ("chat.json", json.dumps(TEAMS)),
    "Signal": ("messages.json", json.dumps(SIGNAL)),
    "Signal, a line a message": ("data.json", "\n".join(map(json.dumps, LINES))),
    "Signal, named as lines": ("data.jsonl", "\n".join(map(json.dumps, LINES))),
}


@pytest.mark.parametrize("program", EXPORTS)
def test_who_says_what_and_when(program: str, tmp_path: Path, told: Told, said: Said) -> None:
    name, text = EXPORTS[program]
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (item,), report = told(path)
    turns = item.document.annotations.turns  # type: ignore[attr-defined]
    assert [turn.speaker for turn in turns] == ["Lea Sand", "Ben Wirth"]
    assert {turn.date for turn in turns} == {"2026-03-02"}
    words = [item.document.text[turn.start : turn.end] for turn in turns]
    assert words[0].startswith("I visited Oslo")
    assert words[1] == "I left Bergen"
    assert f"is read as a chat of {program.partition(',')[0]}: 2 messages of 2 people" in report
    facts = said(path)
    assert ("Lea Sand", "visited", "Oslo") in facts
    if "line" not in program:
        assert {("Ben Wirth", "replied to", "Lea Sand"), ("Ben Wirth", "shared", "route.pdf")} <= facts


def test_notices_and_bots_are_no_speech(tmp_path: Path, told: Told) -> None:
    for name, value in (("a.json", TELEGRAM), ("b.json", DISCORD), ("c.json", TEAMS), ("d.json", SIGNAL)):
        (tmp_path / name).write_text(json.dumps(value), encoding="utf-8")
    loaded, report = told(tmp_path)
    assert [item.note.partition("; ")[2].partition(" ")[0] for item in loaded] == ["1", "2", "1", "1"]
    assert "Lea Sand create_group" in loaded[0].document.text
    assert "beep" in loaded[1].document.text
    assert report.count("is read as a chat of") == 4


def test_all_chats_of_an_account_are_documents(tmp_path: Path, told: Told) -> None:
    empty = {"name": "Nobody", "id": 3, "messages": []}
    whole = {"about": "x", "chats": {"about": "y", "list": [TELEGRAM, {**TELEGRAM, "name": "Other", "id": 78}, empty]}}
    (tmp_path / "result.json").write_text(json.dumps(whole), encoding="utf-8")
    loaded, report = told(tmp_path)
    assert [(item.document.title, item.document.uri.partition("#")[2]) for item in loaded] == [
        ("Regatta", "77"),
        ("Other", "78"),
    ]
    assert "holds no messages" in report


def test_messages_without_a_date_or_a_name_lose_nothing(tmp_path: Path, told: Told) -> None:
    records: list[Any] = [
        {"conversationId": "c", "sent_at": None, "body": "I visited Oslo", "sourceName": "Lea Sand"},
        {"conversationId": "c", "sent_at": 9e99, "body": "nobody says so"},
        "no record",
        {"conversationId": "c", "sent_at": 1, "body": ["odd"], "sourceName": {"x": 1}, "quote": "y", "attachments": 3},
    ]
    (tmp_path / "m.json").write_text(json.dumps(records), encoding="utf-8")
    (item,), report = told(tmp_path)
    assert "nobody says so" in item.document.text
    assert "2 messages have no date" in report


@pytest.mark.parametrize("cut", [80, 400])
def test_an_export_cut_in_the_middle_is_named(cut: int, tmp_path: Path, told: Told) -> None:
    (tmp_path / "m.json").write_text(json.dumps(SIGNAL)[:cut], encoding="utf-8")
    loaded, report = told(tmp_path)
    assert "is no valid JSON" in report or loaded


def test_records_of_other_kinds_are_records(tmp_path: Path, told: Told) -> None:
    rows = [{"id": 1, "title": "A", "text": "Ada visited Oslo.", "author": "Lea", "date": "2026-01-01"}]
    (tmp_path / "a.json").write_text(json.dumps(rows), encoding="utf-8")
    (tmp_path / "b.json").write_text(json.dumps(DISCORD), encoding="utf-8")
    loaded, report = told(tmp_path, plain=True)
    assert "is read as a chat" not in report
    assert loaded
