"""Hostile names, queries and files against every store: what they do, and how they are told.

Names stand in files of triples and in graphs that somebody else made; queries are those of `../shared/cases/security`;
files are made anew (`hostile_files.py`). An effect is a change in what is not theirs, or a call on a listener of ours.
"""

from __future__ import annotations

import ast
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

import servers
from common import arguments, note
from hostile_files import NAMES, make, table

SECONDS = 300  # for one file
MOST_LINE = 500  # characters of a clear line
_COMMAND = "import sys; from clew.cli.main import main; sys.exit(main())"
_LOAD = """
import sys
from clew.ingest.load.load import load
from clew.ingest.load.items import Problem
for one in load([sys.argv[1]]):
    if isinstance(one, Problem): print("PROBLEM", " ".join(str(one).encode("utf-8", "replace").decode().split()))
print("MB", next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM")))
"""


class Tally:
    """What was tried and what came of it."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter(tried=0, effects=0, crashes=0, tracebacks=0, unclear=0)
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


def files(tally: Tally, folder: Path, limit: int | None) -> None:
    """Each file is loaded by a process of its own; all of them by one command."""
    for path in make(folder)[:limit]:
        code, printed = run(str(path), code=_LOAD)
        tally.done(path.name, code, printed)
        if code and "Traceback" not in printed and code > 0:
            tally.count("unclear", f"{path.name}: ended with {code}")
        note(f"{path.name}: {' | '.join(printed.split(chr(10))[:2])[:160]}")
    if list(folder.parent.rglob("slipped.txt")):
        tally.count("effects", "a path in an archive left it")


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
    """No query that writes, reads files or calls hosts passes; what passes is run where it would do harm."""
    import clew

    cypher = _listed(cases / "adversarial_cypher.py", {"B": chr(92)})
    sparql = _listed(cases / "adversarial_sparql.py", {"B": chr(92), "U": url})
    note(f"{len(cypher)} Cypher and {len(sparql)} SPARQL queries")
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "a.txt"
        source.write_text("Ada Brand founded Loom Ltd.", encoding="utf-8")
        for address, asked in ((f"{place}/kb", cypher), (f"rdf:{place}/rdf", sparql)):
            with clew.open(address, create=True) as kg:
                kg.ingest([str(source)])
                before = kg.status().counts
                for query in asked:
                    _ask(tally, kg, query)
                if kg.status().counts != before:
                    tally.count("effects", f"{address}: a query changed it")
    if calls:
        tally.count("effects", f"calls: {calls[:3]}")


def _ask(tally: Tally, kg: Any, query: str) -> None:
    import clew

    tally.counts["tried"] += 1
    try:
        kg.query(query)
    except clew.ClewError as error:
        if not str(error).strip() or len(error.what) > MOST_LINE:
            tally.count("unclear", f"{query}: {error}")
    except Exception as error:  # what nobody foresaw is what is looked for
        tally.count("tracebacks", f"{query}: {error!r}")
    else:
        note(f"passed and ran: {query[:100]!r}")


def _listed(path: Path, names: dict[str, str]) -> list[str]:
    """The list `W` in a case's script: queries that must be refused. Strings and the names given, nothing else."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = next(
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and [ast.unparse(target) for target in node.targets] == ["W"]
    )
    if not isinstance(found, ast.List):
        return []
    return [_string(one, names) for one in found.elts]


def _string(node: ast.expr, names: dict[str, str]) -> str:
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.Name):
        return names.get(node.id, "")
    if isinstance(node, ast.BinOp):
        if isinstance(node.op, ast.Mult):
            times = node.right.value if isinstance(node.right, ast.Constant) else 1
            return _string(node.left, names) * (times if isinstance(times, int) else 1)
        return _string(node.left, names) + _string(node.right, names)
    if isinstance(node, ast.JoinedStr):
        return "".join(_string(part, names) for part in node.values)
    return _string(node.value, names) if isinstance(node, ast.FormattedValue) else ""


def foreign(tally: Tally, url: str, called: str, calls: list[str]) -> None:
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
        before = sorted(map(str, driver.execute_query(everything).records))
        for command in (("status",), ("ask", "Who is MATCH?")):
            tally.done(f"existing {command[0]}", *run(*command, "--kb", f"{url}&graph=existing"))
        tally.counts["tried"] += 4 * len(NAMES)
        if sorted(map(str, driver.execute_query(everything).records)) != before or calls:
            tally.count("effects", f"the graph was changed, or {calls[:1]} was called")
        driver.execute_query("MATCH (n) DETACH DELETE n")


def main() -> None:
    """Prints the five figures."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--stores", default="arcadedb,rdf,neo4j", help="which of them, parted by commas")
    options = parser.parse_args()
    tally, cases = Tally(), options.data.parent / "cases" / "security"
    with tempfile.TemporaryDirectory() as place, listener(tally.calls) as called:
        home = Path(place)
        files(tally, home / "files", options.limit)
        queries(tally, cases, called, tally.calls)
        for store in servers.chosen(options.stores):
            if store == "neo4j":
                with servers.neo4j(home / "server") as url:
                    foreign(tally, url, called, tally.calls)
                    names(tally, home / "neo4j-names", url)
            else:
                names(tally, home / f"{store}-names", f"{store}:{home / store}")
    for name, value in tally.counts.items():
        print(f"{name}: {value}")


if __name__ == "__main__":
    main()
