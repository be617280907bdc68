"""Entity resolution across the passages of 2Wiki, against decisions made by hand.

Each decision names two places (a passage and a name in it, or the passage's own title) and says whether they mean the
same thing: titles and names that are alike but are not (homographs), and aliases, short forms and bare names that are
(resolution.jsonl). A place that Clew has no mention for stands alone. The halves are split by the SHA-256 of the name.
`pairwise f1` counts decided pairs; `b3 f1` averages over places, counting only what the decisions imply.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from common import ROOT, arguments, figure, knowledge_base, note, passages, readable, split_of

if TYPE_CHECKING:
    from clew.graph.model import Mention
    from clew.graph.store import GraphStore

Place = tuple[str, str]  # title of the passage, the name in it


@dataclass(frozen=True)
class Decision:
    """Whether two places mean the same."""

    kind: str
    a: Place
    b: Place
    same: bool


def decisions(file: Path, *, split: str, titles: set[str]) -> list[Decision]:
    """The decisions on this side of the split whose passages are among these."""
    rows = [json.loads(line) for line in readable(file).read_text(encoding="utf-8").splitlines()]
    made = [
        Decision(row["kind"], *((row[end]["document"], row[end]["text"]) for end in ("a", "b")), row["same"])
        for row in rows
        if split in ("all", split_of(row["name"]))
    ]
    return [one for one in made if {one.a[0], one.b[0]} <= titles]


def entities(store: GraphStore, wanted: Iterable[Place]) -> dict[Place, str]:
    """The entity that each place is resolved to; those without a mention are left out."""
    names: dict[str, set[str]] = defaultdict(set)
    for title, text in wanted:
        names[title].add(text)
    found: dict[Place, str] = {}
    for document in store.documents():
        if document.title in names:
            chunks = [chunk.id for chunk in store.chunks(document=document.id)]
            mentions = list(store.mentions(chunks=chunks))
            for text in names[document.title]:
                entity = _entity(mentions, text, of_title=text == document.title)
                if entity:
                    found[document.title, text] = entity
    return found


def _entity(mentions: Sequence[Mention], text: str, *, of_title: bool) -> str:
    """Of the first mention that reads so: the title's own, one of this very text, or one of this name."""
    wanted = _plain(text)
    for test in (
        lambda one: of_title and one.start == one.end == 0 and one.text == text,
        lambda one: _plain(one.text) == wanted and one.form in {"name", "alias"},
        lambda one: _plain(one.name) == wanted,
    ):
        for mention in mentions:
            if test(mention):
                return mention.entity
    return ""


def _plain(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def pairwise(made: Sequence[Decision], found: Mapping[Place, str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of the pairs said to be the same."""
    joined = [one for one in made if together(one, found)]
    right = sum(one.same for one in joined)
    return scores(right, len(joined), sum(one.same for one in made))


def together(one: Decision, found: Mapping[Place, str]) -> bool:
    """Whether both places are resolved to one entity."""
    return one.a in found and found[one.a] == found.get(one.b)


def scores(right: float, said: float, wanted: float) -> tuple[float, float, float]:
    """Precision, recall and F1, 0..100."""
    precision, recall = right / said if said else 1.0, right / wanted if wanted else 1.0
    return 100 * precision, 100 * recall, 200 * precision * recall / max(precision + recall, 1e-9)


def b_cubed(made: Sequence[Decision], found: Mapping[Place, str]) -> tuple[float, float, float]:
    """B3 precision, recall and F1 over the places (Bagga and Baldwin 1998). Places that no decision relates, directly
    or through places that are the same, are neither right nor wrong together."""
    places = sorted({place for one in made for place in (one.a, one.b)})
    cluster = {place: place for place in places}

    def root(place: Place) -> Place:
        while cluster[place] != place:
            place = cluster[place]
        return place

    for one in made:
        if one.same:
            cluster[root(one.a)] = root(one.b)
    apart = {frozenset((root(one.a), root(one.b))) for one in made if not one.same}
    groups: dict[str, list[Place]] = defaultdict(list)
    for place in places:
        groups[found.get(place, f"alone {place}")].append(place)
    alike: dict[Place, int] = defaultdict(int)
    for place in places:
        alike[root(place)] += 1
    precision = recall = 0.0
    for group in groups.values():
        for place in group:
            same = sum(root(other) == root(place) for other in group)
            wrong = sum(frozenset((root(other), root(place))) in apart for other in group)
            precision += same / (same + wrong)
            recall += same / alike[root(place)]
    precision, recall = precision / max(len(places), 1), recall / max(len(places), 1)
    return 100 * precision, 100 * recall, 200 * precision * recall / max(precision + recall, 1e-9)


def report(made: Sequence[Decision], found: Mapping[Place, str]) -> None:
    """The wrong merges one by one, then the figures."""
    for one in made:
        if not one.same and together(one, found):
            note(f"wrong merge: {one.b[1]!r} in {one.b[0]!r} is not {one.a[1]!r} of {one.a[0]!r}")
    missing = {place for one in made for place in (one.a, one.b)} - found.keys()
    note(
        f"{len(made)} decisions, {sum(one.same for one in made)} of them the same; {len(missing)} places not mentioned"
    )
    precision, recall, f1 = pairwise(made, found)
    note(f"pairwise precision {precision:.1f}, recall {recall:.1f}")
    figure("pairwise f1", f1)
    figure("b3 f1", b_cubed(made, found)[2])
    homographs = [one for one in made if not one.same]
    figure("homographs kept apart", 100 * sum(not together(one, found) for one in homographs) / max(len(homographs), 1))


def parser() -> argparse.ArgumentParser:
    """All options."""
    made = arguments(str(__doc__).splitlines()[0], split=True)
    made.add_argument("--kb", type=Path, default=None, help="the graph; built there where absent")
    return made


def main() -> None:
    """Measure, then print the figures."""
    options = parser().parse_args()
    titles = {passage["title"] for passage in passages(options.data, options.limit)}
    made = decisions(ROOT / "benchmarks" / "resolution.jsonl", split=options.split, titles=titles)
    with (
        tempfile.TemporaryDirectory() as folder,
        knowledge_base(options.kb or Path(folder) / "kb", options.data) as kg,
    ):
        report(made, entities(kg.store, {place for one in made for place in (one.a, one.b)}))


if __name__ == "__main__":
    main()
