"""Text2KGBench's TekGen part (Mihindukulasooriya et al. 2023): ten ontologies, sentences with one triple each.

What counts as equal: subject, relation and object in lower case without accents, punctuation and a leading article.
A gold date stands for the parts that a text can give of it: "01 January 1999" is how the data write the year 1999, and
a text that says "1979" agrees with "09 November 1979". Mojibake (UTF-8 that was read as Latin-1) is mended first.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from common import readable, split_of

from clew.graph.model import Value
from clew.ingest.ontology.ontology import Class, Ontology, Relation, checked

_WORDS = re.compile(r"\w+")
_DATE = re.compile(r"(\d{1,2}) ([A-Z][a-z]+) (\d{4})")
_MONTHS = "January February March April May June July August September October November December".split()  # noqa: SIM905 - shorter


@dataclass(frozen=True)
class Row:
    """A sentence, the id of its ontology, and the triple that it is known to say."""

    ontology: str
    text: str
    head: str
    relation: str
    tail: str


def mended(text: str) -> str:
    """The text, with UTF-8 that was read as Latin-1 or Windows-1252 put right."""
    for encoding in ("cp1252", "latin-1"):
        try:
            return text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
    return text


def plain(text: str) -> str:
    """The form in which names are compared."""
    letters = unicodedata.normalize("NFKD", mended(text)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"^(?:the|a|an) (?=.)", "", " ".join(_WORDS.findall(letters)))


def gold_date(text: str) -> str:
    """The ISO date of "09 November 1979", of 1 January the year alone; empty for any other text."""
    found = _DATE.fullmatch(text)
    if not found or found[2] not in _MONTHS:
        return ""
    day, month = int(found[1]), _MONTHS.index(found[2]) + 1
    return found[3] if (day, month) == (1, 1) else f"{found[3]}-{month:02}-{day:02}"


def same(said: str | Value, gold: str) -> bool:
    """Whether what was read is what the data say."""
    date = gold_date(gold)
    if date:
        if not isinstance(said, Value) or said.datatype != "date":
            return False
        return date.startswith(said.normal) or said.normal.startswith(date)
    return plain(said.text if isinstance(said, Value) else said) == plain(gold)


def held_out(sentence: str) -> bool:
    """A tenth of all sentences: those of the report half whose third byte of SHA-256 is divisible by five."""
    return split_of(sentence) == "report" and hashlib.sha256(sentence.encode()).digest()[2] % 5 == 0


def ontologies(data: Path) -> dict[str, Ontology]:
    """The ten ontologies by id. A domain or range that the file names no concept for is open."""
    found = {}
    for path in sorted(
        (readable(data / "tekgen")).glob("*_ontology.json"), key=lambda each: int(each.name.split("_")[0])
    ):
        raw = json.loads(path.read_text(encoding="utf-8"))
        labels = {each["qid"]: each["label"].strip() for each in raw["concepts"]}
        classes = {label.lower(): Class(label) for label in labels.values()}
        ends: dict[str, tuple[list[str], list[str]]] = {}
        for each in raw["relations"]:
            domain, reach = ends.setdefault(each["label"].strip(), ([], []))
            domain.append(labels.get(each["domain"], ""))
            reach.append(labels.get(each["range"], ""))
        relations = tuple(Relation(name, _known(domain), _known(reach)) for name, (domain, reach) in ends.items())
        found[raw["id"]] = checked(Ontology(tuple(classes.values()), relations, path.name))
    return found


def _known(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names)) if all(names) else ()


def rows(data: Path, split: str) -> Iterator[Row]:
    """The rows of this split: `dev`, `report` (the held-out tenth) or `all`. Rows whose relation their ontology does
    not define (one in a hundred) are left out."""
    known = {id_: {each.name.lower(): each.name for each in found.relations} for id_, found in ontologies(data).items()}
    for id_, names in known.items():
        lines = readable(data / "tekgen" / "train" / f"{id_}_train.jsonl").read_text(encoding="utf-8").splitlines()
        for row in map(json.loads, lines):
            sentence, relation = row["sent"], names.get(row["rel_label"].strip().lower())
            wanted = {"all": True, "report": held_out(sentence), "dev": split_of(sentence) == "dev"}[split]
            if wanted and relation:
                yield Row(id_, mended(sentence), row["sub_label"], relation, row["obj_label"])
