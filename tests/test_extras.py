"""The core answers without any extra: their packages are blocked, and each part says what it misses."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
# What pip calls otherwise than Python does. httpx is not blocked: spaCy imports it too, so that `llm` adds nothing yet.
MODULES = {"sentence-transformers": "sentence_transformers", "huggingface-hub": "", "httpx": ""}
NAMES = {re.split(r"[^\w-]", one)[0] for extra, wanted in EXTRAS.items() if extra != "all" for one in wanted}
BLOCKED = sorted({MODULES.get(name, name.replace("-", "_")) for name in NAMES} - {""} | {"transformers"})
BLOCK = f"""
import sys

class Blocked:
    names = {BLOCKED!r}

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocked())
"""
STORY = """
import clew

kg = clew.open("kb")
kg.add(["Ada Hill founded Acme in Oslo.", "Ada Hill was born in Bergen."])
kg.add_triples([("Acme", "acquired", "Initech")])
print(kg.ask("Where was the founder of Acme born?").text)
print(kg.query("MATCH (e:Entity) RETURN count(e)").rows)
print(kg.show("Acme").total, kg.export("out.jsonl") > 0, kg.status().counts.documents)
for call in (
    lambda: kg.ask("Who founded Acme?", reasoner="gnn"),
    lambda: kg.train(label_free=True),
    lambda: kg.evaluate("questions.jsonl"),
    lambda: kg.sparql("SELECT * WHERE { ?s ?p ?o }"),
    lambda: kg.export("out.ttl", format="turtle"),
    lambda: kg.export("out", format="parquet"),
    lambda: kg.ontology_draft(),
    lambda: clew.open("neo4j://localhost:7687"),
    lambda: clew.open("rdf:store"),
    lambda: clew.open("memory:", encoder="all-mpnet-base-v2").embedder,
):
    try:
        call()
        print("nothing was missing")
    except clew.MissingExtraError as error:
        print("missing:", error)
open("data.ttl", "w").write("<http://e.org/a> <http://e.org/b> <http://e.org/c> .")
print(*kg.ingest(["data.ttl"]).problems)
kg.close()
for name in clew.__all__:
    getattr(clew, name)
"""


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", BLOCK + code], cwd=folder, capture_output=True, text=True, check=False)


def test_the_core_answers_without_extras(tmp_path: Path) -> None:
    done = run(STORY, tmp_path)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert "Bergen" in lines[0]
    told = [line for line in lines if line.startswith("missing: ")]
    assert "nothing was missing" not in lines
    extras = [re.search(r"pip install .*\[(\w+)\]'$", line)[1] for line in told]  # type: ignore[index]
    assert extras == ["gnn", "gnn", "gnn", "rdf", "rdf", "parquet", "rdf", "neo4j", "rdf", "encoders"]
    assert re.search(r"data\.ttl needs what is missing here: Oxigraph .*\[rdf\]", lines[-1])


def test_the_command_uses_pagerank_without_the_network_and_says_so_once(tmp_path: Path) -> None:
    command = "from clew.cli.main import main\n"
    made = 'import clew\nwith clew.open("kb") as kg:\n    kg.add("Ada Hill was born in Bergen.")\n'
    done = run(f"{made}{command}sys.exit(main(['ask', 'Where was Ada Hill born?', '--reasoner', 'gnn']))", tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Bergen" in done.stdout
    said = " ".join(done.stderr.split())
    assert said.count("PageRank reasons in place of the graph neural network") == 1
    assert "[gnn]'" in said
    done = run(f"{command}sys.exit(main(['ui']))", tmp_path)
    assert done.returncode == 2
    assert "[ui]'" in done.stderr


def test_all_is_every_extra() -> None:
    (everything,) = EXTRAS["all"]
    named = re.search(r"\[(.*)\]", everything)[1].split(",")  # type: ignore[index]
    assert named == sorted(set(EXTRAS) - {"all"})


@pytest.mark.parametrize("extra", sorted(EXTRAS))
def test_each_extra_is_in_the_page(extra: str) -> None:
    assert f"`{extra}`" in (ROOT / "README.md").read_text(encoding="utf-8")
