"""What is left when the writer is killed: SIGKILL at seeded random moments of an ingest of passages and ready triples.

A child opens the knowledge base, checks it, and ingests on until it is killed: by the parent at a random moment of the
opening or of the ingest, or by itself just after a commit that it has not reported yet, or at one of the files that are
kept beside the graph. The next child takes over, until the ingest is done; then the export must be, byte for byte,
that of an uninterrupted run, and the next knowledge base is begun. Checking means: every document reported as added is
there, and the store equals a memory store that was told the documents present and nothing else.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import servers
from common import arguments, figure, note, passages
from crash_writer import Plan, child, prepare

STORES = "arcadedb,rdf,neo4j"
SEED = 23
ENGINES = {
    "arcadedb": "clew.graph.stores.arcadedb.store",
    "rdf": "clew.graph.stores.rdf.store",
    "neo4j": "clew.graph.stores.neo4j.store",
}


def main() -> None:
    """Kill the writer of each store, then print the figures; exit with 1 where anything was lost or half there."""
    parser = arguments(str(__doc__))
    parser.set_defaults(limit=60)
    parser.add_argument("--kills", type=int, default=100, help="how often the writer of each store is killed")
    parser.add_argument("--stores", default=STORES, help="which stores, with commas between")
    parser.add_argument("--seed", type=int, default=SEED, help="other moments for another seed")
    options = parser.parse_args()
    stores = servers.chosen(options.stores)
    modules = ["clew.ingest.pipeline", "clew.ingest.load.load", *(ENGINES[store] for store in stores)]
    multiprocessing.set_forkserver_preload(modules)  # imported once; no engine is started there
    whole = True
    with tempfile.TemporaryDirectory() as folder:
        slice_ = Path(folder) / "slice"
        prepare(slice_, passages(options.data, options.limit))
        for store in stores:
            with Trial.of(store, Path(folder) / store) as trial:
                trial.run(slice_, options.kills, random.Random(options.seed))
            figure(f"{store} kills", trial.kills)
            figure(f"{store} lost", trial.lost)
            figure(f"{store} half written", trial.half)
            note(f"{store}: {trial.told()}")
            whole = whole and not trial.lost and not trial.half
    sys.exit(not whole)


@dataclass
class Trial:
    """The kills of one store and what came of them."""

    store: str
    home: Path
    server: Any = None
    kills: int = 0
    lost: int = 0
    half: int = 0
    ways: dict[str, int] = field(default_factory=dict)
    finished: int = 0
    address: str = ""

    @staticmethod
    def of(store: str, home: Path) -> Trial:
        return Trial(store, home, servers.neo4j(home) if store == "neo4j" else None)

    def __enter__(self) -> Trial:
        self.home.mkdir(parents=True)
        if self.server:
            self.address = self.server.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        if self.server:
            self.server.__exit__(*error)

    def fresh(self) -> str:
        """The address of an empty knowledge base."""
        if not self.server:
            return f"{self.store}:{self.home / f'kb{self.finished}'}"
        self._neo4j("MATCH (n) DETACH DELETE n")
        return self.address

    def settle(self) -> None:
        """What the killed child had already sent is done, or undone: a server outlives its client."""
        while self.server and len(self._neo4j("SHOW TRANSACTIONS YIELD transactionId")) > 1:
            time.sleep(0.05)

    def _neo4j(self, cypher: str) -> list[Any]:
        import neo4j

        login = (os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"])
        with neo4j.GraphDatabase.driver(self.address.partition("?")[0], auth=login) as driver:
            return list(driver.execute_query(cypher).records)

    def told(self) -> str:
        ways = ", ".join(f"{count} {way}" for way, count in sorted(self.ways.items()))
        return f"killed {ways}; {self.finished} ingests finished"

    def run(self, folder: Path, kills: int, draw: random.Random) -> None:
        """Knowledge bases are begun, killed and finished until the writer was killed so often."""
        start = time.perf_counter()
        export, seconds = self._one(self.fresh(), folder, [], Plan())
        if export is None:
            raise SystemExit(f"{self.store}: the uninterrupted ingest ended before it was done.")
        note(f"{self.store}: one ingest takes {time.perf_counter() - start:.1f} s, {seconds:.1f} s of it writing")
        self.finished += 1
        while self.kills < kills:
            url, reported, ended = self.fresh(), list[str](), None
            while ended is None:
                plan = Plan.drawn(draw, seconds) if self.kills < kills else Plan()
                ended, _ = self._one(url, folder, reported, plan)
            if ended != export:
                self.half += 1
                note(f"{self.store}: the export differs after ingest {self.finished}")
            self.finished += 1

    def _one(self, url: str, folder: Path, reported: list[str], plan: Plan) -> tuple[str | None, float]:
        """The export's digest where the child came to an end, None where it was killed; and the seconds from its check
        to its end. What it reports is added to `reported`."""
        here, there = multiprocessing.Pipe(duplex=False)
        context = multiprocessing.get_context("forkserver")
        process = context.Process(target=child, args=(there, url, str(folder), list(reported), plan), daemon=True)
        process.start()
        there.close()
        checked, export = 0.0, None
        due = time.perf_counter() + plan.after if plan.opening else float("inf")
        while True:
            if not here.poll(max(0.0, min(due - time.perf_counter(), 300))):
                process.kill()
                due = float("inf")
            try:
                message = json.loads(here.recv_bytes())
            except (EOFError, OSError):
                break
            reported += message.get("added", [])
            export = message.get("export", export)
            if "wrong" in message:
                self._judge(message, plan)
            if "wrong" in message and not checked:
                checked = time.perf_counter()
                due = checked + plan.after if plan.after and not plan.opening else due
        process.join()
        if process.exitcode == -signal.SIGKILL:
            self.kills += 1
            self.ways[plan.way] = self.ways.get(plan.way, 0) + 1
            self.settle()
            return None, 0.0
        if process.exitcode or export is None:
            raise SystemExit(f"{self.store}: a child ended by itself with {process.exitcode}; was it to be? {plan.way}")
        return export, time.perf_counter() - checked

    def _judge(self, message: dict[str, Any], plan: Plan) -> None:
        self.lost += message["lost"]
        self.half += bool(message["wrong"])
        if message["lost"] or message["wrong"]:
            note(f"{self.store}: {message} after kill {self.kills}, before one {plan.way}")


if __name__ == "__main__":
    main()
