"""Objects of the user's own in place of an extractor, an embedder, a reasoner or a generator: checked where they are
handed over, and what they give checked where it comes back, so that a mistake in one is named as such."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from collections.abc import Generator as Pieces
from typing import TYPE_CHECKING, Any

from clew.graph.errors import InputError, ModelError, SettingsError

if TYPE_CHECKING:
    from clew.graph.adjacency.adjacency import Subgraph
    from clew.graph.embeddings.embeddings import Embedder, Tokens
    from clew.graph.model import Document
    from clew.graph.store import Vectors
    from clew.ingest.extract.types import Chunked, Extraction, Extractor
    from clew.retrieval.generate.quote import Generator
    from clew.retrieval.question.link import Question, Seeds
    from clew.retrieval.reasoning.rank import Reasoner, Scores
    from clew.retrieval.verbalize import Evidence


def name_of(given: object) -> str:
    """What the object is called in messages, and a function in fingerprints: its module and name."""
    own = given if hasattr(given, "__qualname__") else type(given)
    return f"{getattr(own, '__module__', '')}.{getattr(own, '__qualname__', '')}".strip(".")


def callable_for(role: str, given: object) -> Callable[..., Any]:
    """The object, which can be called. Raises SettingsError."""
    if callable(given) and not isinstance(given, type):
        return given
    what = f"the class {given.__qualname__}" if isinstance(given, type) else f"of the type {type(given).__name__}"
    hint = "Make an instance of it." if isinstance(given, type) else f"It takes a name or a callable: {_PAGE}."
    raise SettingsError(f"The {role} that was given is {what}.", hint=hint)


_PAGE = "see docs/extending.md"


class GivenExtractor:
    """A user's extractor, with a fingerprint and a language where it has none of its own ("": any language)."""

    def __init__(self, extract: Extractor) -> None:
        self._extract = callable_for("extractor", extract)
        self.name = name_of(extract)
        self.fingerprint = str(getattr(extract, "fingerprint", "") or self.name)
        self.language = str(getattr(extract, "language", ""))

    def __call__(self, documents: Iterable[Chunked | tuple[Document, Sequence[Any]]]) -> Iterator[Extraction]:
        """What the user's extractor says of each document, in order. Raises InputError where it says something else."""
        from clew.ingest.extract.types import Extraction

        handed: list[Document] = []

        def noted() -> Iterator[Any]:
            for item in documents:
                handed.append(item[0])
                yield item

        given = 0
        for given, extraction in enumerate(self._extract(noted()), start=1):
            if not isinstance(extraction, Extraction):
                raise self._wrong(f"gave {type(extraction).__name__} where an Extraction is expected")
            if given > len(handed):
                raise self._wrong(f"gave {given:,} extractions for {len(handed):,} documents")
            self._check_places(handed[given - 1], extraction)
            yield extraction
        for item in documents:  # those that it did not ask for
            handed.append(item[0])
        if given < len(handed):
            raise self._wrong(f"gave {given:,} extractions for {len(handed):,} documents")

    def _check_places(self, document: Document, extraction: Extraction) -> None:
        length = len(document.text)
        places = [(each.start, each.end) for each in extraction.mentions]
        places += [(each.start, each.end) for each in extraction.triples]
        for start, end in places:
            if not 0 <= start <= end <= length:
                raise self._wrong(f"gave the place {start}:{end} in {document.uri}, which has {length:,} characters")

    def _wrong(self, what: str) -> InputError:
        return InputError(f"The extractor {self.name} {what}.", hint="It gives one Extraction a document, in order.")


class GivenEmbedder:
    """A user's embedder, whose vectors are checked and brought to length 1."""

    def __init__(self, embedder: Embedder) -> None:
        missing = [name for name in ("fingerprint", "dimension", "encode") if not hasattr(embedder, name)]
        if missing or isinstance(embedder, type):
            what = "is a class" if isinstance(embedder, type) else f"has no {' and no '.join(missing)}"
            raise SettingsError(
                f"The embedder that was given ({name_of(embedder)}) {what}.",
                hint=f"It takes a name, or an object with fingerprint, dimension and encode(texts): {_PAGE}.",
            )
        self._embedder = embedder
        self.name = name_of(embedder)
        self.fingerprint = str(embedder.fingerprint)
        self.dimension = int(embedder.dimension)
        if not self.fingerprint.strip() or self.dimension < 1:
            raise SettingsError(
                f"The embedder {self.name} has the fingerprint {self.fingerprint!r}, the dimension {self.dimension}.",
                hint="Give it a fingerprint that changes when its vectors do, and the length of its vectors.",
            )

    def encode(self, texts: Sequence[str]) -> Vectors:
        """A unit vector per text, float32 [len(texts), dimension]. Raises ModelError where the user's are not that."""
        import numpy as np

        from clew.graph.embeddings.embeddings import unit

        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        given: object = self._embedder.encode(list(texts))
        try:
            vectors = np.asarray(given, dtype=np.float32)
        except (TypeError, ValueError):
            raise self._wrong(f"gave {type(given).__name__}, which is no array of numbers,", len(texts)) from None
        if vectors.shape != (len(texts), self.dimension):
            raise self._wrong(f"gave vectors of the shape {list(vectors.shape)}", len(texts))
        if not np.isfinite(vectors).all():
            raise self._wrong("gave vectors that are not finite", len(texts))
        return unit(vectors)

    def tokens(self, texts: Sequence[str]) -> list[Tokens]:
        """The word pieces of each text, where the user's embedder knows them. Raises ModelError where it does not."""
        if not hasattr(self._embedder, "tokens"):
            raise ModelError(
                f"The embedder {self.name} has no tokens, which the graph neural network reads.",
                hint="Use the reasoner pagerank, or give the embedder a method tokens(texts).",
            )
        return self._embedder.tokens(texts)

    def _wrong(self, what: str, count: int) -> ModelError:
        return ModelError(
            f"The embedder {self.name} {what} for {count:,} texts.", hint=f"Expected are [{count}, {self.dimension}]."
        )


def given_reasoner(reason: Reasoner) -> Reasoner:
    """The user's reasoner, whose scores are checked: one for each node and each edge."""
    called = callable_for("reasoner", reason)

    def checked(question: Question, seeds: Seeds, subgraph: Subgraph) -> Scores:
        import numpy as np

        from clew.retrieval.reasoning.rank import Scores

        scores = called(question, seeds, subgraph)
        if not isinstance(scores, Scores):
            raise _wrong_scores(reason, f"gave {type(scores).__name__} where Scores are expected")
        nodes, edges = (np.asarray(part, dtype=np.float32) for part in (scores.nodes, scores.edges))
        wanted = ((len(subgraph.nodes),), (len(subgraph.edges),))
        if (nodes.shape, edges.shape) != wanted:
            found = f"{list(nodes.shape)} and {list(edges.shape)}"
            raise _wrong_scores(
                reason, f"gave scores of the shapes {found} where {wanted[0][0]} and {wanted[1][0]} are"
            )
        if not (np.isfinite(nodes).all() and np.isfinite(edges).all()):
            raise _wrong_scores(reason, "gave scores that are not finite")
        return Scores(nodes, edges, scores.network)

    return checked


def _wrong_scores(reason: Reasoner, what: str) -> InputError:
    return InputError(
        f"The reasoner {name_of(reason)} {what}.", hint="It gives Scores with a number for each node and each edge."
    )


def given_generator(generate: Generator) -> Generator:
    """The user's generator, whose pieces are checked: they are texts."""
    called = callable_for("generator", generate)

    def checked(question: str, evidence: Sequence[Evidence]) -> Pieces[str, None, Any]:
        pieces = called(question, evidence)
        if not isinstance(pieces, Iterable):
            raise _wrong_text(generate, pieces)
        walk = iter(pieces)
        while True:
            try:
                piece = next(walk)
            except StopIteration as stop:
                return stop.value  # the tokens it took, where it counts them
            if not isinstance(piece, str):
                raise _wrong_text(generate, piece)
            yield piece

    return checked


def _wrong_text(generate: Generator, piece: object) -> InputError:
    return InputError(
        f"The generator {name_of(generate)} gave {type(piece).__name__} where text is expected.",
        hint="It takes the question and the evidence, and gives texts one after the other.",
    )


__all__ = ["GivenEmbedder", "GivenExtractor", "given_generator", "given_reasoner", "name_of"]
