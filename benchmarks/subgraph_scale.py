"""How long it takes to cut the subgraph of a question out of a graph of 1 million entities and 5 million triples, and
in how much memory. The graph is made up (a power law with hubs of 100,000 neighbours, seeded) and read from disk."""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import numpy.typing as npt
from common import arguments, figure, measured, note, percentile, run

from clew.graph.adjacency import saved as arrays
from clew.graph.adjacency.adjacency import Adjacency, cut
from clew.graph.adjacency.id_table import Ids
from clew.graph.adjacency.personalised_pagerank import push

SIZES = (100_000, 1_000_000)  # entities; five times as many triples
HUBS = 10  # nodes that a tenth of all entities is tied to
RELATIONS = 200
ASKED = 3  # relations that a question asks for
BUDGET = 2000
WARM_UP = 20
SEED = 11


def main() -> None:
    """Make each graph and measure it in a process of its own, then print the figures."""
    options = arguments(str(__doc__)).parse_args()
    middle: dict[int, float] = {}
    peak = 0.0
    for entities in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            run([sys.executable, __file__, "--make", folder, str(entities)])
            done = measured([sys.executable, __file__, "--measure", folder, str(options.limit or 300)])
        told = json.loads(done.output)
        middle[entities], peak = percentile(told["ms"], 0.50), done.peak_gb
        note(
            f"{entities} entities: opened in {told['open s']:.2f} s, {statistics.mean(told['nodes']):.0f} nodes and "
            f"{statistics.mean(told['edges']):.0f} edges a subgraph, p50 {middle[entities]:.1f} ms (push "
            f"{percentile(told['push ms'], 0.5):.1f}), p95 {percentile(told['ms'], 0.95):.1f} ms, with a hub among "
            f"the seeds p50 {percentile(told['hub ms'], 0.5):.1f} ms, peak {done.peak_gb:.2f} GB"
        )
    figure("subgraph p50 ms", middle[SIZES[-1]])
    figure("peak memory GB", peak)
    figure("p50 growth 1M over 100k", middle[SIZES[-1]] / middle[SIZES[0]])
    figure("forward over pagerank", forward_ratio())


def forward_ratio(count: int = 60) -> float:
    """The time of the network's forward pass for a question at 2,000 entities, all that it needs included, over that
    of personalised PageRank on the same subgraph: medians of one run."""
    from clew.gnn.reason import GNNReasoner
    from clew.graph.embeddings.open import open_embedder
    from clew.retrieval.question.link import Question, Seeds
    from clew.retrieval.reasoning.rank import pagerank

    embedder, adjacency = open_embedder(), synthetic(SIZES[0])
    reason, draw = GNNReasoner.open(embedder), np.random.default_rng(SEED)
    text = "who is the relation of the relation of it"
    asked = Question(text, embedder.encode([text])[0])
    times: dict[str, list[float]] = {"network": [], "pagerank": []}
    for number in range(WARM_UP + count):
        node = int(draw.integers(len(adjacency.nodes)))
        subgraph = cut(adjacency, push(adjacency, {node: 1.0}, budget=BUDGET))
        place = int(np.searchsorted(subgraph.nodes, node))
        start = time.perf_counter()
        reason(text, [((39, 41), {place: 1.0})], subgraph)
        between = time.perf_counter()
        pagerank(asked, Seeds({adjacency.nodes[node]: 1.0}), subgraph)
        if number >= WARM_UP:
            times["network"].append(between - start)
            times["pagerank"].append(time.perf_counter() - between)
    network, plain = (statistics.median(times[name]) for name in ("network", "pagerank"))
    note(f"forward pass p50 {1000 * network:.1f} ms, PageRank p50 {1000 * plain:.1f} ms")
    return network / plain


def synthetic(entities: int) -> Adjacency:
    """A graph of so many entities and five times as many triples: popularity falls off as a power law, and each of
    HUBS nodes is tied to a tenth of all entities, mostly by one relation of its own."""
    draw = np.random.default_rng(SEED)
    edges = 5 * entities
    head = _popular(draw, entities, edges, 0.5)
    tail = _popular(draw, entities, edges, 0.8)
    relation = draw.choice(RELATIONS, size=edges, p=_law(RELATIONS, 1.0)).astype(np.int32)
    size = entities // 10
    for number in range(HUBS):
        slots = slice(number * size, (number + 1) * size)
        tail[slots] = number
        head[slots] = draw.permutation(entities)[:size]
        relation[slots] = np.where(draw.random(size) < 0.8, RELATIONS - 1 - number, relation[slots])
    name = draw.permutation(entities).astype(np.int32)  # a hub may have any id
    order = draw.permutation(edges)
    return Adjacency(
        generation=1,
        nodes=_hashes(draw, entities),
        is_value=np.zeros(entities, dtype=bool),
        chunks=Ids.of([]),
        relations=[f"relation {number:03}" for number in range(RELATIONS)],
        triple_ids=_hashes(draw, edges),
        head=name[head[order]],
        relation=relation[order],
        tail=name[tail[order]],
        confidence=draw.uniform(0.3, 1.0, edges).astype(np.float32),
        mention_chunk=np.empty(0, dtype=np.int32),
        mention_entity=np.empty(0, dtype=np.int32),
        mention_count=np.empty(0, dtype=np.int32),
        title_entity=np.empty(0, dtype=np.int32),
    )


def _law(count: int, power: float) -> npt.NDArray[np.float64]:
    weights = (np.arange(count) + 10.0) ** -power
    return weights / weights.sum()


def _popular(draw: np.random.Generator, entities: int, size: int, power: float) -> npt.NDArray[np.int32]:
    return np.searchsorted(np.cumsum(_law(entities, power)), draw.random(size)).clip(max=entities - 1).astype(np.int32)


def _hashes(draw: np.random.Generator, count: int) -> Ids:
    """Sorted ids like those of a knowledge base: 24 hexadecimal digits each."""
    digits = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
    raw = np.sort(draw.integers(0, 2**63, count, dtype=np.uint64)).astype(">u8").view(np.uint8).reshape(-1, 8)
    text = np.full((count, 24), ord("0"), dtype=np.uint8)
    text[:, 0:16:2], text[:, 1:16:2] = digits[raw >> 4], digits[raw & 15]
    return Ids(np.arange(count + 1, dtype=np.int64) * 24, text.ravel())


def measure(folder: Path, questions: int) -> dict[str, object]:
    """Milliseconds of each question, from its seeds to its subgraph, after a few to warm up."""
    start = time.perf_counter()
    adjacency = arrays.load(folder, 1, "synthetic")
    opened = time.perf_counter() - start
    if adjacency is None:
        raise SystemExit(f"{folder} holds no graph: run this script with --make first.")
    draw = np.random.default_rng(SEED + 1)
    hubs = np.argsort(np.diff(adjacency.incident[0]))[-HUBS:]
    told: dict[str, list[float]] = {"ms": [], "push ms": [], "hub ms": [], "nodes": [], "edges": []}
    for number in range(-WARM_UP, questions):
        seeds = draw.integers(0, len(adjacency.nodes), 1 + number % 3)
        if (number % 3 == 0 and draw.random() < 0.5) or number % 3 == 2:  # half of all questions name a hub
            seeds[0] = draw.choice(hubs)
        weights = np.full(RELATIONS, 0.08, dtype=np.float32)
        weights[draw.choice(RELATIONS, ASKED, replace=False)] = draw.uniform(0.3, 1.0, ASKED)
        start = time.perf_counter()
        nodes = push(adjacency, dict.fromkeys(seeds.tolist(), 1.0), budget=BUDGET, relation_weight=weights)
        between = time.perf_counter()
        subgraph = cut(adjacency, nodes)
        end = time.perf_counter()
        if number >= 0:
            told["ms"].append(1000 * (end - start))
            told["push ms"].append(1000 * (between - start))
            told["nodes"].append(len(subgraph.nodes))
            told["edges"].append(len(subgraph.edges))
            if seeds[0] in hubs:
                told["hub ms"].append(1000 * (end - start))
    return {"open s": opened, **told}


if __name__ == "__main__" and sys.argv[1:2] == ["--make"]:
    arrays.save(Path(sys.argv[2]), synthetic(int(sys.argv[3])), "synthetic")
elif __name__ == "__main__" and sys.argv[1:2] == ["--measure"]:
    print(json.dumps(measure(Path(sys.argv[2]), int(sys.argv[3]))))
elif __name__ == "__main__":
    main()
