"""An open knowledge base: its store, its settings, and the models that they name."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

from clew.graph.errors import EncoderMismatchError
from clew.knowledge_graph.given import GivenEmbedder, GivenExtractor, given_generator, given_reasoner
from clew.language_model import Language
from clew.settings import Settings

if TYPE_CHECKING:
    from concurrent.futures import Future

    from clew.graph.embeddings.embeddings import Embedder
    from clew.graph.store import GraphStore
    from clew.ingest.extract.types import Extractor
    from clew.language_model import AnyExtractor
    from clew.retrieval.generate.quote import Generator
    from clew.retrieval.reasoning.rank import Reasoner


class Opened:
    """A knowledge base on its store, with the models that the settings name, each loaded when it is first needed."""

    def __init__(
        self,
        url: str,
        *,
        settings: Settings,
        create: bool = True,
        check_encoder: bool = True,
        warm: bool = False,
        embedder: Embedder | None = None,
        extractor: Extractor | None = None,
        reasoner: Reasoner | None = None,
        generator: Generator | None = None,
    ) -> None:
        from clew.graph.open import open_store

        self.url = url
        self.settings = settings
        self._lock = threading.RLock()
        self._own_embedder = GivenEmbedder(embedder) if embedder is not None else None
        self._own_reasoner = given_reasoner(reasoner) if reasoner is not None else None
        self._own_generator = given_generator(generator) if generator is not None else None
        self._embedder: Embedder | None = None
        self._extractor: AnyExtractor | None = GivenExtractor(extractor) if extractor is not None else None
        self._language = Language(settings)
        self._reasoners: dict[str, Reasoner] = {}
        self._warming: Future[Embedder] | None = self._warm() if warm else None
        self.store: GraphStore = open_store(url, create=create, heap=settings.heap, cache=settings.cache)
        if check_encoder:
            self._check_encoder(self.store.info().encoder)

    def _check_encoder(self, recorded: str) -> None:
        """The knowledge base was not made with another encoder, as far as can be told before a model is loaded: the
        whole fingerprint of a model that is named is compared when it is."""
        own = self._own_embedder
        wanted = Path(self.settings.encoder).name if own is None else own.fingerprint
        if recorded and wanted != (recorded if own is not None else recorded.partition("/")[0]):
            self.store.close()
            raise _mismatch(self.url, recorded, wanted)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.url!r})"

    def close(self) -> None:
        """The knowledge base is closed; closing twice is harmless."""
        self._language.close()
        self.store.close()

    @property
    def embedder(self) -> Embedder:
        """The embedder that was given, or else the sentence encoder of the settings, loaded on first use. It is known
        to fit this knowledge base."""
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
        """The extractor that was given, or else that of the settings, loaded on first use."""
        with self._lock:
            if self._extractor is None:
                self._extractor = self._language.extractor()
            return self._extractor

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
        if self._own_embedder is not None:
            return self._own_embedder
        from clew.graph.embeddings.open import open_embedder

        own = self.settings
        cache = Path(own.cache) if own.cache else None
        return open_embedder(own.encoder, device=own.device, cache=cache, threads=own.threads or None)


def _mismatch(url: str, recorded: str, wanted: str) -> EncoderMismatchError:
    return EncoderMismatchError(
        f"The knowledge base {url} was embedded with {recorded}, not with {wanted}: their vectors cannot be compared.",
        hint="Open it with the encoder it was made with, or embed it anew with: clew reembed (with an embedder of your "
        "own: clew.open(PATH, embedder=..., check_encoder=False).reembed()).",
    )
