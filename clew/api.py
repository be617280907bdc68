"""KnowledgeGraph: the one object a user holds. Each method is one library call below, with the settings filled in."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from clew.graph.errors import EncoderMismatchError, QueryError, SettingsError
from clew.language_model import Language
from clew.settings import Settings, load_settings

if TYPE_CHECKING:
    from concurrent.futures import Future

    from clew.gnn.evaluate import Scores
    from clew.gnn.train import Progress as TrainProgress
    from clew.graph.embeddings.embeddings import Embedder
    from clew.graph.model import Entity
    from clew.graph.store import GraphStore, QueryResult
    from clew.ingest.load.load import Fields
    from clew.ingest.pipeline import IngestReport, Progress
    from clew.ingest.resolution.log import Merged
    from clew.language_model import AnyExtractor
    from clew.retrieval.answer import Answer, Retrieval
    from clew.retrieval.judge.spans import Read
    from clew.retrieval.question.syntax import Parse
    from clew.retrieval.reasoning.rank import Reasoner
    from clew.training import TrainReport
    from clew.views import EntityView, PathView, Status

Sources = str | Path | Iterable[str | Path]


def open(  # noqa: A001 - clew.open reads like gzip.open
    path: str | Path | None = None,
    *,
    create: bool = True,
    check_encoder: bool = True,
    warm: bool = False,
    settings: Settings | None = None,
    **overrides: Any,
) -> KnowledgeGraph:
    """The knowledge base at `path` (a folder, `rdf:PATH`, `neo4j://HOST`, `memory:`; or the setting `store`).

    `overrides` are settings by name; `check_encoder=False` is for `reembed` alone; with `warm` the encoder is loaded
    beside the store, for callers who will need it at once. Raises SettingsError, StoreError
    and its children: EncoderMismatchError where the knowledge base was made with another embedding model.
    """
    if settings is None:
        settings, _ = load_settings(overrides=overrides)
    elif overrides:
        settings = replace(settings, **overrides)
    url = str(path) if path is not None else settings.store
    return KnowledgeGraph(url, settings=settings, create=create, check_encoder=check_encoder, warm=warm)


class KnowledgeGraph:
    """A knowledge base that can be asked. A context manager; its methods may be called from several threads."""

    def __init__(
        self, url: str, *, settings: Settings, create: bool = True, check_encoder: bool = True, warm: bool = False
    ) -> None:
        from clew.graph.open import open_store

        self.url = url
        self.settings = settings
        self._lock = threading.RLock()
        self._embedder: Embedder | None = None
        self._extractor: AnyExtractor | None = None
        self._language = Language(settings)
        self._reasoners: dict[str, Reasoner] = {}
        self._warming: Future[Embedder] | None = self._warm() if warm else None
        self.store: GraphStore = open_store(url, create=create, heap=settings.heap, cache=settings.cache)
        recorded = self.store.info().encoder
        if check_encoder and recorded and recorded.partition("/")[0] != Path(settings.encoder).name:
            # By name, before any model is loaded; the whole fingerprint is compared when it is.
            self.store.close()
            raise _mismatch(url, recorded, settings.encoder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"KnowledgeGraph({self.url!r})"

    def close(self) -> None:
        """The knowledge base is closed; closing twice is harmless."""
        self._language.close()
        self.store.close()

    @property
    def embedder(self) -> Embedder:
        """The sentence encoder of the settings, loaded on first use and known to fit this knowledge base."""
        with self._lock:
            if self._embedder is None:
                embedder = self._warming.result() if self._warming else self._open_embedder()
                self._warming = None
                recorded = self.store.info().encoder
                if recorded and recorded != embedder.fingerprint:
                    raise _mismatch(self.url, recorded, embedder.fingerprint)
                if hasattr(self.store, "waiting"):  # somebody else's graph, of which parts may have no vectors yet
                    from clew.ingest.reembed import catch_up

                    catch_up(self.store, embedder)
                self._embedder = embedder
            return self._embedder

    @property
    def extractor(self) -> AnyExtractor:
        """The extractor of the settings, loaded on first use."""
        with self._lock:
            if self._extractor is None:
                self._extractor = self._language.extractor()
            return self._extractor

    def ingest(
        self,
        sources: Sources,
        *,
        fields: Fields | None = None,
        recursive: bool = True,
        stdin_format: str = "txt",
        plain: bool = False,
        dry_run: bool = False,
        refresh: bool = False,
        sync: bool = False,
        say: Callable[[str], None] | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> IngestReport:
        """What the sources (files, folders, globs, `-`) say is in the graph, described and embedded.

        Unchanged documents are left alone unless `refresh`; with `dry_run` nothing is written and the report says
        what would be done and about how long it would take. Files known of these folders that are gone are named,
        and with `sync` removed, after `say` was told. Broken sources are reported, never raised;
        folders of notes and chats are read as such, unless `plain`.
        """
        from clew.ingestion import ingest

        paths = [sources] if isinstance(sources, str | Path) else list(sources)
        named: dict[str, Any] = {"fields": fields, "recursive": recursive, "stdin_format": stdin_format, "plain": plain}
        how: dict[str, Any] = {"dry_run": dry_run, "refresh": refresh, "sync": sync, "say": say, "progress": progress}
        return ingest(self.store, self.extractor, self.embedder, self.settings, paths, named=named, **how)

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

    def train(
        self,
        questions: str | Path | Iterable[str | Path] = (),
        *,
        out: str | Path = "clew-gnn",
        label_free: bool = False,
        llm: bool = False,
        scratch: bool = False,
        start: str | Path | None = None,
        epochs: int = 6,
        count: int = 8000,
        minutes: float = 0.0,
        seed: int = 0,
        progress: Callable[[TrainProgress], None] | None = None,
    ) -> TrainReport:
        """A graph neural network that fits this graph is in the folder `out`: use it with the setting `checkpoint`.

        It learns from files of questions with answers; where there are none, or `label_free`, from `count` questions
        made from the graph's own paths, reworded by the settings' language model where `llm`. It goes on from the
        network that comes with Clew, or from `start`, unless `scratch`; a training that was interrupted goes on where
        it was. Raises InputError, QueryError, ModelError.
        """
        from clew.gnn.train import Plan
        from clew.training import train_on, training_device

        files = [questions] if isinstance(questions, str | Path) else list(questions)
        device = training_device(self.settings.device)
        plan = Plan(epochs=epochs, minutes=minutes, seed=seed, device=device, workers=2 * (device != "cpu"))
        return train_on(
            self.store,
            self.embedder,
            Path(out),
            files,
            label_free=label_free,
            reword=self._language.reworder() if llm else None,
            scratch=scratch,
            start=Path(start) if start else None,
            count=count,
            plan=plan,
            budget=self.settings.budget,
            hops=self.settings.hops,
            progress=progress,
        )

    def evaluate(
        self,
        questions: str | Path | Iterable[str | Path],
        *,
        progress: Callable[[int, int], None] | None = None,
    ) -> Scores:
        """How well the network of the setting `checkpoint` answers files of questions about this graph: Hits@1, F1 of
        the answer sets, MRR, 0..100. Raises InputError, QueryError, ModelError."""
        from clew.training import evaluate_on

        files = [questions] if isinstance(questions, str | Path) else list(questions)
        return evaluate_on(
            self.store,
            self.embedder,
            files,
            checkpoint=Path(self.settings.checkpoint) if self.settings.checkpoint else None,
            budget=self.settings.budget,
            hops=self.settings.hops,
            progress=progress,
        )

    async def aingest(self, sources: Sources, **options: Any) -> IngestReport:
        """As `ingest`, from a coroutine: the work runs in a thread, so notebooks and servers stay responsive."""
        return await asyncio.to_thread(self.ingest, sources, **options)

    async def aask(self, question: str, **options: Any) -> Answer:
        """As `ask`, from a coroutine."""
        return await asyncio.to_thread(self.ask, question, **options)

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

    def export(self, file: str | Path | None = None, *, format: str = "jsonl") -> int:  # noqa: A002 - the word users type
        """The whole graph is in `file` (standard output where None), sorted, free of wall-clock time; returns the
        number of lines or statements. Equal graphs give equal files.

        `jsonl`, and as RDF with provenance `turtle`, `ntriples`, `nquads`, `trig`, `json-ld`, `rdfxml`, hold all that
        the graph knows; `graphml`, `cypher` (files), `csv` and `parquet` (folders) its entities and triples.
        """
        from clew.views import export

        return export(self.store, Path(file) if file is not None else None, format)

    def sparql(self, query: str) -> QueryResult:
        """The rows of a read-only SPARQL query over the graph as RDF. Raises QueryError."""
        from clew.graph.rdf.sparql import sparql

        return sparql(self.store, query, timeout=self.settings.query_timeout, limit=self.settings.query_limit)

    def ontology_draft(self) -> str:
        """An ontology of this graph's types and frequent relations, as YAML for a person to edit."""
        from clew.ingest.ontology.draft import draft, to_yaml

        return to_yaml(draft(self.store))

    def remove(self, document: str) -> bool:
        """Nothing that only this document (id, URI, path or title) said is left; false where there was none."""
        from clew.ingest.resolution.log import remove
        from clew.views import document_ids

        found = document_ids(self.store, document)
        return bool(found) and remove(self.store, self.embedder, found) > 0

    def merges(self, name: str = "") -> list[Merged]:
        """The merges in force, or those of one entity (its id, name or alias), each with its reason and score."""
        from clew.ingest.resolution.log import merges

        return merges(self.store, self.find(name).id if name else "")

    def unmerge(self, one: str, other: str = "") -> list[Merged]:
        """This merge (its id, or its two names) is taken back for good; returns what was. Raises NotFoundError."""
        from clew.ingest.resolution.log import unmerge

        return unmerge(self.store, self.embedder, one, other)

    def reembed(self, *, progress: Callable[[Progress], None] | None = None) -> int:
        """Every vector comes from the encoder of the settings; returns how many chunks and entities were embedded."""
        from clew.ingest.reembed import reembed

        embedder = self._embedder or self._open_embedder()
        count = reembed(self.store, embedder, progress=progress)
        self._embedder = embedder
        return count

    def _warm(self) -> Future[Embedder]:
        """The encoder and the modules that answering needs are being loaded in a thread of their own."""
        from concurrent.futures import ThreadPoolExecutor

        def load() -> Embedder:
            embedder = self._open_embedder()
            embedder.encode(["warm"])
            import clew.retrieval.answer  # noqa: F401 - so that it is loaded by the time it is called

            return embedder

        with_one = ThreadPoolExecutor(1, thread_name_prefix="clew-warm")
        warming = with_one.submit(load)
        with_one.shutdown(wait=False)
        return warming

    def _open_embedder(self) -> Embedder:
        from clew.graph.embeddings.open import open_embedder

        own = self.settings
        cache = Path(own.cache) if own.cache else None
        return open_embedder(own.encoder, device=own.device, cache=cache, threads=own.threads or None)


def _mismatch(url: str, recorded: str, wanted: str) -> EncoderMismatchError:
    return EncoderMismatchError(
        f"The knowledge base {url} was embedded with {recorded}, not with {wanted}: their vectors cannot be compared.",
        hint="Open it with the encoder it was made with, or embed it anew with: clew reembed.",
    )
