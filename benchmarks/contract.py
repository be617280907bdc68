"""The contract suite as a table of test against store: what each store was asked and whether it kept it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree

import servers
from common import ROOT, arguments, note

STORES = ("memory", "arcadedb", "neo4j", "rdf")
SUITE = ("test_store_contract.py", "test_store_order.py", "test_store_search.py", "test_store_life.py")
_NAME = re.compile(r"(?P<test>[^\[]+)\[(?P<given>.+)\]")
Table = dict[str, dict[str, str]]


def main() -> None:
    """Run the suite (or read what a run left), print the table, and exit with 1 where a store failed."""
    parser = arguments(str(__doc__))
    parser.add_argument("--stores", default=",".join(STORES), help="which stores, with commas between")
    parser.add_argument("--report", type=Path, default=None, help="a JUnit file of pytest's, instead of running it")
    options = parser.parse_args()
    stores = servers.chosen(options.stores)
    if options.report:
        table = read(options.report)
    else:
        with tempfile.TemporaryDirectory() as folder:
            table = read(run(Path(folder) / "junit.xml", stores))
    print("\n".join(lines(table, stores)))
    sys.exit(any(said == "FAILED" for row in table.values() for said in row.values()))


def run(report: Path, stores: Iterable[str]) -> Path:
    """The suite ran for these stores; its report is in the file."""
    files = [str(ROOT / "tests" / "graph" / name) for name in SUITE]
    script = servers.script()
    environment = {**os.environ, **({"NEO4J_SERVER": str(script)} if script else {})}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *files]
    done = subprocess.run(
        [*command, "-k", " or ".join(f"[{store}" for store in stores)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if not report.exists():
        raise SystemExit(f"pytest did not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    note(done.stdout.strip().splitlines()[-1])
    return report


def read(report: Path) -> Table:
    """What came of each test for each store. A test with several cases for one store has kept it where all have."""
    table: Table = {}
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314 - written by pytest a moment ago
        named = _NAME.fullmatch(case.get("name", ""))
        store = next((part for part in named["given"].split("-") if part in STORES), "") if named else ""
        if named and store:
            row = table.setdefault(named["test"].removeprefix("test_").replace("_", " "), {})
            row[store] = max(row.get(store, ""), _outcome(case), key=("", "kept", "skipped", "FAILED").index)
    return table


def _outcome(case: ElementTree.Element) -> str:
    if case.find("failure") is not None or case.find("error") is not None:
        return "FAILED"
    return "skipped" if case.find("skipped") is not None else "kept"


def lines(table: Table, stores: Iterable[str]) -> Iterable[str]:
    """The table in Markdown, with a last row of how many tests each store kept."""
    columns = list(stores)
    yield f"| test | {' | '.join(columns)} |"
    yield f"|---|{'---|' * len(columns)}"
    for test, row in sorted(table.items()):
        yield f"| {test} | {' | '.join(row.get(store, '-') for store in columns)} |"
    kept = [sum(row.get(store) == "kept" for row in table.values()) for store in columns]
    yield f"| **kept of {len(table)}** | {' | '.join(map(str, kept))} |"


if __name__ == "__main__":
    main()
