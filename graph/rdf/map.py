"""Clew's nouns as RDF, and back: facts as plain triples, where each is said as PROV-O, a named graph a document.

    ent:A rel:author ent:B                                the fact, in the graph of each document that says it
    urn:clew:triple:T  rdf:subject, predicate, object     the fact as a statement, prov:wasDerivedFrom its sources
    urn:clew:source:S  prov:wasQuotedFrom CHUNK           the place that says it, with span, confidence, extractor
    urn:clew:chunk:C   prov:wasDerivedFrom DOCUMENT       the text around it

Nothing that reads back depends on the graphs' names, so that formats without named graphs lose nothing either.
Fields at their defaults are left out.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from pyoxigraph import DefaultGraph, NamedNode, Quad

from clew.graph.model import Chunk, Document, Entity, Mention, Source, Triple, Value
from clew.graph.rdf import terms as rdf
from clew.graph.rdf.terms import TYPE, clew, entity_node, node, relation_node, term
from clew.graph.store import DocumentRecord, GraphStore, StoreInfo

Properties = Mapping[str, list[rdf.Term]]  # of one subject: local name in Clew's vocabulary -> objects
_Pair = tuple[NamedNode, rdf.Term]


def info_quads(info: StoreInfo) -> Iterator[Quad]:
    """What the knowledge base says of itself."""
    yield Quad(rdf.BASE, TYPE, clew("KnowledgeBase"))
    yield Quad(rdf.BASE, clew("formatVersion"), rdf.whole(info.format_version))
    yield Quad(rdf.BASE, clew("encoder"), rdf.text(info.encoder))
    yield Quad(rdf.BASE, clew("dimension"), rdf.whole(info.dimension))
    yield Quad(rdf.BASE, clew("extractedWith"), rdf.text(info.extracted_with))


def entity_quads(entity: Entity) -> Iterator[Quad]:
    """Names, type and description of an entity, for people and queries; only the description is read back."""
    subject = entity_node(entity.id)
    yield Quad(subject, TYPE, clew("Entity"))
    if entity.names:
        yield Quad(subject, term("rdfs", "label"), rdf.text(entity.name))
    for alias in entity.aliases:
        yield Quad(subject, term("skos", "altLabel"), rdf.text(alias))
    if entity.type != "OTHER":
        yield Quad(subject, clew("type"), rdf.text(entity.type))
    if entity.description:
        yield Quad(subject, clew("description"), rdf.text(entity.description))


def relation_quads(name: str) -> Iterator[Quad]:
    """The name of a relation."""
    yield Quad(relation_node(name), TYPE, clew("Relation"))
    yield Quad(relation_node(name), term("rdfs", "label"), rdf.text(name))


def record_quads(record: DocumentRecord, *, named: bool = True) -> Iterator[Quad]:
    """All that one document says, in the graph named after it (in the default graph unless `named`)."""
    document = node("document", record.document.id)
    graph = document if named else DefaultGraph()
    parts: list[tuple[NamedNode, Iterable[_Pair]]] = [(document, _document(record.document))]
    parts += [(node("chunk", chunk.id), _chunk(chunk, document)) for chunk in record.chunks]
    parts += [
        (node("mention", f"{record.document.id}.{place}"), _mention(mention, document))
        for place, mention in enumerate(record.mentions)
    ]
    for subject, pairs in parts:
        for predicate, object_ in pairs:
            yield Quad(subject, predicate, object_, graph)
    for place, triple in enumerate(record.triples):
        for subject, predicate, object_ in _triple(triple, record.document.id, place):
            yield Quad(subject, predicate, object_, graph)


def _document(document: Document) -> Iterator[_Pair]:
    yield TYPE, clew("Document")
    yield TYPE, term("prov", "Entity")
    yield clew("uri"), rdf.text(document.uri)
    for name, value in (
        ("title", document.title),
        ("contentHash", document.content_hash),
        ("language", document.language),
        ("version", document.version),
        ("readWith", document.read_with),
    ):
        if value:
            yield clew(name), rdf.text(value)
    if document.metadata:
        yield clew("metadata"), rdf.listed(dict(document.metadata))
    if document.access:
        yield clew("access"), rdf.listed(document.access)


def _chunk(chunk: Chunk, document: NamedNode) -> Iterator[_Pair]:
    yield TYPE, clew("Chunk")
    yield clew("document"), document
    yield term("prov", "wasDerivedFrom"), document
    yield clew("start"), rdf.whole(chunk.start)
    yield clew("end"), rdf.whole(chunk.end)
    yield clew("text"), rdf.text(chunk.text)
    yield clew("position"), rdf.whole(chunk.position)
    if chunk.headings:
        yield clew("headings"), rdf.listed(chunk.headings)


def _mention(mention: Mention, document: NamedNode) -> Iterator[_Pair]:
    yield TYPE, clew("Mention")
    yield clew("document"), document
    yield clew("chunk"), node("chunk", mention.chunk)
    yield clew("start"), rdf.whole(mention.start)
    yield clew("end"), rdf.whole(mention.end)
    yield clew("text"), rdf.text(mention.text)
    yield clew("type"), rdf.text(mention.type)
    yield clew("confidence"), rdf.real(mention.confidence)
    yield clew("entity"), entity_node(mention.entity)
    yield clew("name"), rdf.text(mention.name)
    yield clew("form"), rdf.text(mention.form)


def _triple(triple: Triple, document: str, place: int) -> Iterator[tuple[NamedNode, NamedNode, rdf.Term]]:
    """The fact, the statement of it, and one node a source. `place` parts statements of one id in one document."""
    value = triple.tail if isinstance(triple.tail, Value) else None
    head, relation = entity_node(triple.head), relation_node(triple.relation)
    tail = rdf.literal(value) if value else entity_node(triple.tail_id)
    statement = node("triple", triple.id)
    yield head, relation, tail
    yield statement, TYPE, term("rdf", "Statement")
    yield statement, term("rdf", "subject"), head
    yield statement, term("rdf", "predicate"), relation
    yield statement, term("rdf", "object"), tail
    for number, source in enumerate(triple.sources):
        said = node("source", f"{document}.{place}.{number}")
        yield statement, term("prov", "wasDerivedFrom"), said
        yield said, clew("triple"), statement
        if value:
            yield said, clew("value"), rdf.listed([value.text, value.datatype, value.normal, value.language])
        for predicate, object_ in _source(source):
            yield said, predicate, object_


def _source(source: Source) -> Iterator[_Pair]:
    yield TYPE, clew("Source")
    yield clew("document"), node("document", source.document)
    yield term("prov", "wasQuotedFrom"), node("chunk", source.chunk)
    yield clew("start"), rdf.whole(source.start)
    yield clew("end"), rdf.whole(source.end)
    yield clew("confidence"), rdf.real(source.confidence)
    if source.extractor:
        yield term("prov", "wasAttributedTo"), node("extractor", source.extractor)
    for name, value in (("validFrom", source.valid_from), ("validTo", source.valid_to), ("graph", source.graph)):
        if value:
            yield clew(name), rdf.text(value)
    if source.flags:
        yield clew("flags"), rdf.listed(source.flags)
    if source.qualifiers:
        yield clew("qualifiers"), rdf.listed(dict(source.qualifiers))


# -- and back ------------------------------------------------------------------------------------------------------


def record_of(subjects: Mapping[str, Properties]) -> DocumentRecord:
    """The record of one document from the properties of its document, chunks, mentions, sources and statements, by
    IRI. Raises KeyError, ValueError or IndexError where something is missing or damaged."""
    kinds: dict[str, list[tuple[str, Properties]]] = defaultdict(list)
    for iri, properties in subjects.items():
        for kind in properties.get("rdf:type", ()):
            kinds[rdf.value_of(kind).removeprefix(rdf.CLEW)].append((iri, properties))
    ((_, own),) = kinds["Document"]
    document = _read_document(own)
    chunks = sorted((_read_chunk(iri, of) for iri, of in kinds["Chunk"]), key=lambda chunk: (chunk.position, chunk.id))
    mentions = [_read_mention(of) for _, of in sorted(kinds["Mention"], key=lambda item: _places(item[0], 1))]
    sources = sorted(((_places(iri, 2), of) for iri, of in kinds["Source"]), key=lambda item: item[0])
    triples = [
        _read_triple([of for _, of in group], subjects) for _, group in groupby(sources, lambda item: item[0][0])
    ]
    return DocumentRecord(document, tuple(chunks), tuple(mentions), tuple(triples))


def _places(iri: str, count: int) -> list[int]:
    """The numbers that follow a document's id in the IRI of a mention (one) or source (two)."""
    return [int(number) for number in iri.split(".")[-count:]]


def _read_document(of: Properties) -> Document:
    uri = _text(of, "uri")
    return Document(
        id=rdf.id_of(of["@id"][0]),
        uri=uri,
        title=_text(of, "title"),
        content_hash=_text(of, "contentHash"),
        language=_text(of, "language"),
        metadata=_json(of, "metadata", {}),
        access=tuple(_json(of, "access", [])),
        version=_text(of, "version"),
        read_with=_text(of, "readWith"),
    )


def _read_chunk(iri: str, of: Properties) -> Chunk:
    return Chunk(
        rdf.id_of(NamedNode(iri)),
        rdf.id_of(of["document"][0]),
        _int(of, "start"),
        _int(of, "end"),
        _text(of, "text"),
        _int(of, "position"),
        tuple(_json(of, "headings", [])),
    )


def _read_mention(of: Properties) -> Mention:
    return Mention(
        rdf.id_of(of["chunk"][0]),
        rdf.id_of(of["document"][0]),
        _int(of, "start"),
        _int(of, "end"),
        _text(of, "text"),
        _text(of, "type"),
        float(_text(of, "confidence")),
        rdf.entity_of(of["entity"][0]),
        _text(of, "name"),
        _text(of, "form"),
    )


def _read_triple(told: list[Properties], subjects: Mapping[str, Properties]) -> Triple:
    first = told[0]
    iri = rdf.value_of(first["triple"][0])
    statement = subjects[iri]
    tail: str | Value = (
        Value(*_json(first, "value", [])) if "value" in first else rdf.entity_of(statement["rdf:object"][0])
    )
    sources = tuple(_read_source(of) for of in told)
    head = rdf.entity_of(statement["rdf:subject"][0])
    return Triple(rdf.id_of(NamedNode(iri)), head, rdf.relation_of(statement["rdf:predicate"][0]), tail, sources)


def _read_source(of: Properties) -> Source:
    by = of.get("prov:wasAttributedTo")
    return Source(
        rdf.id_of(of["document"][0]),
        rdf.id_of(of["prov:wasQuotedFrom"][0]),
        _int(of, "start"),
        _int(of, "end"),
        rdf.id_of(by[0]) if by else "",
        float(_text(of, "confidence")),
        tuple(_json(of, "flags", [])),
        _json(of, "qualifiers", {}),
        _text(of, "validFrom"),
        _text(of, "validTo"),
        _text(of, "graph"),
    )


def _text(of: Properties, name: str) -> str:
    return rdf.text_of(of[name][0]) if name in of else ""


def _int(of: Properties, name: str) -> int:
    return int(rdf.value_of(of[name][0]))


def _json(of: Properties, name: str, default: Any) -> Any:
    return json.loads(rdf.value_of(of[name][0])) if name in of else default


_SHORT = tuple((iri, "" if prefix == "clew" else f"{prefix}:") for prefix, iri in rdf.PREFIXES.items())


def short(predicate: NamedNode) -> str:
    """The predicate as `Properties` name it: without Clew's namespace, others as `prefix:name`."""
    for iri, prefix in _SHORT:
        if predicate.value.startswith(iri):
            return prefix + predicate.value[len(iri) :]
    return predicate.value


def grouped(quads: Iterable[Quad]) -> dict[str, dict[str, list[rdf.Term]]]:
    """The properties of every subject, by IRI, each with its own IRI as `@id`."""
    subjects: dict[str, dict[str, list[rdf.Term]]] = {}
    for quad in quads:
        if isinstance(quad.subject, NamedNode):
            iri = quad.subject.value
            properties = subjects.setdefault(iri, {"@id": [quad.subject]})
            properties.setdefault(short(quad.predicate), []).append(quad.object)
    return subjects


def records_of(store: GraphStore) -> Iterator[DocumentRecord]:
    """What each document of a store says, one at a time, by id; the text of documents is put together again."""
    told: dict[str, list[str]] = defaultdict(list)
    for triple in store.triples():
        for id_ in dict.fromkeys(source.document for source in triple.sources):
            told[id_].append(triple.id)
    for document in store.documents():
        chunks = tuple(store.chunks(document=document.id))
        mentions = tuple(
            mention
            for mention in store.mentions(chunks=[chunk.id for chunk in chunks])
            if mention.document == document.id
        )
        triples = tuple(
            Triple(
                triple.id,
                triple.head,
                triple.relation,
                triple.tail,
                tuple(source for source in triple.sources if source.document == document.id),
            )
            for triple in store.triples(told.get(document.id, []))
        )
        yield DocumentRecord(document, chunks, mentions, triples)
