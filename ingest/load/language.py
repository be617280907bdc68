"""The language that a text is in, where it is not English: told by its small words and, where these are few, by the
n-grams of py3langid (Lui and Baldwin 2012)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.util import find_spec
from typing import Any

from clew.graph.model import Chunk, Document
from clew.graph.store import DocumentRecord
from clew.ingest.extract.types import Extraction
from clew.ingest.load.items import Loaded, Problem, Remark
from clew.ingest.resolution.resolve import resolve
from clew.ingest.resolution.stated import with_stated

_WORDS = re.compile(r"[^\W\d_]+")
_WINDOW = 1000  # characters that are looked at at once
_WINDOWS = 8
_LEAST = 25  # letters from which a language is told
_SURE = 0.5  # what py3langid must think of it
_ENGLISH = 0.2  # share of English's small words that no other language comes near to


@dataclass
class Languages:
    """Passes on what is loaded, each document with its language where it is not English. Where it is not the one that
    the extractor `reads` ("" for all), its words are kept to be searched, and nothing is read out of it."""

    loaded: Iterable[Loaded | Problem | Remark]
    reads: str = "en"
    found: Counter[tuple[str, str]] = field(default_factory=Counter)
    codes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Loaded | Problem | Remark]:
        for item in self.loaded:
            told = isinstance(item, Loaded) and item.read is None and not item.document.language
            prose = isinstance(item, Loaded) and (not item.triples or item.document.annotations is not None)
            yield self._told(item) if told and prose and isinstance(item, Loaded) else item

    def _told(self, item: Loaded) -> Loaded:
        code = language_of(item.document.text)
        self.codes.append(code)
        if not code:
            return item
        self.found[item.document.uri.partition("#")[0], code] += 1
        told = replace(item, document=replace(item.document, language=code))
        return _unread(told) if self.reads not in {"", code} else told

    @property
    def notes(self) -> tuple[str, ...]:
        """One note a file and language."""
        notes = []
        for (uri, code), count in self.found.items():
            said = f"{uri} is not English but {_called(code)}" + (f" in {count:,} of its records" if count > 1 else "")
            apart = self.reads not in {"", code}
            notes.append(said + ("; nothing was read from it but words, which can be searched" if apart else ""))
        return tuple(notes)


def language_of(text: str) -> str:
    """The code (ISO 639-1) of the language of most of the text; "" for English, and where nobody can tell."""
    step = max(_WINDOW, len(text) // _WINDOWS)
    windows = [text[start : start + _WINDOW] for start in range(0, len(text), step)]
    told = Counter(map(_window, windows[: _WINDOWS + 1]))
    code, count = told.most_common(1)[0] if told else ("", 0)
    return code if 2 * count > len(windows) else ""


def _window(text: str) -> str:
    words = _WORDS.findall(text.casefold())
    if sum(map(len, words)) < _LEAST:
        return ""
    if sum(word in _small_words() for word in words) >= _ENGLISH * len(words):
        return ""
    code, sure = _identifier().classify(text)
    return str(code) if sure >= _SURE and code != "en" else ""


@cache
def _small_words() -> frozenset[str]:
    from spacy.lang.en.stop_words import STOP_WORDS

    return frozenset(STOP_WORDS)


@cache
def _identifier() -> Any:
    """The identifier, for the languages in use that spaCy knows too: rarer ones are taken for dialects of English."""
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    made = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    made.set_languages([code for code in made.labels if code != "la" and find_spec(f"spacy.lang.{code}")])
    return made


def _called(code: str) -> str:
    from spacy.util import get_lang_class

    return str(get_lang_class(code).__name__)


def _unread(item: Loaded) -> Loaded:
    """The same, of which no sentence will be read; its links and properties say what they say in any language."""

    def read(document: Document, chunks: Sequence[Chunk]) -> DocumentRecord:
        if document.annotations is None:
            return DocumentRecord(document, tuple(chunks))
        said = with_stated(document, Extraction(), item.triples)
        return resolve(document, chunks, said, extractor="links and properties")

    return replace(item, read=read)
