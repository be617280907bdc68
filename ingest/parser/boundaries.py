"""Where tokens and sentences end: what the parser is told before it reads."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import compile_infix_regex, compile_suffix_regex

ENDS = frozenset(".?!:;…\"”“’')]}*-–—|\n\r\t ")
_LONGEST_RUN = 500  # characters; longer than any word or address that is meant to be read
_LONG_RUN = re.compile(rf"(\S{{{_LONGEST_RUN + 1},}}\s*)")  # with the blanks after it
_NUMERALS = frozenset({"I.", "V.", "X."})
_RULERS = frozenset(
    {"King", "Queen", "Emperor", "Empress", "Pope", "Tsar", "Sultan", "Prince", "Duke", "Count", "Shah"}
)


def split_glued(nlp: Language) -> None:
    """Brackets and quotes glued to either side of a word, and dashes between years, are tokens of their own."""
    tokenizer: Any = nlp.tokenizer
    inner = [
        *(nlp.Defaults.infixes or ()),
        r"(?<=\w)[\(\)\[\]\"“”](?=\w)",
        r"(?<=[\w)])[–—](?=[\w(])",
        r"(?<=[.,])[\"(](?=\w)",
    ]
    tokenizer.infix_finditer = compile_infix_regex(inner).finditer
    after = [*(nlp.Defaults.suffixes or ()), r"(?<=[\w.])[(\[]", r"(?<=\d)–"]
    for kin in ("father", "mother", "son", "daughter", "brother", "sister"):
        tokenizer.add_special_case(f"{kin}-in-law", [{"ORTH": f"{kin}-in-law"}])
    for word in ("half-brother", "half-sister", "ex-wife", "ex-husband", "co-founder", "co-star"):
        tokenizer.add_special_case(word, [{"ORTH": word}])
    tokenizer.suffix_search = compile_suffix_regex(after).search
    nlp.tokenizer = _ShortRuns(tokenizer)


class _ShortRuns:
    """spaCy's tokenizer takes quadratic time on what has no space in it, such as a line of dashes: a long run is cut
    before it is asked. In all else this is the tokenizer."""

    def __init__(self, tokenizer: Any) -> None:
        self._tokenizer = tokenizer

    def __call__(self, text: str) -> Doc:
        parts = _LONG_RUN.split(text)
        if len(parts) == 1:
            doc: Doc = self._tokenizer(text)
            return doc
        steps = ((part, _LONGEST_RUN if place % 2 else len(part)) for place, part in enumerate(parts) if part)
        short = (part[at : at + step] for part, step in steps for at in range(0, len(part), step))
        tokens = [token for part in short for token in self._tokenizer(part)]
        words, spaces = [token.text for token in tokens], [bool(token.whitespace_) for token in tokens]
        return Doc(self._tokenizer.vocab, words=words, spaces=spaces)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tokenizer, name)


@Language.component("clew_numeral_ends")
def _numeral_ends(doc: Doc) -> Doc:
    """ "Emperor Lothair I. Lothair II was": the numeral ends a sentence, other than the initial in "Henry I. Smith"; so
    does the label in "calls Node B. Ledger", where there is a Node A, and the form in "of Acme Corp. Acme Corp is"."""
    words = [token.text for token in doc]
    dotted = [at for at in range(1, len(words) - 1) if words[at][-1] == "." and words[at + 1][:1].isupper()]
    pairs = set(pairwise(words)) if dotted else set()
    labelled = {before for before, after in pairs if len(after) == 1 and after.isupper()}
    for at in dotted:
        text, before, after = words[at], words[at - 1], words[at + 1]
        if not before[:1].isupper():
            continue
        if (
            (text in _NUMERALS and ((at > 1 and words[at - 2] in _RULERS) or after == before))
            or (len(text) == 2 and before in labelled)
            or (len(text) > 2 and (after == before or (before, text[:-1]) in pairs))
        ):
            doc[at + 1].is_sent_start = True
    return doc


@Language.component("clew_sentence_ends")
def _sentence_ends(doc: Doc) -> Doc:
    """A sentence ends at punctuation or a line's end; the parser alone also ends one between "Marie" and "Curie"."""
    before = ""
    for token in doc:
        text = token.text
        if before and before[-1] not in ENDS and not token.is_sent_start:
            token.is_sent_start = False
        before = text
    return doc
