"""What a language model costs: tokens counted, priced, and held within a budget."""

from __future__ import annotations

import re
import threading
from dataclasses import asdict, dataclass, replace
from typing import Any

from clew.graph.errors import BudgetError

_PIECES = re.compile(r"[A-Za-z]+|\d{1,3}|[^\sA-Za-z\d]")
_WORD = 8  # letters of an English word that most vocabularies hold in one token
MILLION = 1_000_000


def count_tokens(text: str) -> int:
    """About how many tokens a text is to a present-day language model, rather too many than too few.

    Models differ by some percent on English, by more on other languages; what a server reports takes its place.
    """
    return sum(1 + (len(piece) - 1) // _WORD for piece in _PIECES.findall(text))


@dataclass(frozen=True, slots=True)
class Spend:
    """What was spent: `calls` to the endpoint, answers that were `cached`, tokens, and their `cost` in the currency of
    the prices. `estimated` is true where the endpoint did not say how many tokens it used."""

    calls: int = 0
    cached: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0
    estimated: bool = False

    @property
    def tokens(self) -> int:
        """Tokens in and out."""
        return self.tokens_in + self.tokens_out

    def __sub__(self, other: Spend) -> Spend:
        """What was spent since `other`."""
        return Spend(
            self.calls - other.calls,
            self.cached - other.cached,
            self.tokens_in - other.tokens_in,
            self.tokens_out - other.tokens_out,
            self.cost - other.cost,
            self.estimated,
        )

    def to_dict(self) -> dict[str, Any]:
        """The same, ready for JSON."""
        return {**asdict(self), "cost": round(self.cost, 6)}


class Meter:
    """Counts what is spent, and refuses what would pass the budget. May be used from several threads.

    Prices are per million tokens. A budget of 0 is none. Requests under way count with what they are expected to
    cost, so a budget is passed by no more than their answers are longer than expected.
    """

    def __init__(
        self, *, price_in: float = 0.0, price_out: float = 0.0, most_cost: float = 0.0, most_tokens: int = 0
    ) -> None:
        self.price_in, self.price_out = price_in, price_out
        self.most_cost, self.most_tokens = most_cost, most_tokens
        self._lock = threading.Lock()
        self._spend = Spend()
        self._under_way = Spend()

    @property
    def spend(self) -> Spend:
        """What was spent so far."""
        return self._spend

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """The price of so many tokens."""
        return (tokens_in * self.price_in + tokens_out * self.price_out) / MILLION

    def reserve(self, tokens_in: int, tokens_out: int) -> Spend:
        """A request may be sent; hand what this returns to `settle`. Raises BudgetError where it would not fit."""
        asked = Spend(1, 0, tokens_in, tokens_out, self.cost(tokens_in, tokens_out))
        with self._lock:
            tokens = self._spend.tokens + self._under_way.tokens + asked.tokens
            cost = self._spend.cost + self._under_way.cost + asked.cost
            if self.most_tokens and tokens > self.most_tokens:
                raise self._over(f"{self._spend.tokens:,} of {self.most_tokens:,} tokens are used", "llm_tokens")
            if self.most_cost and cost > self.most_cost:
                raise self._over(f"{self._spend.cost:.4f} of {self.most_cost:g} are spent", "llm_budget")
            self._under_way = _plus(self._under_way, asked)
        return asked

    def settle(self, asked: Spend, used: tuple[int, int] | None, *, estimated: bool = False) -> None:
        """The request is over and used so many tokens in and out; None where it was never answered."""
        with self._lock:
            self._under_way = self._under_way - asked
            if used is not None:
                spent = Spend(1, 0, *used, self.cost(*used))
                self._spend = replace(_plus(self._spend, spent), estimated=self._spend.estimated or estimated)

    def hit(self) -> None:
        """An answer came from the cache."""
        with self._lock:
            self._spend = replace(self._spend, cached=self._spend.cached + 1)

    @staticmethod
    def _over(how_far: str, setting: str) -> BudgetError:
        return BudgetError(
            f"The budget for the language model is used up: {how_far}, and the next request would pass it.",
            hint=f"Raise {setting} and run the same command again: answers that were given are kept and cost nothing.",
        )


def _plus(one: Spend, other: Spend) -> Spend:
    return Spend(
        one.calls + other.calls,
        one.cached + other.cached,
        one.tokens_in + other.tokens_in,
        one.tokens_out + other.tokens_out,
        one.cost + other.cost,
        one.estimated,
    )


__all__ = ["Meter", "Spend", "count_tokens"]
