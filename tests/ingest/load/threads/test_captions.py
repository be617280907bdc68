"""Captions: who speaks where the file says it and never else, at what time, sentences whole across cues."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from clew.ingest.load.load import Loaded

Told = Callable[..., tuple[list[Loaded], str]]

VTT = """WEBVTT

00:00:01.000 --> 00:00:05.000
<v Greta Holm>I finished the invoice import yesterday.

00:00:05.500 --> 00:00:09.000
<v Pawel Lis>I am blocked by the firewall change. Greta,
can you ask

00:00:09.000 --> 00:00:09.500
<v Pawel Lis>Ines?

00:01:09.500 --> 00:01:12.000
<v.loud Greta Holm>Sure. <b>The release</b> moves to Thursday.</v>
"""
SRT = """1
00:00:01,000 --> 00:00:05,000
GRETA HOLM: I finished the import.

2
00:00:05,500 --> 00:00:09,000
- It works.
- PAWEL LIS: Note: it does not.
"""


def turns(item: Loaded) -> list[tuple[str, str, str]]:
    text = item.document.text
    told = item.document.annotations.turns  # type: ignore[attr-defined]
    return [(turn.speaker, turn.at, text[turn.start : turn.end]) for turn in told]


def test_webvtt(tmp_path: Path, told: Told) -> None:
    path = tmp_path / "standup.vtt"
    path.write_text(VTT)
    loaded, report = told(path)
    assert turns(loaded[0]) == [
        ("Greta Holm", "00:00:01", "I finished the invoice import yesterday."),
        ("Pawel Lis", "00:00:05", "I am blocked by the firewall change. Greta, can you ask Ines?"),
        ("Greta Holm", "00:01:09", "Sure. The release moves to Thursday."),
    ]
    assert [section.title for section in loaded[0].sections] == ["00:00:01", "00:01:09"]
    assert "4 of 2 speakers" in report


def test_srt_and_speakers_that_nobody_names(tmp_path: Path, told: Told) -> None:
    path = tmp_path / "a.srt"
    path.write_text(SRT)
    assert turns(told(path)[0][0]) == [
        ("Greta Holm", "00:00:01", "I finished the import."),
        ("", "00:00:05", "It works."),
        ("Pawel Lis", "00:00:05", "Note: it does not."),
    ]


def test_captions_that_overlap_or_are_broken(tmp_path: Path, told: Told) -> None:
    path = tmp_path / "over.vtt"
    path.write_text(
        "WEBVTT\n\n00:05.000 --> 00:09.000\nsecond.\n\n00:01.000 --> 00:07.000\nfirst.\n\nbroken --> x\nlost?\n"
    )
    loaded, report = told(path)
    assert [words for _, _, words in turns(loaded[0])][:2] == ["first.", "second."]
    assert "1 captions that overlap" in report
    (tmp_path / "none.vtt").write_text("no captions\n")
    assert "none.vtt" in told(tmp_path / "none.vtt")[1]
