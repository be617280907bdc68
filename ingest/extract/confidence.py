"""How sure a triple of the graph is: the strength of the rules that read it, set on the scale of a probability.

A rule's strength is set by hand and multiplied by what makes it less certain (`clauses`, `nominals`, `corefer`). The
curve from strength to confidence is Platt scaling (Platt 1999), fitted on the development half of CaRB, every triple
judged, by `benchmarks/calibration.py --fit`; the model card has the reliability on the other half.
"""

from __future__ import annotations

from math import exp, log

BIAS, SLOPE = 1.67, 0.645
_LEAST, _MOST = 0.01, 0.99


def confidence(strength: float) -> float:
    """The share of triples of this strength, 0..1, that say what the text says."""
    return round(1.0 / (1.0 + exp(-(BIAS + SLOPE * _logit(strength)))), 3)


def strength(confidence: float) -> float:
    """The strength that `confidence` made this of."""
    return 1.0 / (1.0 + exp(-(_logit(confidence) - BIAS) / SLOPE))


def _logit(value: float) -> float:
    value = min(max(value, _LEAST), _MOST)
    return log(value / (1.0 - value))
