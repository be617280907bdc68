"""Questions, queries and views."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clew.graph.errors import QueryError, SettingsError
from clew.knowledge_graph.base import Opened

if TYPE_CHECKING:
    from clew.graph.model import Entity
    from clew.graph.store import QueryResult
    from clew.retrieval.answer import Answer, Retrieval
    from clew.retrieval.judge.spans import Read
    from clew.retrieval.question.syntax import Parse
    from clew.retrieval.reasoning.rank import Reasoner
    from clew.views import EntityView, PathView, Status


class Asking(Opened):
    """What reads the graph."""

    def ask(self, question: str, **options: Any) -> Answer:
        """The answer with its reasoning paths and numbered evidence, or an abstention with its reason.

        `options` override the settings `reasoner`, `generator`, `k`, `budget`, `hops`, `paths` and `sure` for this
        question. Raises QueryError on an empty or overlong question.
        """
        from clew.retrieval.answer import answer

        chosen = self._retrieval_options(options)
        return answer(question, self.store, self.embedder, parse=self._parse, read=self._read, **chosen)

    def retrieve(self, question: str, **options: Any) -> Retrieval:
        """The ranked chunks and the scored subgraph for a question, without an answer; options as in `ask`."""
        from clew.retrieval.answer import retrieve

        options = self._retrieval_options(options)
        options = {name: value for name, value in options.items() if name not in {"paths", "generate", "sure"}}
        return retrieve(question, self.store, self.embedder, **options)

    async def aask(self, question: str, **options: Any) -> Answer:
        """As `ask`, from a coroutine."""
        return await asyncio.to_thread(self.ask, question, **options)

    def _retrieval_options(self, options: Mapping[str, Any]) -> dict[str, Any]:
        names = ("reasoner", "generator", "k", "budget", "hops", "paths", "sure")
        unknown = sorted(set(options) - set(names))
        if unknown:
            raise SettingsError(f"There is no option called {unknown[0]!r} here.", hint=f"Use: {', '.join(names)}.")
        chosen = {name: options.get(name, getattr(self.settings, name)) for name in names}
        chosen["reason"] = self._reasoner(str(chosen.pop("reasoner")))
        chosen["generate"] = self._language.generator(str(chosen.pop("generator")))
        return chosen

    @cached_property
    def _parse(self) -> Parse:
        """What parses questions, loaded on first use."""
        from clew.ingest.parser import SHIPPED
        from clew.question_syntax import question_parser

        return question_parser(SHIPPED)

    @cached_property
    def _read(self) -> Read:
        """What reads answers off passages, loaded on first use."""
        from clew.retrieval.reader.reader import open_reader

        return open_reader(threads=self.settings.threads or None).read

    def _reasoner(self, name: str) -> Reasoner:
        from clew.reasoners import reasoner

        with self._lock:
            if name not in self._reasoners:
                self._reasoners[name] = reasoner(name, self.embedder, self.settings.checkpoint)
            return self._reasoners[name]

    def status(self) -> Status:
        """What the knowledge base holds and was made with."""
        from clew.views import status

        return status(self.url, self.store)

    def find(self, name: str) -> Entity:
        """The entity of this id, name or alias, the most mentioned one of several. Raises NotFoundError."""
        from clew.views import find_entity

        return find_entity(self.store, name)

    def show(self, name: str, *, limit: int = 50) -> EntityView:
        """All that the graph knows of an entity: description, triples as sentences with their sources."""
        from clew.views import entity_view

        return entity_view(self.store, self.find(name), limit=limit)

    def path(self, a: str, b: str, *, max_hops: int = 4, k: int = 3) -> list[PathView]:
        """Up to `k` shortest reasoning paths between two entities; empty where there is none within `max_hops`."""
        from clew.retrieval.reasoning.shortest_paths import between
        from clew.views import path_view

        start, end = self.find(a), self.find(b)
        if start.id == end.id:
            raise QueryError(f"{a!r} and {b!r} are the same entity, {start.name!r}.", hint="Name two different ones.")
        return [path_view(self.store, path) for path in between(self.store, start.id, end.id, max_hops=max_hops, k=k)]

    def query(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> QueryResult:
        """The rows of a read-only Cypher query that passed the guard. Raises QueryError, StoreUnsupportedError."""
        return self.store.query(
            cypher, parameters, timeout=self.settings.query_timeout, limit=self.settings.query_limit
        )

    def sparql(self, query: str) -> QueryResult:
        """The rows of a read-only SPARQL query over the graph as RDF. Raises QueryError."""
        from clew.graph.rdf.sparql import sparql

        return sparql(self.store, query, timeout=self.settings.query_timeout, limit=self.settings.query_limit)

    def export(self, file: str | Path | None = None, *, format: str = "jsonl") -> int:  # noqa: A002 - the word users type
        """The whole graph is in `file` (standard output where None), sorted, free of wall-clock time; returns the
        number of lines, statements, triples or notes. Equal graphs give equal files.

        `jsonl`, and as RDF with provenance `turtle`, `ntriples`, `nquads`, `trig`, `json-ld`, `rdfxml`, hold all that
        the graph knows; `graphml`, `cypher` (files), `csv` and `parquet` (folders) its entities and triples; `vault`
        (a folder) a linked note for each entity, in which what a person wrote stays.
        """
        from clew.views import export

        return export(self.store, Path(file) if file is not None else None, format)
