"""The reasoners by name: what scores a question's subgraph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from clew.graph.errors import SettingsError, require

if TYPE_CHECKING:
    from clew.graph.adjacency.adjacency import Subgraph
    from clew.graph.embeddings.embeddings import Embedder
    from clew.retrieval.reasoning.rank import Reasoner

NAMES = ("gnn", "pagerank")


def check(name: str) -> None:
    """The reasoner exists. Raises SettingsError."""
    if name not in NAMES:
        raise SettingsError(f"There is no reasoner called {name!r}.", hint=f"Use: {', '.join(NAMES)}.")


def require_network() -> None:
    """The graph neural network can be run. Raises MissingExtraError."""
    require("torch", "PyTorch", "gnn")
    require("torch_geometric", "PyTorch Geometric", "gnn")


def reasoner(name: str, embedder: Embedder, checkpoint: str = "") -> Reasoner:
    """The reasoner of this name; `gnn` runs the checkpoint in a folder, the one that comes with Clew where empty.

    Raises SettingsError for another name, ModelError where the checkpoint cannot be used, MissingExtraError.
    """
    check(name)
    if name == "pagerank":
        from clew.retrieval.reasoning.rank import pagerank

        return pagerank
    require_network()
    from clew.gnn.reason import GNNReasoner
    from clew.retrieval.reasoning.network_scores import Names, augmented
    from clew.retrieval.reasoning.rank import Network

    run = GNNReasoner.open(embedder, Path(checkpoint) if checkpoint else None)

    def scored(question: str, names: Names, subgraph: Subgraph) -> Network:
        said = run(question, names, subgraph)
        return Network(said.nodes, said.chances, said.lengths)

    return augmented(scored)
