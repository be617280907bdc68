"""A graph that somebody else made in Neo4j, told as records: a document for each node, a sentence for each of its
properties and outgoing relationships, so that everything known of it has a place that says it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import neo4j
from neo4j.time import Date, DateTime

from clew.graph.identifiers import identifier
from clew.graph.model import Chunk, Document, Mention, Source, Triple, Value, stable_id
from clew.graph.store import DocumentRecord
from clew.graph.stores.cypher.rows import Row
from clew.graph.stores.neo4j.server import Server, plain
from clew.graph.stores.neo4j.server import rows as read_rows

READER = "neo4j graph 1"  # another number reads every node anew
CHUNK_LENGTH = 1_200  # characters; a longer sentence stands alone
LONGEST_VALUE = 200  # characters of a text that is said as a triple; a longer one is only read
_SAMPLE = 200  # nodes of each label that are looked at
# Properties by what their names promise, the most promising names first.
_NAMES = """name title label preflabel fullname displayname longname commonname shortname headline caption term
    subject username login symbol code""".split()  # noqa: SIM905
_ALIASES = "alias aliases altlabel altlabels synonym synonyms aka alsoknownas nickname nicknames".split()  # noqa: SIM905
_TEXTS = "description abstract summary plot bio biography tagline overview comment text content body".split()  # noqa: SIM905
# Labels that mean one of the types that questions ask for.
_TYPES = {
    **dict.fromkeys(("person", "people", "human", "actor", "author", "director", "writer", "artist"), "PERSON"),
    **dict.fromkeys(("place", "location", "city", "town", "village", "country", "state", "region"), "PLACE"),
    **dict.fromkeys(("organization", "organisation", "company", "institution", "university"), "ORG"),
    **dict.fromkeys(("event",), "EVENT"),
}
OWN = ("Clew", "clew_description", "clew_embedding")  # label and properties that Clew may have written to nodes
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[_\s\-.:/]+")


@dataclass(frozen=True, slots=True)
class Label:
    """What nodes of a label look like: how many there are, the property that names them and the one that is unique."""

    count: int
    name: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Shape:
    """Labels and relationship types of a graph; types with how many relationships there are."""

    labels: Mapping[str, Label] = field(default_factory=dict)
    types: Mapping[str, int] = field(default_factory=dict)

    @property
    def size(self) -> tuple[int, int]:
        """How many labels are carried, and how many relationships there are."""
        return sum(label.count for label in self.labels.values()), sum(self.types.values())


@dataclass(frozen=True, slots=True)
class _Node:
    element: str
    uri: str
    name: str
    labels: tuple[str, ...]  # the rarest first: it says most
    place: Mapping[str, str]  # how to find it again

    @property
    def type(self) -> str:
        """A type that questions ask for, where a label means one, else the rarest label."""
        known = (_TYPES[words_of(label)] for label in self.labels if words_of(label) in _TYPES)
        return next(known, self.labels[0] if self.labels else "OTHER")

    @property
    def entity(self) -> str:
        return stable_id("node", self.uri)


def shape_of(server: Server, names: Mapping[str, str]) -> Shape:
    """The labels, relationship types and naming properties of the graph; `names` (label -> property) overrides."""

    def read(tx: neo4j.ManagedTransaction) -> Shape:
        constraints = read_rows(tx, "SHOW CONSTRAINTS YIELD type, labelsOrTypes, properties")
        keys = {
            row["labelsOrTypes"][0]: row["properties"][0]
            for row in constraints
            if row["type"] in {"UNIQUENESS", "NODE_KEY"} and len(row["properties"]) == 1
        }
        found = (row["label"] for row in read_rows(tx, "CALL db.labels() YIELD label RETURN label ORDER BY label"))
        labels = {label: _label(tx, label, names.get(label, ""), keys.get(label, "")) for label in found}
        labels.pop(OWN[0], None)
        cypher = "CALL db.relationshipTypes() YIELD relationshipType AS type RETURN type ORDER BY type"
        types = {row["type"]: _count(tx, f"()-[n:{identifier(row['type'])}]->()") for row in read_rows(tx, cypher)}
        return Shape(
            {name: label for name, label in labels.items() if label.count},
            {name: count for name, count in types.items() if count},
        )

    return server.reading(read)


def _label(tx: neo4j.ManagedTransaction, label: str, name: str, key: str) -> Label:
    sample = read_rows(tx, f"MATCH (n:{identifier(label)}) RETURN properties(n) AS held LIMIT {_SAMPLE}")
    name = name or name_property(label, [row["held"] for row in sample])
    return Label(_count(tx, f"(n:{identifier(label)})"), name, key)


def _count(tx: neo4j.ManagedTransaction, pattern: str) -> int:
    return int(read_rows(tx, f"MATCH {pattern} RETURN count(n) AS count")[0]["count"])


def name_property(label: str, sample: Sequence[Mapping[str, Any]]) -> str:
    """The property that names nodes like these: one called so (`name`, `title`, ..., `movieTitle`), else the short text
    that differs most; `""` where there is none."""
    texts: dict[str, list[str]] = {}
    for held in sample:
        for key, value in held.items():
            if isinstance(value, str) and 0 < len(value) <= LONGEST_VALUE:
                texts.setdefault(key, []).append(value)

    def rank(key: str) -> tuple[int, float, str]:
        plain_key = re.sub(r"\W|_", "", key).casefold()
        short = plain_key.removeprefix(re.sub(r"\W|_", "", label).casefold())
        places = [_NAMES.index(word) for word in (plain_key, short) if word in _NAMES]
        return min(places, default=len(_NAMES)), -len(set(texts[key])) / len(sample), key

    told = [key for key in texts if len(texts[key]) * 2 >= len(sample) and not _is_address(texts[key][0])]
    best = min(told, key=rank, default="")
    named = best and rank(best)[0] < len(_NAMES)
    return best if named or (best and len(set(texts[best])) * 2 > len(sample)) else ""


def _is_address(text: str) -> bool:
    return "://" in text or (len(text) >= 32 and re.fullmatch(r"[0-9a-fA-F-]+", text) is not None)


def words_of(name: str) -> str:
    """A type or property as words: `ACTED_IN` -> "acted in", `releaseDate` -> "release date"."""
    return " ".join(part for part in _WORDS.split(name) if part).lower() or name


def records(server: Server, shape: Shape, source: str, size: int = 500) -> Iterator[list[DocumentRecord]]:
    """Every node as a record, some at a time. `source` is the address that the documents' URIs begin with."""
    nodes = server.reading(lambda tx: _nodes(tx, shape, source))
    elements = list(nodes)
    for start in range(0, len(elements), size):
        wanted = elements[start : start + size]
        held, edges = server.reading(partial(_around, elements=wanted))
        there = (one for one in wanted if one in held)
        yield [_Telling(nodes[one], shape, held[one], edges.get(one, []), nodes).record for one in there]


def _nodes(tx: neo4j.ManagedTransaction, shape: Shape, source: str) -> dict[str, _Node]:
    keys = sorted({property_ for label in shape.labels.values() for property_ in (label.name, label.key) if property_})
    told = ", ".join(f".{identifier(key)}" for key in keys)
    cypher = f"MATCH (n) RETURN elementId(n) AS element, labels(n) AS labels, n {{{told}}} AS held"
    found = (_node(row, shape, source) for row in read_rows(tx, cypher))
    return {node.element: node for node in sorted(found, key=lambda node: node.uri)}


def _node(row: Row, shape: Shape, source: str) -> _Node:
    known = (name for name in row["labels"] if name in shape.labels)
    labels = sorted(known, key=lambda name: (shape.labels[name].count, name))
    held, element = row["held"], row["element"]
    keyed = next((name for name in labels if isinstance(held.get(shape.labels[name].key), str | int)), "")
    if keyed:
        key = shape.labels[keyed].key
        told = _text(held[key])
        place = {"label": keyed, "property": key, "value": json.dumps(held[key])}
    else:
        told, place = element, {"element": element}
    named = next((str(held[shape.labels[name].name]) for name in labels if held.get(shape.labels[name].name)), "")
    name = " ".join(named.split()) or " ".join(
        f"{words_of(labels[0]) if labels else 'node'} {told.rpartition(':')[2]}".split()
    )
    return _Node(element, f"{source}#{keyed or 'node'}/{told}", name, tuple(labels), place)


def _around(tx: neo4j.ManagedTransaction, elements: list[str]) -> tuple[dict[str, Row], dict[str, list[Row]]]:
    """Properties of these nodes, and the relationships that leave them."""
    place = "UNWIND $elements AS element MATCH (n) WHERE elementId(n) = element"
    held = {
        row["element"]: row["held"]
        for row in read_rows(tx, f"{place} RETURN element, properties(n) AS held", elements=elements)
    }
    edges: dict[str, list[Row]] = {}
    cypher = f"{place} MATCH (n)-[r]->(m) RETURN element, type(r) AS type, properties(r) AS held, elementId(m) AS tail"
    for row in read_rows(tx, cypher, elements=elements):
        edges.setdefault(row["element"], []).append(row)
    return held, edges


class _Telling:
    """A node's record in the making: sentences one after the other, with what each says."""

    def __init__(self, node: _Node, shape: Shape, held: Row, edges: Sequence[Row], nodes: Mapping[str, _Node]) -> None:
        self._node = node
        self._text: list[str] = []
        self._length = 0
        self._said: list[tuple[int, int, str, str | Value, Mapping[str, str]]] = []  # span, relation, tail, qualifiers
        self._named: list[tuple[int, str, _Node, str]] = []  # where, the words, who, form
        names = {label.name for label in shape.labels.values()}
        for label in map(words_of, node.labels):
            self._say([node], f"{node.name} is {'an' if label[0] in 'aeiou' else 'a'} {label}.")
            self._state("is a", Value(label), {})
        if not node.labels:
            self._say([node], f"{node.name}.")
        for key in sorted(held):
            if not (key in names and str(held[key]) == node.name) and key not in OWN:
                self._say_property(key, held[key])
        known = (edge for edge in edges if edge["tail"] in nodes)
        for edge in sorted(known, key=lambda edge: (edge["type"], nodes[edge["tail"]].uri, str(edge["held"]))):
            self._say_edge(edge["type"], edge["held"], nodes[edge["tail"]])
        self.record = self._finish()

    def _say(self, who: Sequence[_Node], sentence: str) -> None:
        sentence = " ".join(sentence.split()) + " "
        start = self._length
        self._text.append(sentence)
        self._length += len(sentence)
        at = 0
        for node in who:
            place = sentence.find(node.name, at)
            if place >= 0:
                self._named.append((start + place, node.name, node, "name"))
                at = place + len(node.name)

    def _state(self, relation: str, tail: str | Value, qualifiers: Mapping[str, str]) -> None:
        """The last sentence says this of the node."""
        start = self._length - len(self._text[-1])
        self._said.append((start, self._length - 1, relation, tail, qualifiers))

    def _say_property(self, key: str, held: Any) -> None:
        plain_key, name = re.sub(r"\W|_", "", key).casefold(), words_of(key)
        values = held if isinstance(held, list) else [held]
        if len(values) > 16 and all(isinstance(value, int | float) for value in values):
            return  # a vector says nothing to a reader
        for value in values:
            text = " ".join(_text(value).split())
            if not text:
                continue
            if plain_key in _ALIASES:
                start = self._length + len(f"{self._node.name} is also called ")
                self._say([self._node], f"{self._node.name} is also called {text}.")
                self._named.append((start, text, self._node, "alias"))
            elif isinstance(value, str) and (plain_key in _TEXTS or len(text) > LONGEST_VALUE):
                self._say([self._node], f"{self._node.name}, {name}: {text}")
            else:
                self._say([self._node], f"{self._node.name}, {name}: {text}.")
                self._state(name, _value(value, text), {})

    def _say_edge(self, type_: str, held: Row, tail: _Node) -> None:
        qualifiers = {words_of(key): " ".join(_text(held[key]).split())[:LONGEST_VALUE] for key in sorted(held)}
        qualifiers = {key: value for key, value in qualifiers.items() if value}
        aside = "; ".join(f"{key}: {value}" for key, value in qualifiers.items())
        sentence = f"{self._node.name} {words_of(type_)} {tail.name}" + (f" ({aside})." if aside else ".")
        self._say([self._node, tail], sentence)
        self._state(words_of(type_), tail.entity, qualifiers)

    def _finish(self) -> DocumentRecord:
        node = self._node
        document = Document.make(
            node.uri,
            "".join(self._text),
            title=node.name,
            metadata={**node.place, "labels": ", ".join(node.labels)},
            read_with=READER,
        )
        chunks = tuple(self._chunks(document))

        def within(start: int) -> str:
            return next(chunk.id for chunk in reversed(chunks) if chunk.start <= start)

        mentions = [Mention(chunks[0].id, document.id, 0, 0, node.name, node.type, 1.0, node.entity, node.name)]
        mentions += [
            Mention(within(at), document.id, at, at + len(text), text, who.type, 1.0, who.entity, who.name, form)
            for at, text, who, form in self._named
        ]
        triples = [
            Triple.make(
                node.entity,
                relation,
                tail,
                (Source(document.id, within(start), start, end, READER, 1.0, qualifiers=dict(qualifiers)),),
            )
            for start, end, relation, tail, qualifiers in self._said
        ]
        return DocumentRecord(document, chunks, tuple(mentions), tuple(triples))

    def _chunks(self, document: Document) -> Iterator[Chunk]:
        start = end = position = 0
        for sentence in [*self._text, ""]:
            if end > start and (not sentence or end + len(sentence) - start > CHUNK_LENGTH):
                yield Chunk.make(document, start, end, position=position)
                start, position = end, position + 1
            end += len(sentence)


def _text(value: Any) -> str:
    """A property's value in words."""
    told = plain(value)
    if isinstance(told, bool):
        return "yes" if told else "no"
    if isinstance(told, list):
        return ", ".join(map(_text, told))
    return json.dumps(told, ensure_ascii=False, sort_keys=True) if isinstance(told, dict) else str(told)


def _value(value: Any, text: str) -> Value:
    if isinstance(value, bool):
        return Value(text)
    if isinstance(value, int | float):
        return Value(text, "number", text)
    if isinstance(value, Date | DateTime):
        return Value(text, "date", text[:10])
    return Value(text)
