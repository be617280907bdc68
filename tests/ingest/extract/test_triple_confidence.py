"""Strengths of rules become probabilities: in order, in bounds, and back again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.ingest.extract.confidence import confidence, strength


@given(st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_stronger_rule_is_never_less_certain(one: float, other: float) -> None:
    assert 0.0 < confidence(min(one, other)) <= confidence(max(one, other)) < 1.0


@given(st.floats(0.05, 0.95))
def test_the_curve_can_be_undone(value: float) -> None:
    assert strength(confidence(value)) == pytest.approx(value, abs=0.02)
