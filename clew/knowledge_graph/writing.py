"""Documents into the graph and out of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clew.graph.errors import require
from clew.knowledge_graph.base import Opened

if TYPE_CHECKING:
    from clew.graph.upgrade import Upgrade
    from clew.ingest.load.in_memory import Text, TripleRow
    from clew.ingest.load.load import Fields
    from clew.ingest.pipeline import IngestReport, Progress
    from clew.ingest.resolution.log import Merged

Sources = str | Path | Iterable[str | Path]


class Writing(Opened):
    """What changes the graph."""

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

    def add(
        self,
        items: Text | Iterable[Text],
        *,
        plain: bool = False,
        dry_run: bool = False,
        refresh: bool = False,
        progress: Callable[[Progress], None] | None = None,
    ) -> IngestReport:
        """What these texts say is in the graph, described and embedded. They are read as text files are.

        An item is a text, a dictionary with `text` and perhaps `title`, `id` and `metadata`, or a Document with its
        text. Adding an id again replaces what it said before; a text without an id is named by its hash, so that the
        same text again changes nothing. `plain`, `dry_run` and `refresh` are as in `ingest`, which reads files.
        Raises InputError, which names the item, before anything is written.
        """
        from clew.ingest.load.in_memory import texts
        from clew.ingestion import add

        how: dict[str, Any] = {"dry_run": dry_run, "refresh": refresh, "progress": progress}
        loaded = texts(items, plain=plain)
        return add(self.store, self.extractor, self.embedder, self.settings, loaded, **how)

    def add_triples(
        self,
        triples: Iterable[TripleRow],
        *,
        id: str | None = None,  # noqa: A002 - the word users type
        dry_run: bool = False,
        refresh: bool = False,
        progress: Callable[[Progress], None] | None = None,
    ) -> IngestReport:
        """These triples are in the graph, as they stand.

        One is (head, relation, tail), perhaps with the types of both ends behind it, or a dictionary with the keys
        `head`, `relation`, `tail` and perhaps `head_type`, `tail_type`, `confidence` (0 to 1) and `text`, the sentence
        that says it. Ends are names; a tail that is a number or a date, or of the type `text`, is a value. The triples
        are one source: adding its `id` again replaces all of them. Without an id they are named by their hash.
        Raises InputError, which names the triple, before anything is written.
        """
        from clew.ingest.load.in_memory import triples as loaded_triples
        from clew.ingestion import add_triples

        how: dict[str, Any] = {"dry_run": dry_run, "refresh": refresh, "progress": progress}
        loaded = loaded_triples(triples, id=id)
        return add_triples(self.store, self.extractor, self.embedder, self.settings, loaded, id_=id, **how)

    async def aadd(
        self,
        items: Text | Iterable[Text],
        *,
        plain: bool = False,
        dry_run: bool = False,
        refresh: bool = False,
        progress: Callable[[Progress], None] | None = None,
    ) -> IngestReport:
        """As `add`, from a coroutine: the work runs in a thread, so notebooks and servers stay responsive."""
        return await asyncio.to_thread(
            self.add, items, plain=plain, dry_run=dry_run, refresh=refresh, progress=progress
        )

    async def aingest(
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
        """As `ingest`, from a coroutine."""
        return await asyncio.to_thread(
            self.ingest,
            sources,
            fields=fields,
            recursive=recursive,
            stdin_format=stdin_format,
            plain=plain,
            dry_run=dry_run,
            refresh=refresh,
            sync=sync,
            say=say,
            progress=progress,
        )

    def remove(self, document: str) -> bool:
        """Nothing that only this document (id, URI, path or title) said is left; false where there was none. A file's
        records and all triples that were added under one id go together."""
        from clew.ingest.resolution.log import remove
        from clew.views import document_ids

        found = document_ids(self.store, document)
        return bool(found) and remove(self.store, self.embedder, found) > 0

    def merges(self, name: str = "") -> list[Merged]:
        """The merges in force, or those of one entity (its id, name or alias), each with its reason and score."""
        from clew.ingest.resolution.log import merges
        from clew.views import find_entity

        return merges(self.store, find_entity(self.store, name).id if name else "")

    def unmerge(self, one: str, other: str = "") -> list[Merged]:
        """This merge (its id, or its two names) is taken back for good; returns what was. Raises NotFoundError."""
        from clew.ingest.resolution.log import unmerge

        return unmerge(self.store, self.embedder, one, other)

    def upgrade(self) -> Upgrade:
        """The knowledge base has today's format; returns what was done. Raises StoreFormatError."""
        from clew.graph.upgrade import upgrade

        return upgrade(self.store)

    def reembed(self, *, progress: Callable[[Progress], None] | None = None) -> int:
        """Every vector comes from the encoder of the settings; returns how many chunks and entities were embedded."""
        from clew.ingest.reembed import reembed

        embedder = self._embedder or self._open_embedder()
        count = reembed(self.store, embedder, progress=progress)
        self._embedder = embedder
        return count

    def ontology_draft(self) -> str:
        """An ontology of this graph's types and frequent relations, as YAML for a person to edit."""
        require("pyoxigraph", "Oxigraph", "rdf")
        from clew.ingest.ontology.draft import draft, to_yaml

        return to_yaml(draft(self.store))
