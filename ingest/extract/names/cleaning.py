"""What is taken out of a text before it is parsed, so that the parser sees plain sentences; every cut is known.

Encyclopedic leads put brackets, dates and other names between subject and verb: `X (born 5 May 1950), also known
as Y, was an actor`. Parsers trip over that. The lead that names the document's subject becomes a pronoun, brackets
with dates and the other name become asides, and `feature- length` loses its stray space. Offsets map back.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field

from clew.graph.model import Chunk, Document
from clew.ingest.structure.turns import Annotations

_PAREN = re.compile(r"\s*\(([^()]{1,240})\)")
_CUT_PAREN = re.compile(
    r"\d{3}|^\s*(?:born|died|aka\b|also known|née|nee|b\.|d\.|formerly|hereinafter|hereafter)"
    r"|^\s*[A-Z][A-Z.&-]{1,9}\s*$|^\s*[A-Z][a-z]+(?: title)?:"
    r"|^\s*(?:(?:the|each an?)\s+)?[\"“][^\"“”]{1,50}[\"”]\s*$",  # a defined term
    re.I,
)
_LETTER_OR_MARK = r"[^\W\d_]"
_STRAY = re.compile(rf"(?<={_LETTER_OR_MARK})-( )(?!(?:and|or|to)\b)(?={_LETTER_OR_MARK})")
_AKA = re.compile(
    r"\s*,?\s*(?:(?:who|which)\s+(?:is|was)\s+)?"
    r"(?:(?:also|better|best|sometimes|often|formerly|previously|commonly|popularly|professionally|originally|usually"
    r"|widely|simply|and)\s+)*(?:known|credited|billed|spelled|styled|titled|released)\s+(?:\w+ly\s+)?as\s*"
    r"(?P<name>[\"“]?\s*(?:the\s+)?(?=[A-Z])[^,;:.()\"”]{2,60}?\s*[\"”]?)(?:\s+in\s+(?:the\s+)?[A-Z][\w ]{2,24})?"
    r"(?=\s*,|\s*\(|\s+(?:is|was|are|were)\b)"
)
_STAGE_NAME = re.compile(
    r"\s*,?\s*(?:(?:who|which)\s+(?:is|was)\s+)?(?:(?:also|better|best|professionally|and)\s+)*known\s+by\s+"
    r"(?:his|her|their|the)\s+(?:\w+\s+)?names?\s+(?:of\s+)?(?P<name>[\"“]?\s*(?=[A-Z])[^,;:()\"”]{2,60}?\s*[\"”]?)"
    r"(?=\s*,|\s*\(|\s+(?:is|was|are|were)\b)"
)
_BORN_CLAUSE = re.compile(r"\s*,\s*(born\b[^();]{4,80}?)(?=\s*,?\s+(?:is|was)\b)")
_VERB = re.compile(r"[\"”]?\s*,?\s*(?=(?:is|was|are|were|has|had|became|refers|stars)\b)")
_PRONOUN = re.compile(r"\s*,?\s*(?=(?:he|she|it)\s+(?:is|was)\b)")
_OTHER_NAME = re.compile(r"(?:[A-Z][\w.'’-]*\s+){1,4}[A-Z][\w.'’-]*(?=\s*\(\s*(?:born|\d{1,2} [A-Z]|[A-Z][a-z]+ \d))")
_STOP = re.compile(r"\(|\s(?:is|was|are|were)\s|[;:\n]|,\s*(?:also|better|best|known)\b")
_WORDS = re.compile(r"\w+")
_ARTICLE = re.compile(r"(?:the|an?)\s+", re.I)
_SENTENCE_END = re.compile(r"[a-z]{3}[.!?]\s")
_BLANKS = re.compile(r"(?<= ) +")
_SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Aside:
    """Text that was taken out: `text[start:end]`, said of what ends at `anchor`. `kind` is `bracket` or `alias`."""

    kind: str
    start: int
    end: int
    anchor: int


@dataclass(slots=True)
class Cleaned:
    """A text made plain. `lead` is the span that names the document's subject (None where none was found);
    where `replaced`, the pronoun at the start stands for it."""

    text: str
    lead: tuple[int, int] | None = None
    replaced: int = 0
    asides: list[Aside] = field(default_factory=list)
    _from: list[int] = field(default_factory=list)
    _to: list[int] = field(default_factory=list)

    def origin(self, index: int) -> int:
        """Where the character at `index` of the clean text stands in the original."""
        if index < self.replaced and self.lead is not None:
            return self.lead[0]
        place = bisect_right(self._from, index) - 1
        return self._to[place] + index - self._from[place]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The original span of `[start, end)` of the clean text; what was cut inside it is part of it."""
        if end <= self.replaced and self.lead is not None:
            return self.lead
        return self.origin(start), self.origin(end - 1) + 1


def plain_title(title: str) -> str:
    """The title without its closing bracket: `Lothair (novel)` becomes `Lothair`."""
    head, bracket, _ = title.rpartition("(")
    return head.strip() if bracket and title.rstrip().endswith(")") and head.strip() else title.strip()


def subject_of(document: Document, chunks: Sequence[Chunk]) -> str:
    """The document's title where it names what the text is about, else ""; or what its source says that it is about.

    A record's title does (an encyclopedia's, a catalogue's). A file's may be no more than the file's name, so the
    text must speak of it.
    """
    told = document.annotations
    if isinstance(told, Annotations) and told.subject is not None:
        return told.subject
    title = document.title.strip()
    if not title or not document.uri.startswith("file:") or "#" in document.uri:
        return title
    plain = plain_title(title).casefold()
    return title if any(plain in chunk.text.casefold() for chunk in chunks[:1]) else ""


def whole(text: str) -> str:
    """The text with a mark for each half of a broken character, which no parser takes."""
    return _SURROGATES.sub("�", text)


def clean(text: str, *, title: str = "") -> Cleaned:
    """The text as the parser should see it. With a `title`, the text is taken to be the document's beginning."""
    text = whole(text)
    cleaned = Cleaned("")
    keep_from, opening = 0, ""
    if title:
        lead = find_lead(text, title)
        if lead is not None:
            cleaned.lead = lead
            keep_from, opening = _after_lead(text, lead, cleaned.asides)
    cuts = [
        (m.start(), m.end(), m.start(1), m.end(1)) for m in _PAREN.finditer(text, keep_from) if _CUT_PAREN.search(m[1])
    ]
    cleaned.asides += [Aside("bracket", inner, outer, start) for start, _, inner, outer in cuts]
    gaps = [(start, end) for start, end, _, _ in cuts]
    gaps += [m.span(1) for m in _STRAY.finditer(text, keep_from) if not any(a <= m.start(1) < b for a, b in gaps)]
    gaps += [m.span() for m in _BLANKS.finditer(text, keep_from) if not any(a <= m.start() <= b for a, b in gaps)]
    _keep(cleaned, text, keep_from, opening, sorted(gaps))
    return cleaned


def cleaned_line(text: str, start: int, opening: str, lead: tuple[int, int]) -> Cleaned:
    """A line that lacks its subject as the parser should see it: from `start` on, behind an opening whose pronoun
    stands for the name at `lead` (an empty span: the name stands elsewhere)."""
    line = clean(text[start:])
    pronoun = len(opening.split(" ", maxsplit=1)[0])
    return Cleaned(
        opening + line.text, lead, pronoun,
        [Aside(aside.kind, aside.start + start, aside.end + start, aside.anchor + start) for aside in line.asides],
        [0, *(place + len(opening) for place in line._from)],
        [max(start - len(opening), 0), *(place + start for place in line._to)],
    )  # fmt: skip


def _keep(cleaned: Cleaned, text: str, start: int, opening: str, gaps: list[tuple[int, int]]) -> None:
    parts, length = [opening], len(opening)
    cleaned.replaced = len(opening.rstrip())
    for gap_start, gap_end in [*gaps, (len(text), len(text))]:
        if gap_start > start or not cleaned._from:
            cleaned._from.append(length)
            cleaned._to.append(start)
            parts.append(text[start:gap_start])
            length += gap_start - start
        start = gap_end
    if opening:  # the blank after the pronoun belongs to what follows
        cleaned._from.insert(0, 0)
        cleaned._to.insert(0, max(cleaned._to[0] - len(opening), 0))
    cleaned.text = "".join(parts)


def _after_lead(text: str, lead: tuple[int, int], asides: list[Aside]) -> tuple[int, str]:
    """Where the text goes on after the lead and its asides, and the pronoun that stands for them."""
    at, anchor = lead[1], lead[1]
    for _ in range(4):
        paren = re.compile(r"\s*,?\s*\(([^()]{1,240})\)").match(text, at)
        if paren:
            asides.append(Aside("bracket", paren.start(1), paren.end(1), anchor))
            at = paren.end()
            continue
        born = _BORN_CLAUSE.match(text, at)
        if born:
            asides.append(Aside("bracket", born.start(1), born.end(1), anchor))
            at = born.end()
            continue
        alias = _AKA.match(text, at) or _STAGE_NAME.match(text, at)
        if alias is None:
            break
        start, end = alias.span("name")
        while start < end and text[start] in ' "“':
            start += 1
        while end > start and text[end - 1] in ' "”':
            end -= 1
        asides.append(Aside("alias", start, end, anchor))
        at = alias.end()
    pronoun = _PRONOUN.match(text, at)
    if pronoun:
        return pronoun.end(), ""
    verb = _VERB.match(text, at)
    if verb:
        return verb.end(), "They " if text.startswith(("are", "were"), verb.end()) else "It "
    if at > lead[1]:  # brackets only: keep the words of the lead, the ordinary cuts follow
        del asides[:]
    return 0, ""


def find_lead(text: str, title: str) -> tuple[int, int] | None:
    """The span at the beginning of the text that names what the title names, in the title's words or fuller."""
    start = len(text) - len(text.lstrip(" \t\n\"“'"))
    plain = plain_title(title)
    article = _ARTICLE.match(text, start)
    for first in (start, *([article.end()] if article else [])):
        for name in (title, plain):
            end = first + len(name)
            if text[first:end].casefold() == name.casefold() and not text[end : end + 1].isalnum():
                return start, end
    other = _OTHER_NAME.match(text, start)
    if other and plain.casefold() in text[other.end() : start + 250].casefold():
        return start, other.end()
    stop = _STOP.search(text, start, start + 140)
    if stop is None:
        return None
    wanted = {word.casefold() for word in _WORDS.findall(plain.split(",")[0])}
    for end in (stop.start(), text.find(",", start, stop.start())):
        fragment = text[start : max(end, start)].rstrip(' ,"”')
        words = [word.casefold() for word in _WORDS.findall(fragment)]
        shared = len(wanted.intersection(words))
        named = any(word[0].isupper() for word in fragment.split()[-1:]) or shared == len(wanted)
        plain_words = [word for word in fragment.split() if word.isalpha() and word.islower() and len(word) > 3]
        sentence = _SENTENCE_END.search(fragment) or len(set(plain_words) - wanted) > 2
        if words and named and not sentence and len(words) <= 14 and 2 * shared >= max(len(wanted), 1):
            return start, start + len(fragment)
    return None
