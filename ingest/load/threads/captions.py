"""Captions of a recording, WebVTT and SRT: who speaks where it is said, and at what time."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

import srt
import webvtt
from webvtt.errors import MalformedFileError

from clew.graph.errors import SourceError
from clew.ingest.load.decode import clean, read_text
from clew.ingest.load.items import Loaded, Origin, Problem
from clew.ingest.load.threads.script import Script, first_names
from clew.ingest.load.threads.speakers import speaker_of
from clew.ingest.structure.turns import Link, Turn

_VOICE = re.compile(r"<v(?:\.[\w.-]{1,40})?[ \t]+([^<>\n]{1,80})>")
_TAG = re.compile(r"</?[a-zA-Z0-9][^<>\n]{0,120}>")
_ENDS = (".", "!", "?", "…", '."', '?"', '!"', ".”", "?”", "!”")
_MINUTE = 60


@dataclass(frozen=True, slots=True)
class Cue:
    """Words that are shown from `start` to `end`, in seconds, with their speaker where the cue names one."""

    start: float
    end: float
    speaker: str
    text: str


def read_vtt(origin: Origin) -> Iterator[Loaded | Problem]:
    """The document of a WebVTT file."""
    raw, note = read_text(origin.path)
    head, found, rest = raw.lstrip().partition("\n")
    try:
        captions = webvtt.from_buffer(io.StringIO(f"{head}{found}{rest}")).captions
    except (MalformedFileError, ValueError, IndexError) as error:
        raise SourceError(f"is no WebVTT that can be read: {error or 'it does not begin with WEBVTT'}") from error
    cues = [cue for each in captions for cue in _voices(each.start_in_seconds, each.end_in_seconds, each.raw_text)]
    yield _document(origin, cues, note)


def read_srt(origin: Origin) -> Iterator[Loaded | Problem]:
    """The document of an SRT file."""
    raw, note = read_text(origin.path)
    captions = list(srt.parse(raw, ignore_errors=True))
    cues = [
        cue for each in captions for cue in _voices(each.start.total_seconds(), each.end.total_seconds(), each.content)
    ]
    yield _document(origin, cues, note)


def _voices(start: float, end: float, raw: str) -> Iterator[Cue]:
    """The parts of one cue, each with its speaker."""
    marks = list(_VOICE.finditer(raw))
    bounds = [match.start() for match in marks] + [len(raw)]
    if bounds[0] > 0 and raw[: bounds[0]].strip():
        yield from _lines(start, end, _TAG.sub("", raw[: bounds[0]]))
    for match, stop in zip(marks, bounds[1:], strict=True):
        words = _TAG.sub("", raw[match.end() : stop])
        yield Cue(start, end, " ".join(match.group(1).split()), " ".join(clean(words).split()))


def _lines(start: float, end: float, words: str) -> Iterator[Cue]:
    """Lines of a cue without voice tags; `NAME:` and a dash begin another one's words."""
    held: list[str] = []
    speaker = ""
    for line in map(str.strip, clean(words).split("\n")):
        name, said = speaker_of(line.removeprefix("-").removeprefix("–").strip())
        if (name or line.startswith(("- ", "– "))) and held:
            yield Cue(start, end, speaker, " ".join(held))
            held, speaker = [], ""
        speaker = name or speaker
        held.append(said.removeprefix("- "))
    if any(held):
        yield Cue(start, end, speaker, " ".join(filter(None, held)))


def _document(origin: Origin, cues: list[Cue], note: str) -> Loaded:
    cues = [cue for cue in cues if cue.text]
    if not cues:
        raise SourceError("holds no captions")
    ordered = sorted(cues, key=lambda cue: cue.start)
    overlapping = sum(
        before.end > after.start + 0.001
        for before, after in pairwise(ordered)
        if before.speaker == after.speaker or not after.speaker
    )
    script = Script()
    minute = -1
    for run in _runs(ordered):
        at = clock(run[0].start)
        if int(run[0].start // _MINUTE) != minute:
            minute = int(run[0].start // _MINUTE)
            script.section(at)
        _turn(script, run, at)
    notes = [note] if note else []
    notes += (
        [f"has {overlapping:,} captions that overlap in time; they are read by when they begin"] if overlapping else []
    )
    people = {cue.speaker for cue in cues if cue.speaker}
    notes.append(f"is read as captions: {len(cues):,} of {_speakers(len(people))}")
    return script.loaded(origin.uri, origin.stem, note="; ".join(notes), names=first_names(people))


def _speakers(count: int) -> str:
    return f"{count} speaker{'s' if count > 1 else ''}" if count else "speakers that are not named"


def _turn(script: Script, run: list[Cue], at: str) -> None:
    speaker = run[0].speaker
    head = f"[{at}] {speaker}:" if speaker else f"[{at}]"
    _, end = script.aside(head)
    if speaker:
        script.links.append(Link(end - 1 - len(speaker), end - 1, speaker, "PERSON"))
    words = " ".join(cue.text for cue in run)
    script.say(words, Turn(0, 0, speaker, at=at), before=" ")


def _runs(cues: Iterable[Cue]) -> Iterator[list[Cue]]:
    """Cues that one speaker says together: up to the end of a sentence. A cue that names nobody goes on with what the
    one before began."""
    run: list[Cue] = []
    for cue in cues:
        same = run and (cue.speaker == run[0].speaker or not cue.speaker) and not run[-1].text.endswith(_ENDS)
        if run and not same:
            yield run
            run = []
        run.append(cue)
    if run:
        yield run


def clock(seconds: float) -> str:
    """Seconds as hours, minutes and seconds."""
    whole = int(timedelta(seconds=seconds).total_seconds())
    return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"


__all__ = ["Cue", "clock", "read_srt", "read_vtt"]
