"""The terminal: what is safe to print there, one JSON form, errors in one line, and a progress bar."""

from __future__ import annotations

import contextlib
import io
import json
import re
import sys
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TextIO

from clew.graph.errors import ClewError

if TYPE_CHECKING:
    from rich.console import Console

    from clew.gnn.reports import TrainProgress
    from clew.ingest.pipeline import Progress

# Controls (an escape sequence in a document would drive the reader's terminal), lone surrogates (no encoding takes
# them) and the marks that turn the direction of the text around them.
_UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNSAFE_JSON = re.compile("[\x7f-\x9f\ud800-\udfff\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PAUSE = 5.0  # seconds between two lines of progress where there is no terminal to draw a bar on


def clean(text: object) -> str:
    """The text without a character that would drive the terminal; tabs and line ends stay."""
    return _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", str(text))


def line(text: object) -> str:
    """The text as one clean line."""
    return clean(" ".join(str(text).split()))


def console(*, stderr: bool = False) -> Console:
    """The rich console; where there is no terminal, lines keep their length."""
    return _console_on(sys.stderr if stderr else sys.stdout)


@lru_cache(maxsize=4)
def _console_on(stream: TextIO) -> Console:
    """One console for each stream, for who calls Clew from Python may have put another in its place."""
    from rich.console import Console

    width = None if stream.isatty() else 100_000
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def say(text: str = "", style: str | None = None) -> None:
    """The clean text is on standard output; the terminal, not we, breaks long lines."""
    console().print(clean(text), style=style, soft_wrap=True)


def note(text: str) -> None:
    """The clean text is on standard error."""
    print(clean(text), file=sys.stderr, flush=True)


def print_json(data: Any) -> None:
    """The data is on standard output as indented JSON."""
    text = json.dumps(data, ensure_ascii=False, indent=2, default=str)
    print(_UNSAFE_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text))


def print_error(error: ClewError) -> None:
    """What is wrong stands on one line of standard error, what to do about it on the next."""
    note(f"error: {line(error.what)}")
    if error.hint:
        note(f"  {line(error.hint)}")


def print_crash(error: Exception) -> None:
    """An error that nobody foresaw stands on standard error, with how to see more."""
    note(f"error: {type(error).__name__}: {line(error)}")
    note("  Clew did not foresee this. Set CLEW_DEBUG=1 for the traceback.")


def make_printable() -> None:
    """A character that the terminal's encoding lacks is printed as `?` and raises nothing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def duration(seconds: float) -> str:
    """`0.4 s`, `12 s`, `3 min 20 s` or `2 h 5 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


@contextlib.contextmanager
def progress_bar() -> Iterator[Callable[[Progress], None]]:
    """A callable that shows each Progress on standard error: a bar with rate and time left on a terminal, else a
    line now and then."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    from rich.progress import BarColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(bar_width=30),
        TextColumn("{task.fields[count]}"),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[current]}", style="dim"),
    )
    with Bar(*columns, console=console(stderr=True), transient=True) as bar:
        tasks: dict[str, Any] = {}
        pace = _Pace()

        def show(progress: Progress) -> None:
            pace.see(progress)
            if progress.stage not in tasks:
                tasks[progress.stage] = bar.add_task(line(progress.stage), total=None, rate="", count="", current="")
            bar.update(
                tasks[progress.stage],
                completed=progress.done,
                total=progress.total,
                rate=pace.rate,
                count=counted(progress),
                current=line(progress.current)[-40:],
            )

        yield show


@contextlib.contextmanager
def training_bar() -> Iterator[Callable[[TrainProgress], None]]:
    """A callable that shows a training's progress on standard error: a line an epoch, and now and then between."""
    last = time.monotonic()

    def show(progress: TrainProgress) -> None:
        nonlocal last
        left = f"about {progress.seconds_left / 60:.0f} min left" if progress.seconds_left >= 90 else "nearly done"
        if progress.scores:
            note(
                f"Epoch {progress.epoch} of at most {progress.epochs}: loss {progress.loss:.3f}, held-out Hits@1 "
                f"{progress.scores.hits:.1f}, F1 {progress.scores.f1:.1f}, {left}."
            )
        elif time.monotonic() - last > _PAUSE:
            note(f"  step {progress.step:,} of {progress.steps:,}, loss {progress.loss:.3f}, {left}")
        else:
            return
        last = time.monotonic()

    yield show


class _Lines:
    """Writes a line where the last one is some seconds old."""

    def __init__(self) -> None:
        self._last = time.monotonic()
        self._pace = _Pace()

    def __call__(self, progress: Progress) -> None:
        self._pace.see(progress)
        if progress.stage == "loading":  # of a large file, and nothing more is told until it is loaded
            note(f"loading {line(progress.current)}, {progress.done / 1e6:,.0f} MB")
            return
        if time.monotonic() - self._last < _PAUSE:
            return
        self._last = time.monotonic()
        left = f", about {duration(self._pace.left)} left" if self._pace.left is not None else ""
        note(f"{progress.stage}: {counted(progress)} {self._pace.rate}{left}".rstrip())


def counted(progress: Progress) -> str:
    """`1,200 of 6,000`, or `150,000 of about 2,000,000 characters`."""
    about = "about " if progress.unit else ""
    total = f" of {about}{progress.total:,}" if progress.total else ""
    return f"{progress.done:,}{total} {progress.unit}".rstrip()


class _Pace:
    """How fast a stage goes, measured from what was first seen of it."""

    def __init__(self) -> None:
        self.rate = ""
        self.left: float | None = None
        self._first: dict[str, Progress] = {}

    def see(self, progress: Progress) -> None:
        """`rate` (things per second, in words) and `left` (seconds, None while unknown) are those of this Progress."""
        first = self._first.setdefault(progress.stage, progress)
        done, seconds = progress.done - first.done, progress.seconds - first.seconds
        self.rate, self.left = "", None
        if done > 0 and seconds > 0:
            self.rate = f"{done / seconds:,.0f}/s"
            if progress.total:
                self.left = max(progress.total - progress.done, 0) * seconds / done
