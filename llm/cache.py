"""Answers of language models on disk, so that no question is paid for twice. Plain JSON files, one an answer."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from clew.graph.errors import ModelError


def cache_key(**asked: Any) -> str:
    """The SHA-256 of all that an answer depends on, as 64 hexadecimal digits."""
    written = json.dumps(asked, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(written.encode("ascii")).hexdigest()


class AnswerCache:
    """Answers by key, in a folder that only its owner can read. May be used by several threads and processes."""

    def __init__(self, folder: Path) -> None:
        """The folder is there. Raises ModelError where it cannot be made."""
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise self._unusable(error) from error

    def get(self, key: str) -> Mapping[str, Any] | None:
        """The answer, None where there is none or the file is damaged."""
        try:
            found = json.loads(self._file(key).read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return None
        return found if isinstance(found, dict) and isinstance(found.get("text"), str) else None

    def put(self, key: str, answer: Mapping[str, Any]) -> None:
        """The answer is on disk, whole: a process that dies on the way leaves the old one or none."""
        file = self._file(key)
        try:
            file.parent.mkdir(exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=file.parent, prefix=".", suffix=".part")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as out:
                    json.dump(answer, out, ensure_ascii=True)
                Path(name).replace(file)
            except BaseException:
                with contextlib.suppress(OSError):
                    Path(name).unlink()
                raise
        except OSError as error:
            raise self._unusable(error) from error

    def _file(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key[2:]}.json"

    def _unusable(self, error: OSError) -> ModelError:
        return ModelError(
            f"The cache of answers in {self.folder} cannot be written: {error.strerror or error}.",
            hint="Free space there, or name another folder in the setting cache.",
        )


__all__ = ["AnswerCache", "cache_key"]
