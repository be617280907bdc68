"""The language model of the settings, where one is wanted: who is asked, what that costs, what it is used for."""

from __future__ import annotations

import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from clew.graph.errors import BudgetError, SettingsError, require

if TYPE_CHECKING:
    from clew.graph.model import Chunk, Document
    from clew.ingest.extract.llm import LLMExtractor
    from clew.ingest.extract.local import SpacyExtractor
    from clew.ingest.pipeline import IngestReport
    from clew.knowledge_graph.given import GivenExtractor
    from clew.llm.chat import Chat, Request
    from clew.retrieval.generate.quote import Generator
    from clew.settings import Settings

    AnyExtractor = SpacyExtractor | LLMExtractor | GivenExtractor

GENERATORS = ("llm", "quote")
_OPENAI = "api.openai.com"
_DOCUMENTS = 4  # documents in one transaction for each request under way at once
_TOGETHER = 20  # questions reworded by one request
_LONGEST = 8_000  # characters of them


def open_chat(settings: Settings, *, environ: Mapping[str, str] | None = None) -> Chat:
    """The language model that the settings name; nothing is sent yet.

    Without `llm_url`, `OPENAI_BASE_URL` is asked. `OPENAI_API_KEY` goes there and to OpenAI itself, to no other
    address. Raises SettingsError where something is missing or impossible.
    """
    require("httpx", "httpx", "llm")
    from platformdirs import user_cache_path

    from clew.llm.cache import AnswerCache
    from clew.llm.chat import Chat
    from clew.llm.cost import Meter
    from clew.llm.http import Endpoint

    environ = os.environ if environ is None else environ
    url = settings.llm_url or environ.get("OPENAI_BASE_URL", "")
    its_own = not settings.llm_url or urlsplit(url).hostname == _OPENAI
    key = settings.llm_key or (environ.get("OPENAI_API_KEY", "") if its_own else "")
    if settings.llm_budget and not (settings.llm_price_in or settings.llm_price_out):
        raise SettingsError(
            "llm_budget is money, and no price is set.",
            hint="Set llm_price_in and llm_price_out (per million tokens), or limit tokens with llm_tokens.",
        )
    endpoint = Endpoint(url, settings.llm_model, key.strip(), timeout=settings.llm_timeout)
    cache = Path(settings.cache) if settings.cache else user_cache_path("clew")
    meter = Meter(
        price_in=settings.llm_price_in,
        price_out=settings.llm_price_out,
        most_cost=settings.llm_budget,
        most_tokens=settings.llm_tokens,
    )
    return Chat(endpoint, cache=AnswerCache(cache / "answers"), meter=meter, concurrency=settings.llm_concurrency)


class Language:
    """What reads and writes for one knowledge base: by the settings a language model, which is opened once, or none."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._chat: Chat | None = None

    @property
    def chat(self) -> Chat:
        """The language model, opened on first use. Raises SettingsError."""
        with self._lock:
            if self._chat is None:
                self._chat = open_chat(self.settings)
            return self._chat

    def close(self) -> None:
        """No connection is left."""
        with self._lock:
            if self._chat is not None:
                self._chat.close()

    def extractor(self) -> AnyExtractor:
        """The extractor of the settings, loaded."""
        if self.settings.extractor == "llm":
            from clew.ingest.extract.llm import LLMExtractor

            return LLMExtractor(self.chat, relations=self._relations())
        from clew.ingest.extract.local import SpacyExtractor

        return SpacyExtractor(self.settings.extractor_model or None)

    def _relations(self) -> tuple[str, ...]:
        """The names of the ontology's relations, where there is one."""
        if not self.settings.ontology:
            return ()
        from clew.ingest.ontology.read import read_ontology

        return tuple(sorted(relation.name for relation in read_ontology(self.settings.ontology).relations))

    def generator(self, name: str) -> Generator:
        """The generator of this name. Raises SettingsError for another one."""
        if name not in GENERATORS:
            raise SettingsError(f"There is no generator called {name!r}.", hint=f"Use: {', '.join(GENERATORS)}.")
        if name == "llm":
            from clew.retrieval.generate.llm import LLMGenerator

            return LLMGenerator(self.chat)
        from clew.retrieval.generate.quote import quote

        return quote

    def reworder(self) -> Callable[[Sequence[str]], list[str]]:
        """What puts questions in other words."""
        return reworder(self.chat)


def metered(extractor: AnyExtractor, run: Callable[..., IngestReport]) -> IngestReport:
    """The report of the run, with what the language model cost and how much of it was not taken, where there is one."""
    from clew.ingest.pipeline import Interrupted

    chat: Chat | None = getattr(extractor, "chat", None)
    if chat is None:
        return run()
    spent, rejected = chat.spend, Counter(_rejected(extractor))

    def told(report: IngestReport) -> IngestReport:
        return replace(
            report,
            usage=(chat.spend - spent).to_dict(),
            rejected=dict(sorted((_rejected(extractor) - rejected).items())),
        )

    try:  # little by little: what is paid for is soon in the graph, and the progress seen
        return told(run(batch_size=_DOCUMENTS * chat.concurrency))
    except Interrupted as stop:
        stop.report = told(stop.report)
        raise


def _rejected(extractor: AnyExtractor) -> Counter[str]:
    return cast("Counter[str]", getattr(extractor, "rejected", Counter()))


def estimated(extractor: AnyExtractor, run: Callable[..., IngestReport]) -> IngestReport:
    """The report of a dry run; where a language model would read, with the requests, tokens and cost to expect. It is
    not asked: every prompt is made and counted, and answers on disk cost nothing."""
    chat: Chat | None = getattr(extractor, "chat", None)
    weighing: Callable[[Document, Sequence[Chunk]], Iterator[tuple[Request, bool]]] | None
    weighing = getattr(extractor, "weigh", None)
    if chat is None or weighing is None:
        return run()
    usage = {"calls": 0, "cached": 0, "tokens_in": 0, "tokens_out": 0}

    def weigh(document: Document, chunks: Sequence[Chunk]) -> None:
        for request, cached in weighing(document, chunks):
            usage["cached" if cached else "calls"] += 1
            usage["tokens_in"] += 0 if cached else request.tokens
            usage["tokens_out"] += 0 if cached else request.expected

    report = run(weigh=weigh)
    cost = round(chat.meter.cost(usage["tokens_in"], usage["tokens_out"]), 6)
    return replace(report, usage={**usage, "cost": cost, "estimated": True})


_REWORD = """You reword questions as different people would ask them, as JSON. {rule}
Each question is about things that are written [A] and [B]: they stand for names. Keep every [A] and [B] exactly as it \
is, once each. Keep what is asked, with all its steps; change the words and the order of the sentence. Name nothing \
that the question does not name. Give "questions": one text for each of the numbered questions, in their order, \
without the number."""

_REWORDED: Mapping[str, Any] = {
    "type": "object",
    "properties": {"questions": {"type": "array", "items": {"type": "string"}}},
    "required": ["questions"],
    "additionalProperties": False,
}


def reworder(chat: Chat) -> Callable[[Sequence[str]], list[str]]:
    """A function that has texts reworded by the language model: a text for each, "" where there is none, as after the
    end of the budget."""
    from clew.llm.chat import Reply, Request
    from clew.llm.cost import count_tokens
    from clew.llm.prompt import DATA_RULE, quoted

    system = _REWORD.format(rule=DATA_RULE)

    def reword(texts: Sequence[str]) -> list[str]:
        groups = [texts[start : start + _TOGETHER] for start in range(0, len(texts), _TOGETHER)]
        said: list[str] = []

        def requests() -> Iterator[Request]:
            for group in groups:
                told = "\n".join(f"{number}. {' '.join(text.split())}" for number, text in enumerate(group, 1))
                block = quoted(told, limit=_LONGEST)
                yield Request(system, block, _REWORDED, expected=2 * count_tokens(told), temperature=0.7)

        try:
            for group, reply in zip(groups, chat.ask_all(requests()), strict=True):
                found = reply.data["questions"] if isinstance(reply, Reply) else []
                whole = len(found) == len(group) and all(isinstance(text, str) for text in found)
                said += found if whole else [""] * len(group)
        except BudgetError:
            pass  # the report counts what kept its words, and the meter what was spent
        return said + [""] * (len(texts) - len(said))

    return reword


__all__ = ["GENERATORS", "Language", "estimated", "metered", "open_chat", "reworder"]
