"""A graph neural network that fits the graph: trained, and measured."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from clew.knowledge_graph.base import Opened
from clew.reasoners import require_network

if TYPE_CHECKING:
    from clew.gnn.reports import Evaluation, TrainProgress, TrainReport


class Learning(Opened):
    """What trains on the graph."""

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
        require_network()
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
    ) -> Evaluation:
        """How well the network of the setting `checkpoint` answers files of questions about this graph: Hits@1, F1 of
        the answer sets, MRR, 0..100. Raises InputError, QueryError, ModelError."""
        require_network()
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
