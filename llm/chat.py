"""Asking a language model behind any OpenAI-compatible endpoint (Ollama, vLLM, hosted): the one way to do it.

An answer is asked for as JSON of a schema, checked, kept on disk, counted and priced. What the endpoint accepts
(`response_format` with a schema, with an object, or not at all) is found out by asking, and remembered.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass, replace
from queue import SimpleQueue
from typing import Any

from clew.graph.errors import AnswerError
from clew.llm.cache import AnswerCache, cache_key
from clew.llm.cost import Meter, Spend, count_tokens
from clew.llm.http import Endpoint, Line, Refusal
from clew.llm.structured import find_json

TRIES = 3  # times that one answer is asked for, where it cannot be used
_HURRY = 2.0  # seconds that Ctrl-C waits for answers under way; they are lost then
_FORMATS = ("json_schema", "json_object", "plain")


@dataclass(frozen=True, slots=True)
class Request:
    """One question to the model: what it is told (`system`), what it is given (`user`), and the JSON schema of its
    answer. `limit` is the most tokens of the answer, `expected` about how many it will have."""

    system: str
    user: str
    schema: Mapping[str, Any]
    limit: int = 4096
    expected: int = 500
    temperature: float = 0.0

    @property
    def tokens(self) -> int:
        """About how many tokens are sent."""
        return count_tokens(self.system) + count_tokens(self.user) + count_tokens(json.dumps(self.schema)) + 12


@dataclass(frozen=True, slots=True)
class Reply:
    """The answer's JSON, whose outermost level has the schema's shape, and the tokens that were spent on it now."""

    data: Mapping[str, Any]
    tokens: int = 0
    cached: bool = False


@dataclass(frozen=True, slots=True)
class _Dialect:
    """What the endpoint accepts, as far as is known; `confirmed` once it has."""

    format: str = _FORMATS[0]
    limit: str = "max_tokens"
    temperature: bool = True
    confirmed: bool = False

    def body(self, model: str, request: Request, notes: Iterable[str], limit: int) -> dict[str, Any]:
        """The request as the endpoint wants it."""
        system = request.system
        if self.format != "json_schema":
            system += f"\n\nAnswer with one JSON object of this JSON schema, and nothing else:\n{_schema(request)}"
        told = [{"role": "system", "content": system}, {"role": "user", "content": request.user}]
        body: dict[str, Any] = {
            "model": model,
            "messages": told + [{"role": "user", "content": note} for note in notes],
        }
        if self.temperature:
            body["temperature"] = request.temperature
        if self.limit:
            body[self.limit] = limit
        if self.format == "json_schema":
            inner = {"name": "answer", "strict": True, "schema": request.schema}
            body["response_format"] = {"type": "json_schema", "json_schema": inner}
        elif self.format == "json_object":
            body["response_format"] = {"type": "json_object"}
        return body

    def simpler(self, refusal: Refusal) -> _Dialect | None:
        """What to try after this refusal: without what it names, else the next format; None after the last."""
        reason = refusal.reason.lower()
        if self.temperature and "temperature" in reason:
            return replace(self, temperature=False)
        if self.limit == "max_tokens" and "max_completion_tokens" in reason:
            return replace(self, limit="max_completion_tokens")
        if self.limit and (self.limit in reason or "context length" in reason):
            return replace(self, limit="")
        named = any(word in reason for word in ("response_format", "schema", "json", "grammar"))
        if self.format != "plain" and (named or not self.confirmed):
            return replace(self, format=_FORMATS[_FORMATS.index(self.format) + 1])
        return None


def _schema(request: Request) -> str:
    return json.dumps(request.schema, separators=(",", ":"))


_Task = tuple[Request, Future[Reply | AnswerError]]


class Chat:
    """A language model to ask. A context manager; may be used from several threads."""

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        cache: AnswerCache | None = None,
        meter: Meter | None = None,
        concurrency: int = 4,
    ) -> None:
        """Nothing is sent until something is asked. At most `concurrency` requests are under way at once."""
        self.endpoint = endpoint
        self.model = endpoint.model
        self.meter = meter or Meter()
        self.concurrency = concurrency
        self._cache = cache
        self._line = Line(endpoint)
        self._dialect = _Dialect()

    def __enter__(self) -> Chat:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """No connection is left; closing twice is harmless."""
        self._line.close()

    @property
    def spend(self) -> Spend:
        """What was spent so far."""
        return self.meter.spend

    def is_cached(self, request: Request) -> bool:
        """Whether the answer is on disk, so that asking costs nothing."""
        return self._known(request) is not None

    def ask(self, request: Request) -> Reply:
        """The model's answer. Raises AnswerError where it gives none that can be used, BudgetError where asking would
        pass the budget, another ModelError where asking anything is of no use now."""
        return self._ask(request, threading.Event())

    def ask_all(self, requests: Iterable[Request]) -> Iterator[Reply | AnswerError]:
        """The answers in the order of the requests, an AnswerError where there is none; several are under way at once,
        and never more requests are taken than are soon sent. Raises BudgetError and ModelError as `ask` does, when all
        answers before it have been given; requests under way are then still received and kept."""
        stop, queue = threading.Event(), SimpleQueue[_Task | None]()
        waiting: deque[Future[Reply | AnswerError]] = deque()
        workers = 0
        patience = self.endpoint.timeout
        try:
            for request in requests:
                waiting.append(Future())
                queue.put((request, waiting[-1]))
                if workers < self.concurrency:  # daemons, unlike a pool's threads, keep nobody who wants to leave
                    workers += 1
                    threading.Thread(target=self._work, args=(queue, stop), name="clew-llm", daemon=True).start()
                if len(waiting) >= 2 * self.concurrency:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        except BaseException as error:
            patience = self.endpoint.timeout if isinstance(error, Exception) else _HURRY
            raise
        finally:
            stop.set()
            for _ in range(workers):
                queue.put(None)
            wait(waiting, timeout=patience)

    def _work(self, queue: SimpleQueue[_Task | None], stop: threading.Event) -> None:
        """Each request of the queue has its answer, until there comes None."""
        while (task := queue.get()) is not None:
            request, future = task
            try:
                future.set_result(self._ask(request, stop))
            except AnswerError as error:
                future.set_result(error)
            except BaseException as error:
                future.set_exception(error)

    def _ask(self, request: Request, stop: threading.Event) -> Reply:
        data = self._known(request)
        if data is not None:
            self.meter.hit()
            return Reply(data, cached=True)
        notes: list[str] = []
        limit, tokens, problem = request.limit, 0, ""
        for _ in range(TRIES):
            text, used, cut = self._said(request, notes, limit, stop)
            tokens += used
            data, problem = find_json(text, request.schema)
            if not problem:
                self._keep(request, text)
                return Reply(data, tokens)
            if cut:
                limit, problem = 2 * limit, f"it was cut off after {limit:,} tokens"
            again = "Answer again with one JSON object of this JSON schema, and nothing else"
            notes = [f"Your last answer cannot be used: {problem}. {again}:\n{_schema(request)}"]
        raise AnswerError(f"The answer of the language model {self.model!r} cannot be used: {problem}.")

    def _said(self, request: Request, notes: list[str], limit: int, stop: threading.Event) -> tuple[str, int, bool]:
        """The model's text, the tokens it took, and whether it was cut off."""
        if stop.is_set():
            raise AnswerError("The request was given up.")
        asked = self.meter.reserve(request.tokens, request.expected)
        used: tuple[int, int] | None = None
        estimated = False
        try:
            found = self._posted(request, notes, limit, stop)
            text, cut = _message(found)
            reported = _usage(found)
            estimated = reported is None
            used = reported or (request.tokens, count_tokens(text))
        finally:
            self.meter.settle(asked, used, estimated=estimated)
        return text, sum(used), cut

    def _posted(self, request: Request, notes: list[str], limit: int, stop: threading.Event) -> Mapping[str, Any]:
        """The endpoint's answer, asked for in a form that it accepts."""
        dialect: _Dialect | None = self._dialect
        refusal = Refusal(0, "")
        while dialect is not None:
            outcome = self._line.post(dialect.body(self.model, request, notes, limit), stop)
            if not isinstance(outcome, Refusal):
                if not self._dialect.confirmed:  # later ones are odd requests, not another endpoint
                    self._dialect = replace(dialect, confirmed=True)
                return outcome
            refusal, dialect = outcome, dialect.simpler(outcome)
        raise AnswerError(
            f"The endpoint {self.endpoint.host} refuses the request ({refusal.status}: {refusal.reason}).",
            hint="Check the setting llm_model, and what the endpoint accepts.",
        )

    def _key(self, request: Request) -> str:
        return cache_key(
            model=self.model,
            system=request.system,
            user=request.user,
            schema=request.schema,
            limit=request.limit,
            temperature=request.temperature,
        )

    def _known(self, request: Request) -> Mapping[str, Any] | None:
        kept = self._cache.get(self._key(request)) if self._cache else None
        data: Mapping[str, Any] | None = find_json(str(kept["text"]), request.schema)[0] if kept else None
        return data

    def _keep(self, request: Request, text: str) -> None:
        if self._cache:
            self._cache.put(self._key(request), {"model": self.model, "text": text})


def _message(found: Mapping[str, Any]) -> tuple[str, bool]:
    """The text of a completion, and whether it was cut off at the limit."""
    with contextlib.suppress(KeyError, IndexError, TypeError, AttributeError):
        choice = found["choices"][0]
        content = choice["message"].get("content")
        if isinstance(content, list):
            content = "".join(str(part.get("text", "")) for part in content)
        return str(content or ""), choice.get("finish_reason") == "length"
    return "", False


def _usage(found: Mapping[str, Any]) -> tuple[int, int] | None:
    """The tokens in and out that the endpoint reports; None where it does not, or reports nonsense."""
    usage = found.get("usage")
    if not isinstance(usage, dict):
        return None
    sent, said = usage.get("prompt_tokens"), usage.get("completion_tokens")
    if type(sent) is not int or type(said) is not int or sent < 0 or said < 0:
        return None
    return sent, said


__all__ = ["TRIES", "Chat", "Reply", "Request"]
