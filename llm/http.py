"""The line to an OpenAI-compatible endpoint: one POST with time-outs, patience, and care for the key.

The only file that imports httpx. The key goes into one header, to the host that was configured and to no other.
"""

from __future__ import annotations

import email.utils
import ipaddress
import json
import random
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx

from clew.graph.errors import AnswerError, ModelError, SettingsError

_MOST = 32 * 1024 * 1024  # bytes of an answer
_IN_A_ROW = 4  # requests that fail one after the other, each with all its tries, before the endpoint counts as down
_KEY = re.compile(r"[\x21-\x7e]+")
_AGAIN = frozenset({408, 409, 425, 429})  # beside 5xx


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where to ask, whom, and how patiently: `url` is the base (`http://127.0.0.1:11434/v1`), seconds throughout.

    A failed request is sent again up to `retries` times, after `backoff` seconds, doubled each time up to
    `longest_wait`, with some chance in it.
    """

    url: str
    model: str
    key: str = field(default="", repr=False)
    timeout: float = 120.0
    retries: int = 4
    backoff: float = 1.0
    longest_wait: float = 60.0

    def __post_init__(self) -> None:
        """Raises SettingsError where it cannot be asked, or not without showing the key to others."""
        parts = _parts(self.url)
        if not self.model.strip():
            raise SettingsError(
                "No language model is named.", hint="Set llm_model, for example CLEW_LLM_MODEL=qwen3:8b."
            )
        if self.key and not _KEY.fullmatch(self.key):
            raise SettingsError("The key has a space or another character that no key has.", hint="Set llm_key anew.")
        if self.key and parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise SettingsError(
                f"The key would go to {parts.hostname} unencrypted, for everybody on the way to read.",
                hint="Use an https:// address in llm_url, or no key.",
            )

    @property
    def host(self) -> str:
        """Host and port, for messages."""
        return urlsplit(self.url).netloc

    @property
    def address(self) -> str:
        """Where completions are asked for."""
        base = self.url.rstrip("/").removesuffix("/chat/completions").rstrip("/")
        return f"{base if urlsplit(base).path else base + '/v1'}/chat/completions"


def _parts(url: str) -> Any:
    hint = "Set llm_url to a base address such as http://127.0.0.1:11434/v1 or https://api.example.com/v1."
    try:
        parts = urlsplit(url)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        fits = False
    if not fits:
        raise SettingsError(f"{url!r} is no address of an endpoint." if url else "No endpoint is named.", hint=hint)
    if parts.username or parts.password or parts.query or parts.fragment:
        raise SettingsError("The address of the endpoint must not hold a name, password or query.", hint=hint)
    return parts


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


@dataclass(frozen=True, slots=True)
class Refusal:
    """The endpoint understood the request and will not do it (400, 413, 422): the same request again is of no use."""

    status: int
    reason: str


@dataclass(frozen=True, slots=True)
class _Failure:
    """What may go better next time; `wait` is how long the endpoint asks to wait, `fatal` whether others fail too,
    `nobody` whether there was nobody to talk to."""

    reason: str
    wait: float | None = None
    fatal: bool = False
    nobody: bool = False


class Line:
    """Posts to one endpoint. May be used from several threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        headers = {"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {}
        # A proxy of the environment is for the outer world; redirects are refused, for they would carry the key away.
        outside = not is_loopback(urlsplit(endpoint.url).hostname or "")
        self._client = httpx.Client(
            headers=headers,
            follow_redirects=False,
            trust_env=outside,
            timeout=httpx.Timeout(endpoint.timeout, connect=min(10.0, endpoint.timeout)),
        )
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._failed_in_a_row = 0
        self._reached = False

    def close(self) -> None:
        """No connection is left."""
        self._client.close()

    def post(self, body: Mapping[str, Any], stop: threading.Event) -> Mapping[str, Any] | Refusal:
        """The endpoint's JSON, or its refusal of this request.

        Raises AnswerError where this request failed to the end of all patience or `stop` was set meanwhile, ModelError
        where others would fail too: wrong key, unknown model, no connection, a limit that lasts.
        """
        payload = json.dumps(body, ensure_ascii=True).encode("ascii")
        failure = _Failure("")
        for attempt in range(self.endpoint.retries + 1):
            if not self._pause(attempt, failure, stop):
                raise AnswerError("The request was given up.")
            outcome = self._try(payload)
            if not isinstance(outcome, _Failure):
                self._failed_in_a_row = 0
                return outcome
            failure = outcome
            hopeless = failure.nobody and not self._reached and attempt  # it never answered: it does not run
            if hopeless or (failure.wait or 0.0) > self.endpoint.longest_wait:
                break
        raise self._given_up(failure)

    def _pause(self, attempt: int, failure: _Failure, stop: threading.Event) -> bool:
        """The time to wait before this attempt has passed; False where `stop` came first. Where the endpoint asked
        one request to wait, all wait."""
        now = time.monotonic()
        wait = 0.0
        if attempt:
            wait = min(self.endpoint.backoff * 2 ** (attempt - 1), self.endpoint.longest_wait) * random.uniform(0.5, 1)
        if failure.wait is not None:
            wait = max(wait, failure.wait)
            with self._lock:
                self._not_before = max(self._not_before, now + failure.wait)
        wait = max(wait, self._not_before - now)
        return not (stop.wait(wait) if wait > 0 else stop.is_set())

    def _try(self, payload: bytes) -> Mapping[str, Any] | Refusal | _Failure:
        deadline = time.monotonic() + self.endpoint.timeout
        headers = {"Content-Type": "application/json"}
        received = bytearray()
        try:
            with self._client.stream("POST", self.endpoint.address, content=payload, headers=headers) as response:
                for piece in response.iter_bytes():
                    received += piece
                    if len(received) > _MOST:
                        return _Failure(f"the answer is longer than {_MOST:,} bytes")
                    if time.monotonic() > deadline:
                        return _Failure(f"the answer was not complete after {self.endpoint.timeout:g} s")
        except (httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout):
            return _Failure(f"there was no answer within {self.endpoint.timeout:g} s")
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            return _Failure(f"no connection ({_short(str(error)) or type(error).__name__})", fatal=True, nobody=True)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            return _Failure(f"the connection broke ({_short(str(error)) or type(error).__name__})")
        return self._judge(response, bytes(received))

    def _judge(self, response: httpx.Response, received: bytes) -> Mapping[str, Any] | Refusal | _Failure:
        status = response.status_code
        self._reached = True
        if 200 <= status < 300:
            found = _json(received)
            return found if isinstance(found, dict) else _Failure("the answer is not whole JSON")
        reason = self._reason(received)
        said = f"{status}: {reason}" if reason else str(status)
        host, model = self.endpoint.host, self.endpoint.model
        if 300 <= status < 400:
            raise ModelError(
                f"The endpoint {host} redirects ({status}) to {_short(response.headers.get('location', 'elsewhere'))}.",
                hint="Nothing was sent there. If you trust it, set llm_url to that address.",
            )
        if status in {401, 403}:
            what = "refuses the key" if self.endpoint.key else "wants a key"
            raise ModelError(f"The endpoint {host} {what} ({said}).", hint="Set the right one: export CLEW_LLM_KEY=...")
        if status == 402 or (status == 429 and "insufficient_quota" in reason):
            raise ModelError(
                f"The account at {host} has no credit left ({said}).", hint="Fill it up, and run it again."
            )
        if status == 404:
            raise ModelError(
                f"The endpoint {host} has no model {model!r}, or {self.endpoint.address} is not where it is ({said}).",
                hint="Check llm_model (GET /v1/models lists them) and llm_url; with Ollama: ollama pull MODEL.",
            )
        if status in _AGAIN or status >= 500:
            return _Failure(f"it answered {said}", _retry_after(response.headers.get("retry-after", "")), status == 429)
        return Refusal(status, reason or f"status {status}")

    def _reason(self, received: bytes) -> str:
        """What the endpoint says is wrong, on one line, without the key."""
        found = _json(received)
        error = found.get("error", found) if isinstance(found, dict) else None
        if isinstance(error, dict):
            parts = (error.get("message") or error.get("detail") or "", error.get("code"), error.get("param"))
            text = " ".join(str(part) for part in parts if part)
        else:
            text = error if isinstance(error, str) else received[:2000].decode("utf-8", "replace")
        return _short(text.replace(self.endpoint.key, "***") if self.endpoint.key else text)

    def _given_up(self, failure: _Failure) -> ModelError:
        with self._lock:
            self._failed_in_a_row += 1
            down = failure.fatal or self._failed_in_a_row >= _IN_A_ROW
        what = f"The endpoint {self.endpoint.host} cannot be used: {failure.reason}."
        if failure.wait is not None and failure.wait > self.endpoint.longest_wait:
            what += f" It asks to wait {failure.wait:,.0f} s."
            down = True
        if not down:
            return AnswerError(f"The language model gave no answer: {failure.reason}.")
        return ModelError(what, hint="See that it runs and that llm_url is right, then run the same command again.")


def _json(received: bytes) -> Any:
    try:
        return json.loads(received)
    except (ValueError, RecursionError):
        return None


def _short(text: str) -> str:
    plain = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(plain.split())[:300]


def _retry_after(value: str) -> float | None:
    """The seconds that a Retry-After header asks to wait, written as a number or a date (RFC 9110, 10.2.3)."""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        when = email.utils.parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


__all__ = ["Endpoint", "Line", "Refusal", "is_loopback"]
