"""Questions, queries and views."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clew.graph.errors import InputError, require
from clew.knowledge_graph.base import Opened
from clew.knowledge_graph.given import given_generator, given_reasoner
from clew.settings import Settings, with_options

if TYPE_CHECKING:
    from clew.graph.model import Entity
    from clew.graph.store import QueryResult
    from clew.retrieval.answer import Answer, Retrieval
    from clew.retrieval.generate.quote import Generator
    from clew.retrieval.judge.spans import Read
    from clew.retrieval.question.syntax import Parse
    from clew.retrieval.reasoning.rank import Reasoner
    from clew.views import EntityView, PathView, Status


class Asking(Opened):
    """What reads the graph."""

    def ask(
        self,
        question: str,
        *,
        reasoner: str | Reasoner | None = None,
        generator: str | Generator | None = None,
        k: int | None = None,
        budget: int | None = None,
        hops: int | None = None,
        paths: int | None = None,
        sure: float | None = None,
    ) -> Answer:
        """The answer with its reasoning paths and numbered evidence, or an abstention with its reason.

        Each option takes the place of the setting of its name for this question. Raises QueryError on an empty or
        overlong question, SettingsError on an impossible option.
        """
        from clew.retrieval.answer import answer

        own = self._checked(k=k, budget=budget, hops=hops, paths=paths, sure=sure)
        return answer(
            question,
            self.store,
            self.embedder,
            parse=self._parse,
            read=self._read,
            reason=self._reasoner(reasoner),
            generate=self._generator(generator),
            k=own.k,
            budget=own.budget,
            hops=own.hops,
            paths=own.paths,
            sure=own.sure,
        )

    def retrieve(
        self,
        question: str,
        *,
        reasoner: str | Reasoner | None = None,
        k: int | None = None,
        budget: int | None = None,
        hops: int | None = None,
    ) -> Retrieval:
        """The ranked chunks and the scored subgraph for a question, without an answer; options as in `ask`."""
        from clew.retrieval.answer import retrieve

        own = self._checked(k=k, budget=budget, hops=hops)
        reason = self._reasoner(reasoner)
        return retrieve(question, self.store, self.embedder, reason=reason, k=own.k, budget=own.budget, hops=own.hops)

    async def aask(
        self,
        question: str,
        *,
        reasoner: str | Reasoner | None = None,
        generator: str | Generator | None = None,
        k: int | None = None,
        budget: int | None = None,
        hops: int | None = None,
        paths: int | None = None,
        sure: float | None = None,
    ) -> Answer:
        """As `ask`, from a coroutine."""
        return await asyncio.to_thread(
            self.ask,
            question,
            reasoner=reasoner,
            generator=generator,
            k=k,
            budget=budget,
            hops=hops,
            paths=paths,
            sure=sure,
        )

    def _checked(self, **options: float | None) -> Settings:
        """The settings with these options in their place. Raises SettingsError."""
        return with_options(self.settings, options)

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

    def _reasoner(self, wanted: str | Reasoner | None) -> Reasoner:
        """The reasoner that is wanted: of this name, this one, or else the knowledge base's own."""
        from clew.reasoners import reasoner

        if wanted is None:
            if self._own_reasoner is not None:
                return self._own_reasoner
            wanted = self.settings.reasoner
        if not isinstance(wanted, str):
            return given_reasoner(wanted)
        with self._lock:
            if wanted not in self._reasoners:
                self._reasoners[wanted] = reasoner(wanted, self.embedder, self.settings.checkpoint)
            return self._reasoners[wanted]

    def _generator(self, wanted: str | Generator | None) -> Generator:
        """The generator that is wanted: of this name, this one, or else the knowledge base's own."""
        if wanted is None:
            if self._own_generator is not None:
                return self._own_generator
            wanted = self.settings.generator
        return self._language.generator(wanted) if isinstance(wanted, str) else given_generator(wanted)

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
        """Up to `k` shortest reasoning paths between two entities; empty where there is none within `max_hops`. Raises
        NotFoundError, InputError where both are one."""
        from clew.retrieval.reasoning.shortest_paths import between
        from clew.views import path_view

        start, end = self.find(a), self.find(b)
        if start.id == end.id:
            raise InputError(f"{a!r} and {b!r} are the same entity, {start.name!r}.", hint="Name two different ones.")
        return [path_view(self.store, path) for path in between(self.store, start.id, end.id, max_hops=max_hops, k=k)]

    def query(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> QueryResult:
        """The rows of a read-only Cypher query that passed the guard. Raises QueryError, StoreUnsupportedError."""
        return self.store.query(
            cypher, parameters, timeout=self.settings.query_timeout, limit=self.settings.query_limit
        )

    def sparql(self, query: str) -> QueryResult:
        """The rows of a read-only SPARQL query over the graph as RDF. Raises QueryError."""
        require("pyoxigraph", "Oxigraph", "rdf")
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
