"""Ids that have certainly not been seen: a Bloom filter that grows, so that what is new need not be looked up.

Of the ids that were never added fewer than one in a hundred pass for seen (Bloom 1970; the layers make it a
scalable one, Almeida et al. 2007).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_PROBES = 5
_BITS_PER_ID = 16
FIRST = 2**16  # ids in the first layer: 128 KB; each layer holds twice as many as the one before


class Seen:
    """The ids that were added. Not locked: one thread at a time."""

    def __init__(self) -> None:
        self._layers: list[npt.NDArray[np.uint8]] = []
        self._room = 0  # ids that the last layer may still take

    def add(self, ids: Sequence[str]) -> None:
        """These ids are seen."""
        for start in range(0, len(ids), FIRST):
            part = ids[start : start + FIRST]
            if self._room < len(part):
                size = FIRST << len(self._layers)
                self._layers.append(np.zeros(size * _BITS_PER_ID // 8, dtype=np.uint8))
                self._room = size
            self._room -= len(part)
            layer, places = self._layers[-1], _places(part)
            at = places % np.uint64(8 * len(layer))
            np.bitwise_or.at(layer, at >> np.uint64(3), np.uint8(1) << (at & np.uint64(7)).astype(np.uint8))

    def unseen(self, ids: Sequence[str]) -> list[bool]:
        """For each id whether it was certainly never added."""
        seen = np.zeros(len(ids), dtype=bool)
        places = _places(ids)
        for layer in self._layers:
            at = places % np.uint64(8 * len(layer))
            held = layer[at >> np.uint64(3)] >> (at & np.uint64(7)).astype(np.uint8) & 1
            seen |= held.all(axis=0)
        return (~seen).tolist()


def _places(ids: Sequence[str]) -> npt.NDArray[np.uint64]:
    """Where to probe for each id: [_PROBES, len(ids)], by double hashing."""
    hashes = np.fromiter(map(hash, ids), dtype=np.int64, count=len(ids)).astype(np.uint64)
    first, second = hashes >> np.uint64(32), hashes | np.uint64(1)
    return first + np.arange(_PROBES, dtype=np.uint64)[:, None] * (second & np.uint64(0xFFFFFFFF))
