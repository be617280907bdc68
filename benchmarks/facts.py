"""What `clew ingest` stores of everyday sentences, beside a gold made by hand.

`benchmarks/facts.jsonl` holds a text a line: `genre`, `text`, the `facts` that it states (head, relation, tail, and
where the text has them `flags` and further phrases under `with`), and under `also` facts that may be read, but need
not be. The texts were written for this table; none is encyclopedic. Each becomes a file of its own in one folder that
is ingested; what the store then holds is compared.

A stored triple is right where a fact has its head, and its tail and relation by their words; a triple that says as
plain what the text denies, doubts or expects is wrong. `--save FILE` keeps what was stored, `--before FILE` reads it
again: the `before` figures are those of the extractor of version 0.1 on the same sentences.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from common import arguments, figure, note, split_of

from clew.ingest.extract.rules.word_lists import _IRREGULAR

_HERE = Path(__file__).parent
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_EMPTY = frozenset(
    "a an the is are was were be been being has have had do does did will would shall may might can could should must "  # noqa: SIM905
    "of to in on at by for from with into per as that this its his her their mr mrs dr sir captain".split()
)
_UNREAL = frozenset({"negated", "hedged", "future"})
_FLAGS = _UNREAL | {"past"}
_PARTICIPLES = {
    "given": "give", "written": "write", "taken": "take", "stolen": "steal", "eaten": "eat", "shown": "show",
    "driven": "drive", "known": "know", "grown": "grow", "drawn": "draw", "broken": "break", "chosen": "choose",
}  # fmt: skip
_LEMMAS = {form: lemma for lemma, form in _IRREGULAR.items() if lemma not in {"lie", "wind"}} | _PARTICIPLES


@dataclass(frozen=True)
class Said:
    """A triple in words. `others` are the values that its further phrases may have."""

    head: str
    relation: str
    tail: str
    flags: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()


@dataclass
class Tally:
    """Counts over the texts."""

    stored: int = 0
    right: int = 0
    wanted: int = 0
    found: int = 0
    flags: list[bool] = field(default_factory=list)
    flagged: list[bool] = field(default_factory=list)
    directions: list[bool] = field(default_factory=list)


def stem(word: str) -> str:
    """A word without its ending, so that `chairs` and `chaired` are one."""
    low = _LEMMAS.get(word, word)
    for end in ("ies", "ied"):
        if low.endswith(end) and len(low) > 4:
            return low[:-3] + "y"
    for end in ("ing", "ed", "es", "s"):
        if low.endswith(end) and len(low) - len(end) > 1 and not low.endswith("ss"):
            low = low[: -len(end)]
            doubled = end in {"ing", "ed"} and len(low) > 3 and low[-1] == low[-2] and low[-1] not in "es"
            low = low[:-1] if doubled and low not in {"sell", "call", "fill", "bill"} else low
            break
    return low[:-1] if low.endswith("e") and len(low) > 3 else low


def words(text: str) -> Counter[str]:
    """The telling words of a phrase, without endings."""
    return Counter(stem(word) for word in map(str.lower, _WORD.findall(text)) if word not in _EMPTY)


def like(one: Counter[str], other: Counter[str]) -> float:
    """The F1 of the words that both have; 1 where neither has any."""
    total = one.total() + other.total()
    return 2 * (one & other).total() / total if total else 1.0


def matches(stored: Said, gold: Said) -> bool:
    """Does the stored triple say what the gold fact says, whatever the flags?"""
    relation, tail = words(stored.relation), words(stored.tail)
    head, told, wanted = words(stored.head), words(gold.head), words(gold.relation)
    if stored.relation == gold.relation == "is" and like(head, words(gold.tail)) >= 0.66:
        return like(tail, told) >= 0.66
    if like(head + relation, told + wanted) >= 0.8 and like(tail, words(gold.tail)) >= 0.6:
        return True
    role = stored.relation == "is a" and gold.relation.endswith((" of", " at")) and tail and tail <= wanted
    same = role or like(relation + tail, wanted + words(gold.tail)) >= 0.75
    near = like(relation, wanted) >= 0.5 or relation >= wanted
    fits = near and any(like(tail, words(each)) >= 0.6 for each in (gold.tail, *gold.others))
    return like(head, told) >= 0.66 and bool(same or fits)


def _inverse(stored: Said, gold: Said) -> bool:
    return (" by" in f" {stored.relation}") != (" by" in f" {gold.relation}")


def reversed_(stored: Said) -> Said:
    """The triple from its tail to its head."""
    return Said(stored.tail, stored.relation, stored.head, stored.flags)


def plain_lie(stored: Said, gold: Said) -> bool:
    """Is something told as a fact that the text denies, doubts or expects, or the other way round?"""
    return bool(stored.flags & _UNREAL) != bool(gold.flags & _UNREAL)


def judge(stored: Sequence[Said], row: dict[str, Any], tally: Tally) -> list[tuple[str, Said]]:
    """The text's triples are counted; returns each with its verdict, and the facts that were missed."""
    facts, also = (list(map(gold_of, row.get(name, ()))) for name in ("facts", "also"))
    verdicts: list[tuple[str, Said]] = []
    met: set[Said] = set()
    for one in stored:
        fitting = [gold for gold in (*facts, *also) if matches(one, gold)]
        turned = [gold for gold in (*facts, *also) if matches(reversed_(one), gold)]
        fitting += [gold for gold in turned if _inverse(one, gold) and gold not in fitting]
        if turned or fitting:
            tally.directions.append(bool(fitting))
        gold = max(fitting, key=lambda gold: (gold.flags == one.flags, gold in facts), default=None)
        right = gold is not None and not plain_lie(one, gold)
        tally.stored += 1
        tally.right += right
        if gold is not None:
            tally.flags.append(one.flags == gold.flags)
            tally.flagged += [one.flags == gold.flags] if gold.flags else []
            met |= {each for each in fitting if right and not plain_lie(one, each)}
        verdicts.append(("right" if right else "WRONG", one))
    tally.wanted += len(facts)
    tally.found += sum(gold in met for gold in facts)
    return verdicts + [("missed", gold) for gold in facts if gold not in met]


def gold_of(fact: dict[str, Any]) -> Said:
    """A fact of the file."""
    flags = frozenset(flag for flag in fact.get("flags", ()) if flag in _FLAGS or flag.startswith("attributed"))
    return Said(fact["head"], fact["relation"], fact["tail"], flags, tuple(fact.get("with", {}).values()))


def ingested(rows: Sequence[dict[str, Any]]) -> list[list[Said]]:
    """What the store holds of each text, after all were ingested as files of one folder."""
    import clew as product

    with tempfile.TemporaryDirectory() as folder, product.open("memory:") as kg:
        for number, row in enumerate(rows):
            (Path(folder) / f"text{number:04}.txt").write_text(row["text"] + "\n", encoding="utf-8")
        kg.ingest(folder)
        return list(_stored(kg.store, len(rows)))


def _stored(store: Any, count: int) -> Iterator[list[Said]]:
    number = {
        document.id: int(match[1])
        for document in store.documents()
        if (match := re.search(r"text(\d{4})\.txt", document.uri))
    }
    names = {entity.id: entity.name for entity in store.entities()}
    found: list[list[Said]] = [[] for _ in range(count)]
    for triple in store.triples():
        tails = [names.get(triple.tail, "")] if isinstance(triple.tail, str) else [triple.tail.text]
        for source in triple.sources:
            flags = frozenset(flag for flag in source.flags if flag in _FLAGS or flag.startswith("attributed"))
            head, tail = (re.sub(r" \(text\d{4}\)$", "", name) for name in (names.get(triple.head, ""), tails[0]))
            said = Said(head, triple.relation, tail, flags)
            found[number[source.document]].append(said)
    yield from ([*dict.fromkeys(each)] for each in found)


def report(rows: Iterable[dict[str, Any]], stored: Iterable[Sequence[Said]], *, prefix: str = "", show: bool) -> None:
    """The figures, and where `show` every triple with its verdict."""
    tally = Tally()
    for row, said in zip(rows, stored, strict=True):
        verdicts = judge(said, row, tally)
        if show:
            print(f"\n[{row['genre']}] {row['text']}")
            for verdict, one in verdicts:
                print(f"   {verdict:7} {one.head} | {one.relation} | {one.tail} | {', '.join(sorted(one.flags))}")
    precision = 100 * tally.right / max(tally.stored, 1)
    recall = 100 * tally.found / max(tally.wanted, 1)
    figure(f"{prefix}precision", precision)
    figure(f"{prefix}recall", recall)
    figure(f"{prefix}f1", 2 * precision * recall / max(precision + recall, 1e-9))
    figure(f"{prefix}flags right", 100 * sum(tally.flags) / max(len(tally.flags), 1))
    figure(f"{prefix}flagged right", 100 * sum(tally.flagged) / max(len(tally.flagged), 1))
    figure(f"{prefix}direction right", 100 * sum(tally.directions) / max(len(tally.directions), 1))


def main() -> None:
    """Prints the figures."""
    parser = arguments(__doc__ or "", split=True)
    parser.add_argument("--gold", type=Path, default=_HERE / "facts.jsonl", help="the sentences with their facts")
    parser.add_argument("--before", type=Path, default=_HERE / "facts_before.jsonl", help="what was stored before")
    parser.add_argument("--save", type=Path, help="write what is stored to this file")
    parser.add_argument("--show", action="store_true", help="print every triple with its verdict")
    options = parser.parse_args()
    rows = [json.loads(line) for line in options.gold.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if options.split in ("all", split_of(row["text"]))][: options.limit]
    note(f"{len(rows)} texts with {sum(len(row['facts']) for row in rows)} facts")
    stored = ingested(rows)
    if options.save:
        lines = (
            json.dumps({"text": row["text"], "stored": [[*_parts(one)] for one in said]}, ensure_ascii=False)
            for row, said in zip(rows, stored, strict=True)
        )
        options.save.write_text("\n".join(lines) + "\n", encoding="utf-8")
    if options.before.exists():
        told = {row["text"]: row["stored"] for row in map(json.loads, options.before.read_text("utf-8").splitlines())}
        old = [[Said(*one[:3], frozenset(one[3])) for one in told.get(row["text"], ())] for row in rows]
        report(rows, old, prefix="before ", show=False)
    report(rows, stored, show=options.show)


def _parts(one: Said) -> tuple[str, str, str, list[str]]:
    return one.head, one.relation, one.tail, sorted(one.flags)


if __name__ == "__main__":
    main()
