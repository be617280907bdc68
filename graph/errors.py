"""Every error that Clew raises on purpose, as one tree.

ClewError                      anything below; its text says what, which, and what to do
├── InputError                 what the caller handed over cannot be used
│   ├── SourceError            a file, folder or record cannot be read
│   ├── QueryError             a question or a Cypher query is refused
│   └── SettingsError          a setting is unknown or has an impossible value
├── StoreError                 the knowledge base cannot be opened, read or written
│   ├── StoreLockedError       another process owns it
│   ├── StoreFormatError       made by another version of Clew, or not by Clew at all
│   ├── EncoderMismatchError   made with another embedding model; `clew reembed` mends it
│   └── StoreUnsupportedError  this engine cannot do what was asked
├── ModelError                 an embedding or language model is missing, damaged or not the expected one
│   ├── AnswerError            a language model gave no usable answer to one request; others may still succeed
│   └── BudgetError            the budget for a language model is used up; what is done so far stays
├── MissingExtraError          an optional dependency is not installed; carries the install line
└── NotFoundError              no such entity, document or path in this knowledge base
"""

from __future__ import annotations

import importlib.util
from pathlib import Path

__all__ = [
    "AnswerError",
    "BudgetError",
    "ClewError",
    "EncoderMismatchError",
    "InputError",
    "MissingExtraError",
    "ModelError",
    "NotFoundError",
    "QueryError",
    "SettingsError",
    "SourceError",
    "StoreError",
    "StoreFormatError",
    "StoreLockedError",
    "StoreUnsupportedError",
]


class ClewError(Exception):
    """Root of the tree. `what` happened, to `which` thing, and `hint`: what to do about it."""

    def __init__(self, what: str, *, hint: str = "") -> None:
        super().__init__(f"{what} {hint}".strip())
        self.what = what
        self.hint = hint


class InputError(ClewError):
    """What the caller handed over cannot be used."""


class SourceError(InputError):
    """A file, folder or record cannot be read."""


class QueryError(InputError):
    """A question or a Cypher query is refused."""


class SettingsError(InputError):
    """A setting is unknown or has an impossible value."""


class StoreError(ClewError):
    """The knowledge base cannot be opened, read or written."""


class StoreMissingError(StoreError):
    """There is no knowledge base there."""


class StoreLockedError(StoreError):
    """Another process owns the knowledge base."""


class StoreFormatError(StoreError):
    """The knowledge base was made by another version of Clew, or not by Clew at all."""


class EncoderMismatchError(StoreError):
    """The knowledge base was made with another embedding model."""


class StoreUnsupportedError(StoreError):
    """This engine cannot do what was asked."""


class ModelError(ClewError):
    """An embedding or language model is missing, damaged or not the expected one."""


class AnswerError(ModelError):
    """A language model gave no usable answer to one request; others may still succeed."""


class BudgetError(ModelError):
    """The budget for a language model is used up; what is done so far stays."""


class MissingExtraError(ClewError):
    """An optional dependency is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        root = Path(__file__).resolve().parents[1]
        checkout = (root / "pyproject.toml").is_file()
        what = f"-e '{root}[{extra}]'" if checkout else f"'clew-graphrag[{extra}]'"
        super().__init__(f"{package} is not installed.", hint=f"Install it with: pip install {what}")


def require(module: str, package: str, extra: str) -> None:
    """The module can be imported. Raises MissingExtraError, which names the package and the extra that brings it."""
    try:
        found = importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        found = False
    if not found:
        raise MissingExtraError(package, extra)


class NotFoundError(ClewError):
    """No such entity, document or path in this knowledge base."""
