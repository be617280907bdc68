"""How an exported note is written: which lines are ours, and what a line of a fact says. Writing and reading share it.

What Clew writes lies between two marks, in the front matter and in the text; the closing mark holds a digest of each
line between, so that a line which a person wrote there is told from ours.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from clew.graph.errors import InputError
from clew.graph.model import Value

MARKER = ".clew-vault"  # the folder in a folder that tells exported notes
_LONGEST_STEM = 120  # bytes, so that a suffix fits into the 255 that file systems allow
_FRONT = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
_OPENINGS = {"front": re.compile(r"^# clew:begin\b[^\n]*(?:\n|\Z)", re.MULTILINE)}
_OPENINGS["text"] = re.compile(r"^<!-- clew:begin\b[^\n]*(?:\n|\Z)", re.MULTILINE)
_CLOSINGS = {"front": re.compile(r"^# clew:end\b([^\n]*)(?:\n|\Z)", re.MULTILINE)}
_CLOSINGS["text"] = re.compile(r"^<!-- clew:end\b([^\n]*?)-->[ \t\r]*(?:\n|\Z)", re.MULTILINE)
_FACT = re.compile(
    r"- (?P<relation>(?:\\.|[^\\:])*)::[ ]"
    r"(?:\[\[(?P<link>[^\[\]|\n]+)(?:\|[^\[\]\n]*)?\]\]|(?P<value>(?:\\.|[^\\%])*?))"
    r"(?: %%(?P<more>\{[^%]*\})%%.*)?"
)
_KEY = re.compile(r"(clew|title|type|aliases): (.+)")
_ID = re.compile(r"^clew:[ \t]*[\"']?([^\"'\s][^\"'\n]*?)[\"']?[ \t]*\r?$", re.MULTILINE)
_CLOSED = re.compile(r"^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)")
_ESCAPED = re.compile(r"[\\\[\]%<`]")
_UNESCAPED = re.compile(r"\\(.)")
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|#^\[\]]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a note: its `tail` is the file name of another note, or a value."""

    relation: str
    tail: str | Value
    flags: tuple[str, ...] = ()
    qualifiers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Told:
    """What the lines that Clew wrote in a note tell: of which entity (its id) the note is, what it is called where its
    file cannot be called so, its type, other names and facts. `rest` is the note without these lines."""

    id: str
    title: str
    type: str
    aliases: tuple[str, ...]
    facts: tuple[Fact, ...]
    rest: str


@dataclass(frozen=True, slots=True)
class Section:
    """A text around one section of ours: `lines` are ours, `own` those that a person wrote between the marks."""

    before: str
    lines: tuple[str, ...]
    own: tuple[str, ...]
    after: str

    def around(self, ours: str = "") -> str:
        """The text with this in the place of what is ours."""
        return self.before + ours + "".join(f"{line}\n" for line in self.own) + self.after


def section(text: str, kind: str) -> Section | None:
    """The section of this kind (`front` or `text`); None where there is none. Raises InputError where a mark is
    missing or stands there twice, since what is a person's is not known then."""
    openings, closings = list(_OPENINGS[kind].finditer(text)), list(_CLOSINGS[kind].finditer(text))
    if not openings and not closings:
        return None
    if len(openings) != 1 or len(closings) != 1 or closings[0].start() < openings[0].end():
        raise InputError("has marks of clew export that do not fit together")
    inside = text[openings[0].end() : closings[0].start()]
    digests = set(closings[0].group(1).split())
    lines = inside.split("\n")[:-1] if inside.endswith("\n") else inside.split("\n") if inside else []
    ours = tuple(line.removesuffix("\r") for line in lines if digest(line) in digests)
    own = tuple(line for line in lines if digest(line) not in digests)
    return Section(text[: openings[0].start()], ours, own, text[closings[0].end() :])


def written(lines: Iterable[str], kind: str) -> str:
    """The section of these lines."""
    ours = list(lines)
    digests = " ".join(dict.fromkeys(map(digest, ours)))
    if kind == "front":
        return "\n".join(["# clew:begin - lines of clew export", *ours, f"# clew:end {digests}", ""])
    return "\n".join(["<!-- clew:begin - lines of clew export -->", *ours, f"<!-- clew:end {digests} -->", ""])


def digest(line: str) -> str:
    """8 hexadecimal digits of a line."""
    return hashlib.blake2b(line.removesuffix("\r").encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()


def front_matter(text: str) -> tuple[int, int] | None:
    """Where the lines of the front matter begin and end, its dashes not among them; None where there is none."""
    match = _FRONT.match(text)
    return match.span(1) if match else None


def head_lines(id_: str, title: str, kind: str, aliases: Iterable[str]) -> list[str]:
    """The lines of the front matter that tell which entity the note is."""
    told: list[tuple[str, object]] = [("clew", id_), ("title", title), ("type", kind), ("aliases", list(aliases))]
    return [f"{name}: {_json(value)}" for name, value in told if value]


def fact_line(fact: Fact, name: str = "") -> str:
    """The line of the fact, in which its tail is shown as `name`."""
    more: dict[str, object] = {}
    if fact.flags:
        more["flags"] = list(fact.flags)
    if fact.qualifiers:
        more["qualifiers"] = dict(sorted(fact.qualifiers.items()))
    if isinstance(fact.tail, Value):
        tail = _escaped(fact.tail.text)
        plain = Value(fact.tail.text)
        for key in ("datatype", "normal", "language"):
            if getattr(fact.tail, key) != getattr(plain, key):
                more[key] = getattr(fact.tail, key)
        if _BREAKS.search(fact.tail.text):
            more["text"] = fact.tail.text
    else:
        shown = _shown(name)
        tail = f"[[{fact.tail}|{shown}]]" if shown and shown != fact.tail else f"[[{fact.tail}]]"
    relation = _escaped(fact.relation).replace(":", "\\:")
    if _BREAKS.search(fact.relation):
        more["relation"] = fact.relation
    hidden = f" %%{_json(more).replace('%', chr(92) + 'u0025')}%%" if more else ""
    flags = f" *{', '.join(fact.flags)}*" if fact.flags else ""
    return f"- {relation}:: {tail}{hidden}{flags}"


def source_line(sentence: str, where: str) -> str:
    """The line below a fact that says where it stands."""
    return f"    - “{_escaped(' '.join(sentence.split()))}” {_escaped(' '.join(where.split()))}"


def told(text: str) -> Told | None:
    """What Clew wrote in this note; None where it wrote none, or its marks do not fit together."""
    span = front_matter(text)
    if span is None:
        return None
    inside, below = text[slice(*span)], text[span[1] :]
    try:
        head, body = section(inside, "front"), section(below, "text")
    except InputError:
        return None
    keys = dict(_keys(head.lines)) if head else {}
    if match := None if head else _ID.search(inside):  # a program that wrote the front matter anew leaves no remarks
        keys["clew"] = match.group(1)
    if not keys.get("clew"):
        return None
    if head:
        inside = head.around()
    if body:
        below = body.around()
    rest = text[: span[0]] + inside + below if inside.strip() else _CLOSED.sub("", below, count=1)
    aliases = keys.get("aliases")
    return Told(
        str(keys["clew"]),
        str(keys.get("title", "")),
        str(keys.get("type", "")),
        tuple(str(alias) for alias in aliases) if isinstance(aliases, list) else (),
        tuple(fact for line in (body.lines if body else ()) if (fact := _fact(line)) is not None),
        rest,
    )


def _keys(lines: Iterable[str]) -> Iterator[tuple[str, object]]:
    for line in lines:
        if match := _KEY.fullmatch(line):
            with suppress(ValueError):
                yield match.group(1), json.loads(match.group(2))


def _fact(line: str) -> Fact | None:
    match = _FACT.fullmatch(line)
    if match is None:
        return None
    try:
        more = json.loads(match["more"] or "{}")
    except ValueError:
        return None
    if not isinstance(more, dict):
        return None
    texts = {key: str(more[key]) for key in ("text", "datatype", "normal", "language", "relation") if key in more}
    relation = texts.pop("relation", "") or _unescaped(match["relation"])
    tail: str | Value = match["link"] or ""
    if not tail:
        tail = Value(**{"text": _unescaped(match["value"] or ""), **texts})
    qualifiers = more.get("qualifiers")
    return Fact(
        relation,
        tail,
        tuple(str(flag) for flag in more.get("flags", ())),
        {str(key): str(value) for key, value in qualifiers.items()} if isinstance(qualifiers, dict) else {},
    )


def _escaped(text: str) -> str:
    return _ESCAPED.sub(r"\\\g<0>", _BREAKS.sub(" ", text))


def _unescaped(text: str) -> str:
    return _UNESCAPED.sub(r"\1", text)


def _shown(name: str) -> str:
    return " ".join(re.sub(r"[\[\]|]", " ", _BREAKS.sub(" ", name)).split())


def _json(value: object) -> str:
    """JSON that is YAML too: what breaks a line in YAML is escaped."""
    return _BREAKS.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def file_stem(name: str) -> str:
    """The name as one that every file system and a link in brackets can bear, the same wherever it can be."""
    stem = "".join(" " if sign in "\t\n\r" else sign for sign in unicodedata.normalize("NFC", name))
    stem = "".join(sign for sign in stem if sign == " " or unicodedata.category(sign) not in _HIDDEN)
    stem = re.sub(r"_{2,}", "_", _NOT_IN_NAMES.sub("-", stem))
    stem = re.sub(r"%(?=[0-9A-Fa-f]{2}|%)", "-", stem)
    stem = re.sub(r"\.(?=(?:md|markdown|mdx)$)", "-", " ".join(stem.split()), flags=re.IGNORECASE)
    while len(stem.encode()) > _LONGEST_STEM:
        stem = stem[:-1]
    stem = stem.strip(" .")
    return f"_{stem[: _LONGEST_STEM - 1]}" if _RESERVED.match(stem) else stem or "entity"


def folded(stem: str) -> str:
    """File names of one fold are one file on some machine, or one note to a link."""
    return re.sub(r"[\s_]+", " ", unicodedata.normalize("NFC", unicodedata.normalize("NFC", stem).casefold())).strip()
