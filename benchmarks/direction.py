"""Who did what to whom: made sentences in which everybody acts on the next, asked in both voices and in two steps.

"Anna Ray hired Ben Ozols. Ben Ozols hired Cyril Dahl." Who hired Ben Ozols? By whom was he hired? Who was hired by him?
Who hired the person who hired Cyril Dahl? Sixty verbs; persons, companies and things; names made of syllables. A
question counts where the triples that answer it were read from the text.
"""

from __future__ import annotations

import random
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from common import arguments, figure, note

if TYPE_CHECKING:
    from clew import KnowledgeGraph

SEED = 11
_PERSON = """
hire hired hired|praise praised praised|visit visited visited|sue sued sued|teach taught taught|help helped helped
train trained trained|replace replaced replaced|meet met met|support supported supported|defeat defeated defeated
marry married married|mentor mentored mentored|thank thanked thanked|call called called
interview interviewed interviewed
invite invited invited|accuse accused accused|defend defended defended|advise advised advised|assist assisted assisted
dismiss dismissed dismissed|promote promoted promoted|supervise supervised supervised|recommend recommended recommended
examine examined examined|rescue rescued rescued|insult insulted insulted|photograph photographed photographed
follow followed followed
"""
_COMPANY = """
acquire acquired acquired|audit audited audited|supply supplied supplied|finance financed financed|sue sued sued
own owned owned|advise advised advised|insure insured insured|control controlled controlled|buy bought bought
license licensed licensed|outbid outbid outbid|rescue rescued rescued|fund funded funded|serve served served
"""
_THING = """
damage damaged damaged|replace replaced replaced|block blocked blocked|feed fed fed|trigger triggered triggered
cool cooled cooled|monitor monitored monitored|protect protected protected
contain contained contained|drive drove driven
test tested tested|cover covered covered|power powered powered|heat heated heated|call called called
"""
_STARTS = [
    "Bra",
    "Cor",
    "Dal",
    "Fen",
    "Gar",
    "Hal",
    "Jor",
    "Kel",
    "Lun",
    "Mar",
    "Nor",
    "Pel",
    "Ros",
    "Sel",
    "Tor",
    "Ul",
    "Ver",
    "Wil",
    "Yor",
    "Zan",
]
_ENDS = [
    "dric",
    "mond",
    "lin",
    "vek",
    "tan",
    "sen",
    "der",
    "mik",
    "ley",
    "ros",
    "gan",
    "bert",
    "holm",
    "quist",
    "vane",
    "dahl",
    "nor",
    "wick",
    "stad",
    "rin",
]


@dataclass(frozen=True)
class Verb:
    """A verb's base, past and participle, and what acts: `person`, `company` or `thing`."""

    base: str
    past: str
    participle: str
    kind: str


@dataclass(frozen=True)
class Asked:
    """A question with its answer, its kind of figure, and the triples (head, tail) that it needs."""

    text: str
    answer: str
    figure: str
    needs: tuple[tuple[str, str], ...]


def verbs() -> list[Verb]:
    """All sixty."""
    found = []
    for kind, listed in (("person", _PERSON), ("company", _COMPANY), ("thing", _THING)):
        rows = [row.split() for line in listed.strip().splitlines() for row in line.split("|")]
        found += [Verb(*row, kind) for row in rows]
    return found


class Names:
    """Names that are used once: "Brandric Dalsen", "Kelvek Ltd", "Unit T47"."""

    def __init__(self, seed: int) -> None:
        self._random, self._used = random.Random(seed), set[str]()

    def one(self, kind: str) -> str:
        """A name of this kind."""
        while True:
            pick = self._random.choice
            if kind == "person":
                name = f"{pick(_STARTS)}{pick(_ENDS)} {pick(_STARTS)}{pick(_ENDS)}"
            elif kind == "company":
                name = f"{pick(_STARTS)}{pick(_ENDS)} {pick(('Ltd', 'Group', 'Logistics', 'Energy'))}"
            else:
                name = f"{pick(('Pump', 'Valve', 'Motor', 'Sensor'))} {pick('ABCDEFGH')}{self._random.randint(10, 99)}"
            if name not in self._used:
                self._used.add(name)
                return name


def made(verb: Verb, names: Names) -> tuple[str, list[Asked]]:
    """A text and the questions about it."""
    a, b, c = (names.one(verb.kind) for _ in range(3))
    who = {"person": "Who", "company": "Which company", "thing": "Which part"}[verb.kind]
    noun = {"person": "person", "company": "company", "thing": "part"}[verb.kind]
    text = f"{a} {verb.past} {b}. {b} {verb.past} {c}."
    whom = {"person": "whom", "company": "which company", "thing": "which part"}[verb.kind]
    ab, bc = (a, b), (b, c)
    return text, [
        Asked(f"{who} {verb.past} {b}?", a, "one step", (ab,)),
        Asked(f"{whom.capitalize()} did {b} {verb.base}?", c, "one step", (bc,)),
        Asked(f"By {whom} was {b} {verb.participle}?", a, "passive", (ab,)),
        Asked(f"{who} was {verb.participle} by {b}?", c, "passive", (bc,)),
        Asked(f"{who} {verb.past} the {noun} that {verb.past} {c}?", a, "two steps", (ab, bc)),
        Asked(f"{who} was {verb.participle} by the {noun} that {a} {verb.past}?", c, "two steps", (ab, bc)),
    ]


def joined(kg: KnowledgeGraph) -> set[tuple[str, str]]:
    """The names of both ends of every triple of the graph that acts on something, in the direction of the act."""
    names = {entity.id: entity.name for entity in kg.store.entities()}
    found = set()
    for triple in kg.store.triples():
        ends = names.get(triple.head, ""), names.get(triple.tail_id, "")
        found.add(ends[::-1] if triple.relation.endswith(" by") else ends)
    return found


def main() -> None:
    """The texts are ingested, the questions asked, and the figures printed."""
    parser = arguments(__doc__ or "")
    parser.add_argument("--seed", type=int, default=SEED, help="of the made names")
    options = parser.parse_args()
    import clew

    names = Names(options.seed)
    corpus = [made(verb, names) for verb in verbs()[: options.limit]]
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "texts"
        folder.mkdir()
        for number, (text, _) in enumerate(corpus):
            (folder / f"note{number:02d}.txt").write_text(text, encoding="utf-8")
        with clew.open(Path(scratch) / "kb") as kg:
            kg.ingest(folder)
            there = joined(kg)
            tally: dict[str, list[bool]] = {"one step": [], "two steps": [], "passive": []}
            for asked in (question for _, questions in corpus for question in questions):
                if not set(asked.needs) <= there:
                    continue
                answer = kg.ask(asked.text)
                said = answer.candidates[0].name if answer.candidates else ""
                tally[asked.figure].append(said == asked.answer)
                if said != asked.answer:
                    note(f"{asked.text} gold {asked.answer}, said {said or '(nothing)'}")
    for name, right in tally.items():
        print(f"{name}: {len(right)} of {2 * len(corpus)} questions have their triples in the graph")
    for name, right in tally.items():
        figure(f"{name} right", 100.0 * sum(right) / len(right) if right else 0.0)


if __name__ == "__main__":
    main()
