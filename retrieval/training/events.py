"""Made reports: who did what to whom, when, where and why; what changed; who holds which post; what to do in a case."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from clew.retrieval.training.fields import WORDS
from clew.retrieval.training.values import Name, person, value

_READ: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("events.yaml").read_text(encoding="utf-8"))
_GAPS = (" ", " ", " ", "\n", "\n\n", "\n- ", "\n* ")


class Said(NamedTuple):
    """A sentence as parts, each with the name of the slot that it fills, "" for the words between."""

    parts: tuple[tuple[str, str], ...]

    @property
    def text(self) -> str:
        """The whole sentence."""
        return "".join(text for text, _ in self.parts)


class Statement(NamedTuple):
    """A sentence and what may be asked of it: questions with the slot that answers each."""

    said: Said
    asked: tuple[tuple[str, str], ...]


Questions = list[tuple[str, str]]


def reports(rng: random.Random, some_name: Name, *, without: float) -> tuple[str, str, tuple[tuple[int, int], ...]]:
    """A question, a passage and the span that answers, none for a share `without` of them."""
    family = rng.choices((_event, _change, _role, _count, _instruction), (8, 4, 3, 2, 2))[0]
    seed = rng.getrandbits(32)
    target = family(rng, some_name, random.Random(seed))
    others = []
    for _ in range(rng.choice((0, 1, 2, 3, 4))):  # often of the same verb, post or change, of others
        like = random.Random(seed if rng.random() < 0.4 else rng.getrandbits(32))
        others.append(rng.choice((family, family, _event, _role))(rng, some_name, like))
    question, slot = rng.choice(target.asked)
    if rng.random() < without:
        return _unanswered(rng, some_name, question, target, others)
    others = [one for one in others if not _same_question(question, one)]
    own = rng.randint(0, len(others))
    gap = rng.choice(_GAPS)
    before = "".join(one.said.text + gap for one in others[:own])
    passage, spans = before, []
    for text, name in target.said.parts:
        if name == slot:
            spans.append((len(passage), len(passage) + len(text)))
        passage += text
    return question, passage + "".join(gap + one.said.text for one in others[own:]), tuple(spans)


def _unanswered(
    rng: random.Random, some_name: Name, question: str, target: Statement, others: list[Statement]
) -> tuple[str, str, tuple[tuple[int, int], ...]]:
    """The sentence is not there, or it is said the other way round, or of another."""
    texts = [one.said.text for one in others if not _same_question(question, one)]
    if rng.random() < 0.6 or not texts:
        swapped = _swapped(rng, some_name, question, target)
        texts.insert(rng.randint(0, len(texts)), swapped)
    return question, rng.choice(_GAPS).join(texts), ()


def _swapped(rng: random.Random, some_name: Name, question: str, target: Statement) -> str:
    """The sentence of another: what question and sentence both name is a stranger in it, or trades places."""
    shared = [name for text, name in target.said.parts if name in ("doer", "done", "what") and _in(text, question)]
    parts = {name: text for text, name in target.said.parts if name}
    names = [parts[name] for name in ("doer", "done") if name in parts]
    if len(names) == 2 and all(name[:1].isupper() for name in names) and rng.random() < 0.6:
        trade = {"doer": parts["done"], "done": parts["doer"]}
        return "".join(trade.get(name, text) for text, name in target.said.parts)
    for name in shared:
        fresh = _stranger(rng, some_name, parts[name])
        return "".join(fresh if part == name else text for text, part in target.said.parts)
    return _event(rng, some_name, rng).said.text


def _in(text: str, question: str) -> bool:
    return text.lower() in question.lower()


def _stranger(rng: random.Random, some_name: Name, name: str) -> str:
    """Another of its kind, often one that shares a word with it."""
    words = name.split()
    if len(words) == 2 and words[0] in WORDS["first"]:
        fresh = person(rng).split()
        return rng.choice((f"{words[0]} {fresh[-1]}", f"{fresh[0]} {words[-1]}", " ".join(fresh)))
    return _thing(rng, some_name)


def _same_question(question: str, other: Statement) -> bool:
    """Whether the other sentence may answer it too."""
    return any(question.lower() == asked.lower() for asked, _ in other.asked)


def _sentence(template: str, fills: dict[str, tuple[str, str]]) -> Said:
    """`fills`: from a letter in braces to its text and the slot's name."""
    parts: list[tuple[str, str]] = []
    for place, piece in enumerate(template.replace("}", "{").split("{")):
        if place % 2:
            parts.append(fills[piece])
        elif piece:
            parts.append((piece, ""))
    first, name = parts[0]
    return Said(((first[:1].upper() + first[1:], name), *parts[1:]))


def _noun(rng: random.Random, some_name: Name, kind: str) -> str:
    if kind in ("person", "company", "place"):
        return value(rng, kind, some_name)
    if kind in ("meeting", "fault"):
        return str(rng.choice(_READ[f"{kind}s"]))
    return _thing(rng, some_name)


def _thing(rng: random.Random, some_name: Name) -> str:
    word, thing = rng.choice(WORDS["plain"]), rng.choice(WORDS["objects"])
    shapes = (f"the {word} {thing}", f"the {thing}", f"{thing} {rng.randint(1, 40)}", word.capitalize())
    return some_name(rng) if rng.random() < 0.2 else rng.choice(shapes)


def _time(rng: random.Random) -> tuple[str, str]:
    """What stands before a time, and the time."""
    date = value(rng, "date", str)
    if rng.random() < 0.3:
        return rng.choice(
            (("", "yesterday"), ("", "last week"), ("", "two days ago"), ("on ", "Monday"), ("in ", "spring"))
        )
    return (
        "on " if any(part.strip(",").isdigit() and len(part) < 4 for part in date.split()) or "-" in date else "in "
    ), date


def _event(rng: random.Random, some_name: Name, like: random.Random) -> Statement:
    """Somebody did something to somebody or something."""
    base, past, done, doers, objects, suits = like.choice(_READ["verbs"])
    doer_kind, done_kind = rng.choice(doers.split()), rng.choice(objects.split())
    doer, patient = _noun(rng, some_name, doer_kind), _noun(rng, some_name, done_kind)
    fills = {"d": (doer, "doer"), "x": (patient, "done")}
    shapes = (f"{{d}} {past} {{x}}", f"{{x}} was {done} by {{d}}", f"It was {{d}} who {past} {{x}}")
    template = rng.choices(shapes, (10, 8, 1))[0]
    asked: Questions = [*_of_doer(doer_kind, past, done, patient), *_of_done(done_kind, base, done, doer)]
    for letter in suits:
        if rng.random() < 0.45:
            before, text, slot, questions = _adjunct(rng, some_name, letter, (base, done), (doer, patient))
            template += f" {before}{{{letter}}}"
            fills[letter] = (text, slot)
            asked += questions * 2
    return Statement(_sentence(template + ".", fills), tuple(asked))


def _of_doer(kind: str, past: str, done: str, patient: str) -> Questions:
    who = {"person": ("Who", "Which person"), "company": ("Who", "Which company")}.get(kind, ("What",))
    active = [f"{one} {past} {patient}?" for one in who]
    return [(one, "doer") for one in (*active, f"{who[0]} was {patient} {done} by?", f"By whom was {patient} {done}?")]


def _of_done(kind: str, base: str, done: str, doer: str) -> Questions:
    who = {"person": "Who", "company": "Which company", "meeting": "Which meeting"}.get(kind, "What")
    return [(f"{who} did {doer} {base}?", "done"), (f"{who} was {done} by {doer}?", "done")]


def _adjunct(
    rng: random.Random, some_name: Name, letter: str, verb: tuple[str, str], names: tuple[str, str]
) -> tuple[str, str, str, Questions]:
    """What stands before it, its text, its slot, and the questions that ask for it."""
    asked = (f"did {names[0]} {verb[0]} {names[1]}?", f"was {names[1]} {verb[1]}?")
    if letter == "t":
        before, text, slot, word = *_time(rng), "time", "When"
    elif letter == "p":
        place = rng.choice(WORDS["places"])
        before, text, slot, word = ("on " if "floor" in place else "in "), place, "place", "Where"
    elif letter == "r":
        kind = rng.choice(list(_READ["reasons"]))
        before, text, slot, word = f"{rng.choice(_READ['reasons'][kind])} ", rng.choice(_READ[kind]), "reason", "Why"
    else:
        before, text, slot, word = "for ", value(rng, "money", some_name), "money", "For how much"
    return before, text, slot, [(f"{word} {one}", slot) for one in asked]


def _change(rng: random.Random, some_name: Name, like: random.Random) -> Statement:
    """What was so once and is otherwise now."""
    change = like.choice(_READ["changes"])
    kind, thing = like.choice(change["of"]).removesuffix("{x}"), _thing(rng, some_name)
    what = kind + thing
    old, new = (value(rng, change["kind"], some_name) for _ in range(2))
    fills = {"x": (thing, "what"), "o": (old, "old"), "n": (new, "new")}
    fills["t"] = (value(rng, "date", some_name), "time")
    end = "_person" if change["kind"] == "person" else ""
    asked = [(one.format(w=what), "new") for one in _READ["asked_now" + end]]
    asked += [(one.format(w=what), "old") for one in _READ["asked_before" + end]]
    return Statement(
        _sentence(rng.choice(_READ["changed"]).replace("{w}", kind + "{x}").replace("{W}", kind + "{x}"), fills),
        tuple(asked),
    )


def _role(rng: random.Random, some_name: Name, like: random.Random) -> Statement:
    """Who holds which post."""
    who, job = person(rng), like.choice(_READ["jobs"])
    where = value(rng, "company", some_name) if rng.random() < 0.5 else _thing(rng, some_name)
    fills = {"p": (who, "doer"), "j": (job, "job"), "J": (job, "job"), "c": (where, "what")}
    fills |= {"did": (rng.choice(_READ["did"]), "did"), "Q": (rng.choice(_READ["quotes"]), "quote")}
    fills["t"] = (value(rng, "date", some_name), "time")
    said = _sentence(rng.choice(_READ["roles"]), fills)
    asked = [(f"Who is {job} of {where}?", "doer"), (f"What is the name of {job} of {where}?", "doer")]
    asked += [(f"What is {who}'s job?", "job"), (f"What is the role of {who}?", "job")]
    asked += [(f"Where does {who} work?", "what"), (f"Of what is {who} {job}?", "what")]
    if any(name == "did" for _, name in said.parts):
        asked.append((f"What did {who} do?", "did"))
    return Statement(said, tuple(asked))


def _count(rng: random.Random, some_name: Name, like: random.Random) -> Statement:
    """How many there are."""
    said, question = rng.choice(_READ["counts"])
    what, kinds = _thing(rng, some_name), like.choice(_READ["kinds"])
    number = rng.choice((value(rng, "count", some_name), rng.choice(("two", "three", "seven", "twelve", "forty"))))
    fills = {"n": (number, "number"), "k": (kinds, "kinds"), "x": (what, "what"), "X": (what, "what")}
    return Statement(_sentence(said, fills), ((question.format(k=kinds, x=what), "number"),))


def _instruction(rng: random.Random, _some_name: Name, like: random.Random) -> Statement:
    """What to do in which case."""
    case, act = rng.choice(_READ["conditions"]), like.choice(_READ["actions"])
    fills = {"c": (case, "what"), "C": (case, "what"), "a": (act, "act"), "A": (act, "act")}
    asked = [(one.format(c=case), "act") for one in _READ["asked_do"]] * 2
    asked += [(one.format(a=act), "what") for one in _READ["asked_when"]]
    return Statement(_sentence(rng.choice(_READ["instructions"]), fills), tuple(asked))
