"""Hostile names, queries and files against every store: what they do, and how they are told.

Names stand in files of triples and in graphs that somebody else made; queries are those of `../shared/cases/security`;
files are made anew, some by its scripts (`hostile_cases.py`), some by ours (`hostile_files.py`); processes are killed
as its scripts kill them. An effect is a change in what is not theirs, or a call on a listener of ours.
"""

from __future__ import annotations

import contextlib
import http.server
import os
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hostile_cases
import servers
from common import arguments, figure, note
from hostile_files import NAMES, make, table

SECONDS = 300  # for one file
MOST_LINE = 500  # characters of a clear line
_COMMAND = "import sys; from clew.cli.main import main; sys.exit(main())"
_LOAD = """
import resource, sys
from clew.ingest.load.apart import reader
from clew.ingest.load.load import load
from clew.ingest.load.items import Problem
for one in load([sys.argv[1]]):
    if isinstance(one, Problem): print("PROBLEM", " ".join(str(one).encode("utf-8", "replace").decode().split()))
own = next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
reader._stop()
print("MB", max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024))
"""


class Tally:
    """What was tried and what came of it."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter(
            dict.fromkeys(("tried", "effects", "crashes", "tracebacks", "unclear", "reads refused"), 0)
        )
        self.calls: list[str] = []

    def count(self, what: str, told: str = "") -> None:
        self.counts[what] += 1
        if told:
            note(f"{what}: {told[:300]}")

    def done(self, name: str, code: int | None, printed: str) -> None:
        """A process for `name` ended so (None: not in time)."""
        self.counts["tried"] += 1
        if code is None or code < 0:
            self.count("crashes", f"{name}: {'no end' if code is None else f'signal {-code}'}")
        if "Traceback" in printed or code == 3:
            self.count("tracebacks", f"{name}: {printed[-300:]}")
        problems = [line for line in printed.splitlines() if line.startswith("PROBLEM")]
        if any(len(line) > MOST_LINE for line in problems):
            self.count("unclear", f"{name}: {max(problems, key=len)}")


def run(*arguments: str, code: str = _COMMAND, seconds: float = SECONDS) -> tuple[int | None, str]:
    """How the process ended and all that it printed."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, *arguments],
            capture_output=True,
            timeout=seconds,
            check=False,
            stdin=subprocess.DEVNULL,
        )
    except subprocess.TimeoutExpired as late:
        return None, (late.stdout or b"").decode("utf-8", "replace")
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


@contextlib.contextmanager
def listener(calls: list[str]) -> Iterator[str]:
    """A server on loopback that nobody should call; its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing on standard error."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/x"
    server.shutdown()


def files(tally: Tally, folder: Path, cases: Path, port: str, limit: int | None) -> None:
    """Each file is loaded by a process of its own."""
    given = hostile_cases.files(cases, folder.parent / "cases", {"18098": port})
    for path in [*make(folder)[:limit], *given[:limit]]:
        code, printed = run(str(path), code=_LOAD)
        tally.done(path.name, code, printed)
        if code and "Traceback" not in printed and code > 0:
            tally.count("unclear", f"{path.name}: ended with {code}")
        note(f"{path.name}: {' | '.join(printed.split(chr(10))[:2])[:160]}")
    left = [path.name for name in ("slipped.txt", "PWNED*") for path in folder.parent.rglob(name)]
    if left:
        tally.count("effects", f"{left}: a path in an archive left it, or a file was run")


def names(tally: Tally, folder: Path, store: str) -> None:
    """A table of hostile names is read into a store that holds something; what it held stays."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "own.txt").write_text("Ada Brand founded Loom Ltd. Loom Ltd is based in York.", encoding="utf-8")
    table(folder / "names.csv")
    tally.done(f"{store[:20]} own", *run("ingest", str(folder / "own.txt"), "--kb", store))
    before = run("show", "Ada Brand", "--kb", store)
    tally.done(f"{store[:20]} names", *run("ingest", str(folder / "names.csv"), "--triples", "--kb", store))
    tally.counts["tried"] += 2 * len(NAMES)
    if run("show", "Ada Brand", "--kb", store) != before:
        tally.count("effects", f"{store}: what was there is told otherwise")
    code, printed = run("export", str(folder / "kb.cypher"), "--format", "cypher", "--kb", store)
    tally.done(f"{store[:20]} export", code, printed)
    for name in NAMES[:3]:
        code, printed = run("show", name, "--kb", store)
        tally.done(f"show {name[:30]!r}", code, printed)


def queries(tally: Tally, cases: Path, url: str, calls: list[str]) -> None:
    """No query that writes, reads files or calls hosts passes; what passes is run where it would do harm. Those that
    only read pass."""
    import clew

    cypher, read_cypher = hostile_cases.queries(cases / "adversarial_cypher.py", {"B": chr(92)})
    sparql, read_sparql = hostile_cases.queries(cases / "adversarial_sparql.py", {"B": chr(92), "U": url})
    note(
        f"{len(cypher)} Cypher and {len(sparql)} SPARQL queries that do harm, {len(read_cypher)} and {len(read_sparql)}"
    )
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "a.txt"
        source.write_text("Ada Brand founded Loom Ltd.", encoding="utf-8")
        for address in (f"{place}/kb", f"rdf:{place}/rdf"):
            with clew.open(address, create=True) as kg:
                kg.ingest([str(source)])
                before = kg.status().counts
                ask = kg.sparql if address.startswith("rdf:") else kg.query
                for query in sparql if address.startswith("rdf:") else cypher:
                    _ask(tally, ask, query)
                for query in read_sparql if address.startswith("rdf:") else read_cypher:
                    tally.counts["reads refused"] += _refused(tally, ask, query)
                if kg.status().counts != before:
                    tally.count("effects", f"{address}: a query changed it")
    if calls:
        tally.count("effects", f"calls: {calls[:3]}")


def _refused(tally: Tally, ask: Any, query: str) -> bool:
    """Whether a query that only reads is refused for what it would do; the engine may not know all of it."""
    import clew

    tally.counts["tried"] += 1
    try:
        ask(query)
    except clew.QueryError as error:
        refused = "not allowed" in str(error) or "Unicode escape" in str(error)
        if refused:
            note(f"reading was refused: {query[:100]!r}: {error.what[:100]}")
        return refused
    return False


def _ask(tally: Tally, ask: Any, query: str) -> None:
    import clew

    tally.counts["tried"] += 1
    try:
        ask(query)
    except clew.ClewError as error:
        if not str(error).strip() or len(error.what) > MOST_LINE:
            tally.count("unclear", f"{query[:200]}: {error}")
    except Exception as error:  # what nobody foresaw is what is looked for
        tally.count("tracebacks", f"{query[:200]}: {error!r}")
    else:
        note(f"passed and ran: {query[:100]!r}")


def foreign(tally: Tally, url: str, cases: Path, folder: Path, called: str) -> None:
    """A graph of somebody else's with hostile labels, types and keys is opened; nothing in it changes."""
    import neo4j

    auth = (os.environ["NEO4J_USERNAME"], os.environ["NEO4J_PASSWORD"])
    everything = "MATCH (n) OPTIONAL MATCH (n)-[r]->() RETURN labels(n), properties(n), type(r), properties(r)"
    fetches = f"X{chr(92)}u0060) WITH count(n) AS c LOAD CSV FROM '{called}' AS line RETURN 1 AS count, {{}} AS held //"
    with neo4j.GraphDatabase.driver(url.partition("?")[0], auth=auth) as driver:
        driver.execute_query("MATCH (n) DETACH DELETE n")
        for name in (*NAMES[:-1], fetches):
            make_one = "CREATE (a:$($n) {name: $n})-[r:$($n)]->(:Ended) SET a[$n] = $n, r[$n] = $n"
            driver.execute_query(make_one, n=name)
        port, ours = url.partition("?")[0].rpartition(":")[2], called.rpartition(":")[2].partition("/")[0]
        for script in hostile_cases.FOREIGN:
            renamed = {"secretpw1": servers.PASSWORD, "18098": ours}
            code, printed = hostile_cases.run(cases / script, folder / "foreign", port, renamed=renamed)
            if code:
                raise SystemExit(f"{script} failed: {printed[-1000:]}")
        before = sorted(map(str, driver.execute_query(everything).records))
        for command in (("status",), ("ask", "Who is MATCH?")):
            tally.done(f"existing {command[0]}", *run(*command, "--kb", f"{url}&graph=existing"))
        tally.counts["tried"] += 4 * len(NAMES)
        if sorted(map(str, driver.execute_query(everything).records)) != before or tally.calls:
            tally.count("effects", f"the graph was changed, or {tally.calls[:1]} was called")
        driver.execute_query("MATCH (n) DETACH DELETE n")


def processes(tally: Tally, cases: Path, folder: Path) -> None:
    """Parsers given what is too deep, an owner of a knowledge base killed, an ingest interrupted and killed."""
    for script in hostile_cases.PARSERS:  # the last lines are ours, those before them the parser's beneath
        _, printed = hostile_cases.run(cases / script, folder / "parsers")
        ended = [line for line in printed.splitlines() if line.lstrip("rc -")[:1].isdigit()]
        for line in ended[-6:]:
            tally.counts["tried"] += 1
            if line.removeprefix("rc ").startswith("-"):
                tally.count("crashes", f"{script}: {line}")
    kb = hostile_cases.knowledge_base(folder / "owner")
    for signal in ("SIGTERM", "SIGKILL"):
        _, printed = hostile_cases.run(cases / "owner_kill.py", folder / "owner", kb, signal)
        tally.counts["tried"] += 2
        guests = [line for line in printed.splitlines() if " asked " in line]
        if len(guests) != 2 or not all(" wrong 0 errors [] 0 " in line for line in guests):
            tally.count("crashes", f"owner_kill.py {signal}: {printed[-300:]}")
    hostile_cases.ingest_folders(folder / "signal", sys.executable)
    for signal in ("INT", "TERM", "KILL"):
        _, printed = hostile_cases.run(cases / "ingest_signal.sh", folder / "signal", signal, "6")
        tally.counts["tried"] += 1
        if "SAME AS UNINTERRUPTED" not in printed:
            tally.count("effects", f"ingest_signal.sh {signal}: {printed[-300:]}")


def main() -> None:
    """Prints the figures."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--stores", default="arcadedb,rdf,neo4j", help="which of them, parted by commas")
    options = parser.parse_args()
    tally, cases = Tally(), options.data.parent / "cases" / "security"
    with tempfile.TemporaryDirectory() as place, listener(tally.calls) as called:
        home = Path(place)
        port = called.rpartition(":")[2].partition("/")[0]
        files(tally, home / "files", cases, port, options.limit)
        processes(tally, cases, home / "processes")
        queries(tally, cases, called, tally.calls)
        for store in servers.chosen(options.stores):
            if store == "neo4j":
                with servers.neo4j(home / "server") as url:
                    foreign(tally, url, cases, home, called)
                    names(tally, home / "neo4j-names", url)
            else:
                names(tally, home / f"{store}-names", f"{store}:{home / store}")
    for name, value in tally.counts.items():
        figure(name, value)


if __name__ == "__main__":
    main()
