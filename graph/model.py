"""The stored nouns. Mentions are the truth; entities, descriptions and vectors are derived from them.

Every id is stable: a hash of what makes the thing itself, never of its description, embedding or place in a run.
All offsets are characters (Unicode code points) in the document's text, half-open `[start, end)`.
All values are frozen; change makes a new one.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

FORMAT_VERSION = 1


def stable_id(*parts: str) -> str:
    """24 hexadecimal digits (96 bits of BLAKE2b) that depend on the parts and their boundaries alone."""
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "little"))
        digest.update(raw)
    return digest.hexdigest()


_QUOTES = re.compile(r"[\"'`´‘’‚“”„«»]")
_SPACES = re.compile(r"[\s_]+")
_BEFORE_BRACKET = re.compile(r"(?<=\S)\(")
_EDGE = " .,;:!?-–—"


def name_key(name: str) -> str:
    """The normalised form under which a name is one entity: compatibility-folded, caseless, without quotes,
    possessive or edge punctuation, single-spaced. `"The Beatles'"` and `the  beatles` share one key.
    A key is its own key."""
    while (key := _fold(name)) != name:
        name = key
    return key


def _fold(name: str) -> str:
    folded = unicodedata.normalize("NFKC", name).casefold()
    folded = re.sub(r"['’]s$", "", folded.strip(_EDGE))
    folded = _QUOTES.sub("", folded)
    folded = _BEFORE_BRACKET.sub(" (", folded).replace("( ", "(").replace(" )", ")")
    folded = _SPACES.sub(" ", folded).strip(_EDGE)
    folded = folded.removeprefix("the ") or folded
    return folded or unicodedata.normalize("NFKC", name).casefold().strip()


def document_id(uri: str) -> str:
    """The id of the document of this origin."""
    return stable_id("document", uri)


def entity_id(name: str) -> str:
    """The id of the entity that goes by this name."""
    return stable_id("entity", name_key(name))


@dataclass(frozen=True, slots=True)
class Document:
    """One source text. `id` hashes its origin (`uri`), so that a changed file is the same document, updated.

    `text` travels with the document until it is chunked and is not stored: the chunks tile it exactly. So do
    `annotations`, what the loader knows of stretches of the text (`ingest.structure.turns`).
    `read_with` names loader, chunk settings, extractor and model: another value makes the document stale.
    """

    id: str
    uri: str
    title: str = ""
    content_hash: str = ""
    language: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    access: tuple[str, ...] = ()
    version: str = ""
    read_with: str = ""
    text: str = field(default="", compare=False, repr=False)
    annotations: object = field(default=None, compare=False, repr=False)

    @staticmethod
    def make(
        uri: str,
        text: str,
        *,
        title: str = "",
        language: str = "",
        metadata: Mapping[str, str] | None = None,
        access: tuple[str, ...] = (),
        version: str = "",
        read_with: str = "",
    ) -> Document:
        """A document of this origin and content, with its id and content hash filled in."""
        metadata = dict(metadata or {})
        content = [title, text, language, version, *access, *(f"{key}={metadata[key]}" for key in sorted(metadata))]
        return Document(
            id=document_id(uri),
            uri=uri,
            title=title,
            content_hash=stable_id("content", *content),
            language=language,
            metadata=metadata,
            access=access,
            version=version,
            read_with=read_with,
            text=text,
        )


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document: `document.text[start:end] == text`. The chunks of a document tile its text.

    `headings` is the path of headings above it; `position` its place among the document's chunks, from 0.
    """

    id: str
    document: str
    start: int
    end: int
    text: str
    position: int = 0
    headings: tuple[str, ...] = ()

    @staticmethod
    def make(document: Document, start: int, end: int, *, position: int = 0, headings: tuple[str, ...] = ()) -> Chunk:
        """The chunk of `document.text[start:end]`."""
        text = document.text[start:end]
        return Chunk(
            stable_id("chunk", document.id, str(start), text), document.id, start, end, text, position, headings
        )


@dataclass(frozen=True, slots=True)
class Mention:
    """A place where a document names an entity: `document.text[start:end] == text`, inside `chunk`.

    A title is a mention too: it lies outside the text, so `start == end == 0` and `text` is the title.
    `name` is what the mention resolves to within its document (a pronoun's or short form's full name);
    `entity` is the id of the entity of that name. `form` says how the text names it: `name`, `alias` (another
    proper name for it), `nominal` ("the film") or `pronoun`.
    """

    chunk: str
    document: str
    start: int
    end: int
    text: str
    type: str
    confidence: float
    entity: str
    name: str
    form: str = "name"


@dataclass(frozen=True, slots=True)
class Value:
    """A literal tail: `text` as written; `normal` as typed value (ISO date `1875`, `1875-11`, `1875-11-11`, a
    decimal number, or the text itself); `datatype` is one of `text`, `date`, `number`; `language` a BCP 47 tag."""

    text: str
    datatype: str = "text"
    normal: str = ""
    language: str = ""

    @property
    def id(self) -> str:
        """Equal for values of one meaning: it hashes datatype, normalised value and language."""
        return stable_id("value", self.datatype, self.normal or self.text, self.language)


@dataclass(frozen=True, slots=True)
class Source:
    """One place that says a triple, as a fact of today unless its `flags` say otherwise.

    `negated`: it says that it is not so; `hedged`: it may be so, or under a condition; `past`: it was so and is no
    longer; `future`: it will be so; `attributed:NAME`: NAME says so. `valid_from` and `valid_to` are ISO dates. Of
    `qualifiers`, `verb` is the verb as the text has it ("chairs", "was founded"), `object` what was acted upon where
    the tail is the act's time, place or the like, `time`, `place` and `quantity` tell more of the act.
    """

    document: str
    chunk: str
    start: int
    end: int
    extractor: str = ""
    confidence: float = 1.0
    flags: tuple[str, ...] = ()
    qualifiers: Mapping[str, str] = field(default_factory=dict)
    valid_from: str = ""
    valid_to: str = ""
    graph: str = ""

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Orders the sources of a triple independently of when they were read."""
        return (self.document, self.start, self.end, self.chunk, self.extractor)


@dataclass(frozen=True, slots=True)
class Triple:
    """`head` (an entity id) stands in `relation` to `tail` (an entity id or a Value), says each of `sources`."""

    id: str
    head: str
    relation: str
    tail: str | Value
    sources: tuple[Source, ...] = ()

    @staticmethod
    def make(head: str, relation: str, tail: str | Value, sources: tuple[Source, ...] = ()) -> Triple:
        """The triple with its id: a hash of head, relation and tail. Sources are sorted."""
        tail_id = tail.id if isinstance(tail, Value) else tail
        return Triple(
            stable_id("triple", head, relation, tail_id),
            head,
            relation,
            tail,
            tuple(sorted(sources, key=lambda source: source.sort_key)),
        )

    @property
    def tail_id(self) -> str:
        """The id of the tail, whatever it is."""
        return self.tail.id if isinstance(self.tail, Value) else self.tail

    @property
    def confidence(self) -> float:
        """That of its most confident source; 0 without one."""
        return max((source.confidence for source in self.sources), default=0.0)


@dataclass(frozen=True, slots=True)
class Entity:
    """What mentions of one name refer to. `names` counts the written forms of that name, `short_forms` the other
    proper names that mentions use for it, `types` their types; name, type and aliases follow from these counts.
    `description` and its embedding are written later, when all is known."""

    id: str
    names: Mapping[str, int] = field(default_factory=dict)
    short_forms: Mapping[str, int] = field(default_factory=dict)
    types: Mapping[str, int] = field(default_factory=dict)
    iri: str = ""
    description: str = ""

    def __post_init__(self) -> None:
        """Any other id is a hash in hexadecimal, so a colon tells an IRI."""
        if not self.iri and ":" in self.id:
            object.__setattr__(self, "iri", self.id)

    @property
    def name(self) -> str:
        """The form that its mentions use most; ties go to the shorter, then the alphabetically first."""
        return min(self.names, key=lambda form: (-self.names[form], len(form), form), default=self.iri or self.id)

    @property
    def type(self) -> str:
        """The type that its mentions carry most; `OTHER` loses to anything."""
        return min(self.types, key=lambda kind: (kind in {"OTHER", ""}, -self.types[kind], kind), default="OTHER")

    @property
    def aliases(self) -> tuple[str, ...]:
        """Its other forms, alphabetically."""
        return tuple(sorted({*self.names, *self.short_forms} - {self.name}))


def count_entities(mentions: Iterable[Mention]) -> dict[str, Entity]:
    """The entities that these mentions speak of, by id, with their forms and types counted."""
    names: dict[str, Counter[str]] = {}
    short_forms: dict[str, Counter[str]] = {}
    types: dict[str, Counter[str]] = {}
    for mention in mentions:
        names.setdefault(mention.entity, Counter())[mention.name] += 1
        if mention.form in {"name", "alias"}:
            types.setdefault(mention.entity, Counter())[mention.type] += 1
        if mention.form == "alias" and mention.text != mention.name:
            short_forms.setdefault(mention.entity, Counter())[mention.text] += 1
    return {
        id_: Entity(id_, dict(counts), dict(short_forms.get(id_, ())), dict(types.get(id_, ())))
        for id_, counts in names.items()
    }


@dataclass(frozen=True, slots=True, order=True)
class Merge:
    """In one document, the entity `base` (the one of `name`) is the entity `entity`, which is called `into`."""

    base: str
    entity: str
    name: str
    into: str
    reason: str
    score: float

    @property
    def kept_apart(self) -> bool:
        """It took a homograph out of its name's entity, rather than adding it to another's."""
        return self.reason.startswith("homograph")


@dataclass(frozen=True, slots=True)
class ReasoningPath:
    """Triples in order from a seed entity, `forward[i]` false where triple i is walked from tail to head.

    It uses a relationship at most once and never comes back to its seed. `parts` are the terms of `score`.
    """

    triples: tuple[Triple, ...]
    forward: tuple[bool, ...]
    score: float = 0.0
    parts: Mapping[str, float] = field(default_factory=dict)

    @property
    def nodes(self) -> tuple[str, ...]:
        """Ids of the entities and values along the path, seed first, one more than there are triples."""
        ids = [self.triples[0].head if self.forward[0] else self.triples[0].tail_id] if self.triples else []
        for triple, ahead in zip(self.triples, self.forward, strict=True):
            ids.append(triple.tail_id if ahead else triple.head)
        return tuple(ids)
