"""Vaults of notes, made up from a seed: what of their links, properties, aliases and tags is in the graph.

Each vault is ingested with the default settings and exported; what it says is known by construction. The same notes as
plain Markdown give the ratio of speed, in the same run.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from common import arguments, clew, figure, measured, note
from vaults import Made, make_vault


def main() -> None:
    """Prints the figures of the largest vault, on standard error those of the others."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--seed", type=int, default=1, help="of the vaults")
    parser.add_argument("--notes", type=int, nargs="*", default=[10, 300, 1000], help="sizes of the vaults")
    options = parser.parse_args()
    peaks: dict[int, float] = {}
    figures: dict[str, float] = {}
    for size in sorted(options.notes):
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            made = make_vault(root / "vault", size, options.seed)
            taken = measured(clew("ingest", root / "vault", "--kb", root / "kb", "--json"))
            plain = measured(clew("ingest", root / "vault", "--kb", root / "plain", "--json", "--as", "plain"))
            rows = _exported(root, "kb")
            measured(clew("export", root / "notes", "--format", "vault", "--kb", root / "kb"))
            measured(clew("ingest", root / "notes", "--kb", root / "again", "--json"))
            back = _exported(root, "again")
            report, before = json.loads(taken.output), json.loads(plain.output)
        peaks[size] = taken.peak_gb
        figures = scores(made, rows) | {
            "round trip": 100 * _share(_said(rows) & _said(back), _said(rows) | _said(back)),
            "notes per second over plain": before["seconds"] / report["seconds"],
        }
        note(f"{size} notes: {figures}; {report['notes'][-1:]}")
    sizes = sorted(peaks)
    figures["memory growth"] = peaks[sizes[-1]] / peaks[sizes[-2]] if len(sizes) > 1 else 1.0
    for name, value in figures.items():
        figure(name, value)


def _exported(root: Path, kb: str) -> list[dict[str, Any]]:
    file = root / f"{kb}.jsonl"
    measured(clew("export", file, "--kb", root / kb))
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _names(rows: list[dict[str, Any]]) -> dict[str, str]:
    """What each entity is called, by id."""
    entities = {row["id"]: row["names"] for row in rows if "names" in row}
    return {id_: max(names, key=lambda form: (names[form], form)) for id_, names in entities.items()}


def _said(rows: list[dict[str, Any]]) -> set[tuple[str, str, str]]:
    """The triples, by name."""
    called = _names(rows)
    said: set[tuple[str, str, str]] = set()
    for row in rows:
        if "relation" in row:
            tail = row["tail"]
            name = called.get(tail, "") if isinstance(tail, str) else ""
            value = next((str(part["text"]) for part in _dicts(tail) if "text" in part), "")
            said.add((called.get(row["head"], ""), row["relation"], name or value))
    return said


def scores(made: Made, rows: list[dict[str, Any]]) -> dict[str, float]:
    """The figures of one export beside what its vault says."""
    entities = {row["id"]: row for row in rows if "names" in row}
    called, said = _names(rows), _said(rows)
    aliases = {(called[id_], form) for id_, row in entities.items() for form in row.get("short_forms", {})}
    notes = {name for pair in made.links for name in pair} | {head for head, _, _ in made.properties}
    pairs = {frozenset((head, tail)) for head, _, tail in said if head in notes and tail in notes}
    linked = {frozenset(pair) for pair in made.links}
    allowed = linked | made.beside | {frozenset((head, tail)) for head, _, tail in made.properties}
    return {
        "links precision": 100 * _share(pairs & allowed, pairs),
        "links recall": 100 * _share(linked & pairs, linked),
        "properties right": 100 * _share(made.properties & said, made.properties),
        "aliases right": 100 * _share(made.aliases & aliases, made.aliases),
        "tags right": 100 * _share({(head, "tagged", tag) for head, tag in made.tags} & said, made.tags),
    }


def _dicts(tail: Any) -> list[dict[str, Any]]:
    inner = tail if isinstance(tail, dict) else {}
    return [inner, *(part for part in inner.values() if isinstance(part, dict))]


def _share(part: Any, whole: Any) -> float:
    return len(part) / len(whole) if whole else 1.0


if __name__ == "__main__":
    main()
