"""How far a run of ingestion is, in characters: inside one large file too."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import overload
from urllib.parse import unquote, urlsplit

from clew.graph.model import Chunk, Document
from clew.ingest.extract.types import Chunked, Extraction, Extractor
from clew.ingest.load.load import Loaded, Problem, Remark
from clew.ingest.pipeline import Progress

_PAUSE = 0.1  # seconds between two reports
_LARGE = 1 << 21  # bytes of a file that takes a while before its first word can be read


@dataclass
class Meter:
    """Tells `progress` how many characters are read, of about how many: the `size` of all files in bytes, corrected by
    what was loaded so far; or the number of `characters`, where it is known."""

    progress: Callable[[Progress], None]
    size: int | None
    characters: int | None = None
    _file: str = ""  # the one that is being loaded, with its bytes and the characters loaded of it
    _file_bytes: int = 0
    _file_characters: int = 0
    _records: bool = False  # whether the file holds several documents
    _bytes: int = 0  # of all files so far
    _characters: int = 0  # loaded of them
    _waiting: deque[int] = field(default_factory=deque)  # lengths of the documents that are not done
    _documents: int = 0  # documents that are done
    _done: int = 0  # their characters
    _inside: int = 0  # characters that were read, those of documents that are not done included
    _current: str = ""
    _started: float = field(default_factory=time.perf_counter)
    _last: float = 0.0

    def begun(self, path: Path) -> None:
        """A file is about to be loaded: of a large one that is told, since nothing else can be until it is."""
        length = _length(path)
        if length >= _LARGE:
            seconds = time.perf_counter() - self._started
            self.progress(Progress("loading", length, None, seconds, path.name, unit="bytes"))

    def loaded(self, items: Iterable[Loaded | Problem | Remark]) -> Iterator[Loaded | Problem | Remark]:
        """Passes the items on, and notes how long they are."""
        for item in items:
            if isinstance(item, Loaded):
                self._note(item.document)
            yield item

    def extractor(self, extract: Extractor) -> Extractor:
        """The extractor; while it goes through a document's chunks, progress is told."""

        def read(documents: Iterable[Chunked | tuple[Document, Sequence[Chunk]]]) -> Iterator[Extraction]:
            each = (Chunked(*document) for document in documents)
            return extract(text._replace(chunks=_Chunks(text.chunks, self._tick)) for text in each)

        return read

    def tell(self, told: Progress) -> None:
        """What the pipeline says of its progress, its documents turned into characters."""
        if told.stage != "reading":
            if self._inside < self._characters:  # the last batch was read and is written
                self._inside = self._characters
                self._show()
            self.progress(told)
            return
        while self._documents < told.done and self._waiting:
            self._documents += 1
            self._done += self._waiting.popleft()
        self._current = told.current
        self._show()

    def _note(self, document: Document) -> None:
        file, mark, _ = document.uri.partition("#")
        self._records = bool(mark)
        if file != self._file:
            self._file, self._file_bytes, self._file_characters = file, _size(file), 0
            self._bytes += self._file_bytes
        length = len(document.text)
        self._file_characters += length
        self._characters += length
        self._waiting.append(length)

    def _expected(self) -> int | None:
        """The characters loaded, and as many more for each byte to come as there were for those before."""
        if self.size is None:
            return self.characters
        ratio = min(self._characters / self._bytes, 1.0) if self._bytes else 1.0
        more = max(self.size - self._bytes, 0) * ratio
        if self._records:  # more records of this file may come
            more += max(self._file_bytes - self._file_characters, 0)
        return round(self._characters + more)

    def _tick(self, length: int) -> None:
        self._inside += length
        now = time.perf_counter()
        if now - self._last > _PAUSE:
            self._last = now
            self._show()

    def _show(self) -> None:
        # Documents are done some time after their last chunk was read, and some need not be read.
        self._inside = max(self._inside, self._done)
        done, expected = self._inside, self._expected()
        total = None if expected is None else max(expected, done)
        seconds = time.perf_counter() - self._started
        self.progress(Progress("reading", done, total, seconds, self._current, unit="characters"))


class _Chunks(Sequence[Chunk]):
    """Chunks that tell how far they are read, each once."""

    def __init__(self, chunks: Sequence[Chunk], tick: Callable[[int], None]) -> None:
        self._chunks, self._tick, self._read = chunks, tick, 0

    def __len__(self) -> int:
        return len(self._chunks)

    @overload
    def __getitem__(self, place: int) -> Chunk: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Chunk]: ...

    def __getitem__(self, place: int | slice) -> Chunk | Sequence[Chunk]:
        return self._chunks[place]

    def __iter__(self) -> Iterator[Chunk]:
        for number, chunk in enumerate(self._chunks):
            yield chunk
            if number >= self._read:
                self._read = number + 1
                self._tick(len(chunk.text))


def _size(file: str) -> int:
    path = unquote(urlsplit(file).path) if file.startswith("file:") else ""
    return _length(Path(path)) if path else 0


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
