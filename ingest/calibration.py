"""The chance that a triple is right, from the strength that the rule which read it gives.

The rules weigh what they read by hand-set numbers: they rank well, but do not count. A monotone curve for each shape of
relation turns them into the share of such triples that were right on the development half of CaRB's gold
(`benchmarks/calibration.py`), so equal chances mean the same, whichever rule spoke.
"""

from __future__ import annotations

from bisect import bisect_left

from clew.graph.model import Value
from clew.ingest.extraction import RawTriple
from clew.ingest.triple_calibration import CURVES

_PREPOSITIONS = frozenset({"in", "on", "at", "of", "for", "with", "from", "to", "by", "as", "into", "during", "after"})


def shape(triple: RawTriple) -> str:
    """What sort of rule reads such a triple: `is a`, `is`, `date`, `noun of`, `verb`, `verb in` and so on."""
    words = triple.relation.split()
    if triple.relation in {"is a", "is", "year", "in"}:
        return triple.relation
    if isinstance(triple.tail, Value):
        return triple.tail.datatype
    return f"verb {words[-1]}" if len(words) > 1 and words[-1] in _PREPOSITIONS else "verb"


def calibrated(name: str, strength: float) -> float:
    """The chance of a triple of this shape and strength, in 0..1; it never falls as the strength grows."""
    curve = CURVES.get(name) or CURVES[""]
    at = bisect_left(curve, (strength, 0.0))
    if at == 0:
        low, high = (0.0, 0.0), curve[0]
    elif at == len(curve):
        return curve[-1][1]
    else:
        low, high = curve[at - 1], curve[at]
    share = (strength - low[0]) / max(high[0] - low[0], 1e-9)
    return round(low[1] + min(share, 1.0) * (high[1] - low[1]), 3)
