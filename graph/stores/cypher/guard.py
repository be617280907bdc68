"""The read-only guard that every Cypher query, a person's or a generated one, passes before it runs.

It reads tokens, not text: strings, quoted names, comments and escapes are taken apart first, so that no spelling of a
word hides it. What may stand in a query is listed here (clauses, functions, procedures); everything else is refused.
The engine still runs what passes in a read transaction.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import NoReturn

from clew.graph.errors import QueryError

MAX_LENGTH = 50_000
MAX_DEPTH = 100


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


OPENERS = _words("MATCH OPTIONAL WITH RETURN UNWIND CALL")
KEYWORDS = OPENERS | _words(
    """WHERE ORDER BY SKIP OFFSET LIMIT UNION ALL DISTINCT AS YIELD ASC ASCENDING DESC DESCENDING
    AND OR XOR NOT IN IS NULL TRUE FALSE STARTS ENDS CONTAINS CASE WHEN THEN ELSE END
    EXISTS COUNT COLLECT ANY NONE SINGLE REDUCE SHORTEST"""
)
PROCEDURES = _words(
    """db.index.vector.queryNodes db.index.fulltext.queryNodes db.labels db.relationshipTypes db.propertyKeys
    db.schema.visualization"""
)
FUNCTIONS = _words(
    """all any none single exists isEmpty reduce shortestPath allShortestPaths
    coalesce elementId id labels type keys properties nodes relationships startNode endNode length size head last tail
    reverse range timestamp nullIf valueType randomUUID
    toBoolean toBooleanOrNull toBooleanList toFloat toFloatOrNull toFloatList toInteger toIntegerOrNull toIntegerList
    toString toStringOrNull toStringList
    avg collect count max min percentileCont percentileDisc stDev stDevP sum
    left right lTrim rTrim trim bTrim replace split substring toLower toUpper lower upper normalize
    char_length character_length
    abs ceil floor rand round sign isNaN e exp log log10 sqrt pi sin cos tan cot asin acos atan atan2 degrees radians
    haversin sinh cosh tanh coth
    date datetime localdatetime localtime time duration date.truncate datetime.truncate localdatetime.truncate
    date.transaction date.statement date.realtime datetime.transaction datetime.statement datetime.realtime
    localdatetime.transaction localdatetime.statement localdatetime.realtime localtime.transaction localtime.statement
    localtime.realtime time.transaction time.statement time.realtime
    localtime.truncate time.truncate datetime.fromEpoch datetime.fromEpochMillis duration.between duration.inDays
    duration.inMonths duration.inSeconds
    point point.distance point.withinBBox vector.similarity.cosine vector.similarity.euclidean"""
)
# Words that may follow another clause and write, read files or switch databases. As a name they need backticks.
_WRITES = _words(
    "CREATE MERGE SET DELETE DETACH NODETACH REMOVE DROP INSERT LOAD FOREACH USE USING TRANSACTIONS CONCURRENT"
)
_FUNCTIONS = frozenset(name.casefold() for name in FUNCTIONS)
_PROCEDURES = frozenset(name.casefold() for name in PROCEDURES)
# Before a bracket these are clauses and operators, never calls.
_BEFORE_PARENTHESIS = _words(
    """MATCH OPTIONAL WITH RETURN UNWIND CALL WHERE BY SKIP OFFSET LIMIT DISTINCT YIELD AND OR XOR NOT IN CONTAINS
    CASE WHEN THEN ELSE SHORTEST UNION"""
)
_ENDS_OPERAND = _words("NULL TRUE FALSE END ASC ASCENDING DESC DESCENDING")

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n\f]+)
    |(?P<comment>//[^\r\n]*|/\*.*?\*/)
    |(?P<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")
    |(?P<quoted>`(?:[^`]|``)*`)
    |(?P<parameter>\$(?:\w+|`(?:[^`]|``)*`))
    |(?P<number>0[xX][0-9a-fA-F]+|0[oO][0-7]+|[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
    |(?P<word>[^\W\d]\w*)
    |(?P<sign>\.\.|<=|>=|<>|=~|[()\[\]{},.:|&!%^*/+\-=<>;])""",
    re.VERBOSE | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[\\'\"`bfnrt]|.)", re.DOTALL)
_CLOSES = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str

    @property
    def name(self) -> str:
        """A name without its quotes."""
        return self.text[1:-1].replace("``", "`") if self.kind == "quoted" else self.text

    @property
    def upper(self) -> str:
        """An unquoted word in capitals; `""` for anything else, so that a quoted name is never a keyword."""
        return self.text.upper() if self.kind == "word" else ""


_EDGE = _Token("sign", "")


def guard(cypher: str) -> str:
    """The query to run: what was asked, without comments and a last semicolon, and sure to read only.

    Raises QueryError, naming the word and what is allowed, for any clause, function or procedure that isn't listed,
    for more than one statement, and for text that is no Cypher.
    """
    if len(cypher) > MAX_LENGTH:
        _refuse(
            f"The query is {len(cypher):,} characters long.", f"Keep it below {MAX_LENGTH:,}; hand over parameters."
        )
    spaced = _tokens(cypher)
    while spaced and (spaced[-1].kind == "space" or spaced[-1].text == ";"):
        spaced.pop()
    tokens = [token for token in spaced if token.kind != "space"]
    if not tokens:
        _refuse("The query is empty.", f"Begin with one of: {_listed(OPENERS)}.")
    if tokens[0].upper not in OPENERS:
        _refuse(f"A query cannot begin with {_shown(tokens[0])}.", f"Begin with one of: {_listed(OPENERS)}.")
    _check_brackets(tokens)
    _Reader(tokens).check()
    return "".join(token.text for token in spaced).strip()


def _tokens(cypher: str) -> list[_Token]:
    """Every token and space in order; a comment is a space."""
    found: list[_Token] = []
    at = 0
    while at < len(cypher):
        match = _TOKEN.match(cypher, at)
        if match is None or match.lastgroup is None or (match[0] == "/" and cypher.startswith("/*", at)):
            _refuse_character(cypher, at)
        kind, text = match.lastgroup, match[0]
        if kind == "comment":
            kind, text = "space", " "
        _check_spelling(kind, text)
        if found and kind == found[-1].kind and kind in {"string", "quoted"}:
            _refuse(f"{text[:40]} follows a quoted text without a space.", "Put a space or an operator between them.")
        found.append(_Token(kind, text))
        at = match.end()
    return found


def _refuse_character(cypher: str, at: int) -> NoReturn:
    unended = {"'": "string", '"': "string", "`": "quoted name", "/": "comment"}.get(cypher[at])
    if unended:
        _refuse(f"The {unended} at character {at + 1} has no end.", "Close it; escape a quote within by a backslash.")
    _refuse(
        f"The character {cypher[at]!r} (number {at + 1}) means nothing in Cypher.",
        "Quote names with backticks and hand over values as parameters.",
    )


def _check_spelling(kind: str, text: str) -> None:
    """Engines disagree on where escapes and look-alike letters are read, so those that could matter are refused."""
    if kind == "string":
        for escape in _ESCAPE.findall(text):
            decoded = _decoded(escape)
            if not decoded or (len(escape) > 1 and (decoded in "'\"`\\/*" or not decoded.isprintable())):
                _refuse(f"The escape \\{escape} is not allowed in a string.", "Hand the text over as a parameter.")
    elif kind in {"quoted", "parameter"} and "\\u" in text.lower():
        _refuse(f"The name {text[:60]} holds a Unicode escape.", "Write the character itself.")
    elif kind == "word" and any(map(_is_lookalike, text)):
        _refuse(f"The word {text[:60]!r} holds characters that look like others.", "Quote it with backticks.")


def _decoded(escape: str) -> str:
    """The character of an escape, `""` for one that Cypher does not know."""
    if len(escape) == 1:
        return escape if escape in "\\'\"`bfnrt" else ""
    code = int(escape[1:], 16)
    return chr(code) if code <= 0x10FFFF else ""


def _is_lookalike(char: str) -> bool:
    if char.isascii():
        return False
    plain = unicodedata.normalize("NFKC", char).isascii() or char in "ıİſ"
    return plain or unicodedata.category(char) not in {"Ll", "Lu", "Lt", "Lm", "Lo", "Mn", "Mc", "Nd"}


def _check_brackets(tokens: list[_Token]) -> None:
    opened: list[str] = []
    for token in tokens:
        if token.text in {"(", "[", "{"}:
            opened.append(token.text)
        elif token.text in _CLOSES and (not opened or opened.pop() != _CLOSES[token.text]):
            _refuse(f"A {token.text} closes nothing.", "Check the brackets.")
        if len(opened) > MAX_DEPTH:
            _refuse(f"Brackets are nested more than {MAX_DEPTH} deep.", "Ask for less at once.")
    if opened:
        _refuse(f"A {opened[-1]} is never closed.", "Check the brackets.")


class _Reader:
    """Walks over the tokens once. Two names never stand side by side in Cypher unless one is a keyword: so a word
    that follows a complete operand must be a listed keyword, and every other word is a name or a call."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._labels = False  # within a label expression, `:A|(B&!C)`
        self._frames: list[bool] = []  # its value before each open bracket
        self._operand = False  # the last token completed an operand
        self._called = False  # the last token was the clause CALL

    def _at(self, index: int) -> _Token:
        return self._tokens[index] if 0 <= index < len(self._tokens) else _EDGE

    def check(self) -> None:
        """Every token is allowed where it stands, else QueryError."""
        for index, token in enumerate(self._tokens):
            if token.kind == "sign":
                self._sign(index, token)
            elif token.kind in {"word", "quoted"}:
                self._name(index, token)
            else:
                if self._operand:
                    _refuse(f"{token.text[:40]} cannot stand there.", f"Allowed words: {_listed(KEYWORDS)}.")
                self._operand, self._labels, self._called = True, False, False

    def _sign(self, index: int, token: _Token) -> None:
        text = token.text
        if text == ";":
            _refuse("A query is one statement.", "Take out the semicolon.")
        if text in {"(", "[", "{"}:
            self._frames.append(self._labels)
            self._labels = self._labels and text == "("
        elif text in _CLOSES:
            self._labels = self._frames.pop()
        else:
            self._labels = text == ":" or (self._labels and text in {"|", "&", "!", "%"})
        wildcard = text in {"*", "%"} and not self._operand and self._at(index + 1).kind != "number"
        self._operand = text in _CLOSES or wildcard
        self._called = False

    def _name(self, index: int, token: _Token) -> None:
        before, after = self._at(index - 1).text, self._at(index + 1).text
        if self._called:
            self._procedure(index)
            self._called = False
        elif after == "(" and (before == "." or token.upper not in _BEFORE_PARENTHESIS):
            self._call(index)
        elif token.kind == "word" and not self._is_free(token, before, after):
            self._word(token)
            return
        elif self._operand:
            _refuse(f"{_shown(token)} cannot stand there.", f"Allowed words: {_listed(KEYWORDS)}.")
        self._operand = True

    def _is_free(self, token: _Token, before: str, after: str) -> bool:
        """The word is a property, a label or a key, where any word is fine."""
        if before == ".":
            return True
        if self._labels and before in {":", "|", "&", "!", "("}:
            return token.upper not in KEYWORDS  # those that are labels pass as keywords, too
        return before in {"{", ","} and after == ":"

    def _word(self, token: _Token) -> None:
        self._labels = False
        if token.upper in _WRITES:
            _refuse(
                f"{token.text} is not allowed in a read-only query.",
                f"Allowed words: {_listed(KEYWORDS)}. A name that is spelled like this goes in backticks.",
            )
        if token.upper in KEYWORDS:
            self._operand = token.upper in _ENDS_OPERAND
            self._called = token.upper == "CALL"
            return
        if self._operand:
            _refuse(f"The word {token.text} cannot stand there.", f"Allowed words: {_listed(KEYWORDS)}.")
        self._operand = True

    def _dotted(self, index: int, step: int) -> str:
        """The dotted name that begins (step 1) or ends (step -1) here."""
        parts = [self._at(index).name]
        while self._at(index + step).text == "." and self._at(index + 2 * step).kind in {"word", "quoted"}:
            index += 2 * step
            parts.append(self._at(index).name)
        return ".".join(parts[::step])

    def _procedure(self, index: int) -> None:
        name = self._dotted(index, 1)
        if name.casefold() not in _PROCEDURES:
            _refuse(f"The procedure {name[:80]} is not allowed.", f"Allowed procedures: {_listed(PROCEDURES)}.")

    def _call(self, index: int) -> None:
        name = self._dotted(index, -1)
        if self._at(index).upper in _WRITES and "." not in name:
            self._word(self._at(index))
        if name.casefold() not in _FUNCTIONS and name.casefold() not in _PROCEDURES:
            _refuse(f"The function {name[:80]} is not allowed.", f"Allowed functions: {_listed(FUNCTIONS)}.")
        if name.casefold() in _PROCEDURES and not self._follows_call(index):
            _refuse(f"The procedure {name} is not a function.", "Write CALL before it.")

    def _follows_call(self, index: int) -> bool:
        while self._at(index - 1).text == ".":
            index -= 2
        return self._at(index - 1).upper == "CALL"


def _shown(token: _Token) -> str:
    return token.text[:40]


def _listed(words: frozenset[str]) -> str:
    return ", ".join(sorted(words))


def _refuse(what: str, hint: str) -> NoReturn:
    raise QueryError(what, hint=hint)
