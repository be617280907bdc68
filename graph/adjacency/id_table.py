"""Millions of sorted ids in two arrays that can be memory-mapped, read as a sequence and looked up by bisection."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, SupportsIndex, overload

import numpy as np
import numpy.typing as npt

_BLOCK = 65536  # ids decoded at once by an iteration


class Ids(Sequence[str]):
    """Texts in ascending order: text i is the UTF-8 in `text[offsets[i]:offsets[i + 1]]`.

    `offsets` int64 [n + 1], `text` uint8; a text is decoded when it is read. UTF-8 sorts as code points do, and lone
    surrogates pass, so any str comes back as it went in.
    """

    def __init__(self, offsets: npt.NDArray[np.int64], text: npt.NDArray[np.uint8]) -> None:
        self.offsets, self.text = np.asarray(offsets), np.asarray(text)
        # Plain views: an element of an array, still more of a memory map, costs several times as much to read.
        self._starts, self._bytes = self.offsets.data, self.text.data

    @staticmethod
    def of(texts: Iterable[str]) -> Ids:
        """These texts, which must be in ascending order."""
        raw = [encode(text) for text in texts]
        offsets = np.zeros(len(raw) + 1, dtype=np.int64)
        np.cumsum(np.fromiter(map(len, raw), dtype=np.int64, count=len(raw)), out=offsets[1:])
        return Ids(offsets, np.frombuffer(b"".join(raw), dtype=np.uint8))

    def __reduce__(self) -> tuple[Any, ...]:
        return Ids, (self.offsets, self.text)

    def __len__(self) -> int:
        return len(self._starts) - 1

    @overload
    def __getitem__(self, index: SupportsIndex) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: SupportsIndex | slice) -> str | list[str]:
        if isinstance(index, slice):
            return [self[number] for number in range(*index.indices(len(self)))]
        number = index.__index__()
        if number < 0:
            number += len(self)
        if not 0 <= number < len(self):
            raise IndexError(f"There is no id number {index} among {len(self)}.")
        return self._raw(number).decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        for start in range(0, len(self), _BLOCK):
            offsets = self.offsets[start : start + _BLOCK + 1].tolist()
            raw, first = self._bytes[offsets[0] : offsets[-1]].tobytes(), offsets[0]
            for here, there in pairwise(offsets):
                yield raw[here - first : there - first].decode("utf-8", "surrogatepass")

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and self.find(text) >= 0

    def __repr__(self) -> str:
        return f"Ids({len(self)})"

    def take(self, numbers: npt.NDArray[np.integer[Any]]) -> list[str]:
        """The texts of these numbers (0 and up), in their order: several times as fast as one by one."""
        starts, ends, held = self.offsets[numbers].tolist(), self.offsets[numbers + 1].tolist(), self._bytes
        return [str(held[here:there], "utf-8", "surrogatepass") for here, there in zip(starts, ends, strict=True)]

    def _raw(self, number: int) -> bytes:
        return self._bytes[self._starts[number] : self._starts[number + 1]].tobytes()

    def place(self, text: str) -> int:
        """How many texts come before this one."""
        raw, low, high = encode(text), 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._raw(middle) < raw:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, text: str) -> int:
        """The number of this text, -1 where it is not among them."""
        place = self.place(text)
        return place if place < len(self) and self._raw(place) == encode(text) else -1

    def is_sound(self) -> bool:
        """Whether offsets ascend from one end of the text to the other and each piece is valid UTF-8."""
        offsets, text = self.offsets, self.text
        if not len(offsets) or offsets[0] != 0 or offsets[-1] != len(text) or bool((np.diff(offsets) < 0).any()):
            return False
        if not len(text) or int(text.max()) < 128:
            return True
        try:
            text.tobytes().decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return False
        starts = text[offsets[:-1][offsets[:-1] < len(text)]]
        return not bool(((starts & 0xC0) == 0x80).any())  # none starts in the middle of a character


class Numbers(Mapping[str, int]):
    """The number of each id, found by bisection: 10 microseconds among millions, and no memory."""

    def __init__(self, ids: Ids) -> None:
        self._ids = ids

    def __getitem__(self, id_: str) -> int:
        number = self._ids.find(id_)
        if number < 0:
            raise KeyError(id_)
        return number

    def __contains__(self, id_: object) -> bool:
        return id_ in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def encode(text: str) -> bytes:
    """The bytes by which ids are kept and compared."""
    return text.encode("utf-8", "surrogatepass")
