"""Lemmas as small edits of words, so that a classifier can choose among a few hundred."""

from __future__ import annotations


def lemma_rule(word: str, lemma: str) -> str:
    """The edit that makes the lemma of the word: case (`k` kept, `l` lowered), how many letters to cut, a colon, what
    to add. Where the two share no beginning, `=` and the lemma itself."""
    rules = []
    for case, base in (("k", word), ("l", word.lower())):
        common = 0
        while common < min(len(base), len(lemma)) and base[common] == lemma[common]:
            common += 1
        if common:
            rules.append(f"{case}{len(base) - common}:{lemma[common:]}")
    return min(rules, key=len) if rules else f"={lemma}"


def apply_rule(word: str, rule: str) -> str:
    """The lemma of the word by this rule; the word in lower case where the rule does not fit it."""
    if rule[:1] == "=":
        return rule[1:] or word.lower()
    cut, _, added = rule[1:].partition(":")
    base = word if rule[0] == "k" else word.lower()
    return (base[: len(base) - int(cut)] if int(cut) <= len(base) else base) + added or word.lower()


def spelled(lemma: str, tag: str) -> str:
    """The lemma of a word in -s as English spells it, where the rule cut too little: `denie` is deny, `stitche`
    stitch."""
    if tag == "VBZ" and len(lemma) > 4 and lemma.endswith("ie"):
        return lemma[:-2] + "y"
    return lemma[:-1] if tag in {"VBZ", "NNS"} and lemma.endswith(("tche", "she", "sse", "zze")) else lemma
