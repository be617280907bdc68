"""The line to an endpoint: patience with what passes, a clear word about what does not, care for the key."""

from __future__ import annotations

import email.utils
import json
import logging
import time
from datetime import UTC, datetime, timedelta

import pytest

from clew.graph.errors import AnswerError, ModelError, SettingsError
from clew.llm.chat import Request
from clew.llm.http import Endpoint

KEY = "sk-test-0123456789-secret"
SCHEMA = {
    "type": "object",
    "properties": {"names": {"type": "array", "items": {"type": "string"}}},
    "required": ["names"],
    "additionalProperties": False,
}
GOOD = {"names": ["Ariadne"]}


def request(user: str = "Who gave the thread?", **options) -> Request:
    return Request("Answer as JSON.", user, SCHEMA, **options)


@pytest.mark.parametrize("after", ["0.05", "date", "soon"])
def test_too_many_requests_waits_as_asked(model_server, chat_to, after):
    value = (
        email.utils.format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True) if after == "date" else after
    )
    model_server.one_by_one(
        model_server.said("slow down", status=429, headers={"Retry-After": value}), model_server.completion(GOOD)
    )
    started = time.monotonic()
    assert chat_to().ask(request()).data == GOOD
    assert len(model_server.received) == 2
    if after == "0.05":
        assert time.monotonic() - started >= 0.05


def test_a_wait_beyond_all_patience_ends_at_once(model_server, chat_to):
    model_server.answer = lambda _: model_server.said("", status=429, headers={"Retry-After": "3600"})
    with pytest.raises(ModelError, match=r"429.*wait 3,600 s"):
        chat_to().ask(request())
    assert len(model_server.received) == 1


def test_errors_of_the_server_are_tried_again(model_server, chat_to):
    said = model_server.said
    model_server.one_by_one(said("oops", status=500), said("<html>", status=502), model_server.completion(GOOD))
    chat = chat_to()
    assert chat.ask(request()).data == GOOD
    assert chat.spend.calls == 1  # what failed is not billed


def test_a_broken_answer_is_tried_again_and_given_up(model_server, chat_to):
    model_server.one_by_one(
        model_server.said({"choices": []}, cut=True), model_server.said('{"choices": [', status=200),
        model_server.completion(GOOD),
    )  # fmt: skip
    assert chat_to().ask(request()).data == GOOD
    model_server.answer = lambda _: model_server.said("<html>log in</html>")
    with pytest.raises(AnswerError, match="not whole JSON"):
        chat_to().ask(request())
    assert len(model_server.received) == 6


@pytest.mark.parametrize("how", [{"delay": 0.5}, {"drip": 0.05}])
def test_a_slow_answer_is_given_up(model_server, chat_to, how):
    model_server.answer = lambda _: model_server.said({"choices": []}, **how)
    started = time.monotonic()
    with pytest.raises(AnswerError, match=r"0\.15 s"):
        chat_to(timeout=0.15, retries=1).ask(request())
    assert time.monotonic() - started < 2
    assert len(model_server.received) == 2


def test_an_endpoint_that_fails_again_and_again_counts_as_down(model_server, chat_to):
    model_server.answer = lambda _: model_server.said("oops", status=503)
    chat = chat_to(retries=0)
    for number in range(3):
        with pytest.raises(AnswerError):
            chat.ask(request(str(number)))
    with pytest.raises(ModelError, match="cannot be used: it answered 503: oops") as down:
        chat.ask(request("4"))
    assert not isinstance(down.value, AnswerError)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, {"error": {"message": f"Incorrect API key: {KEY}"}}, ["refuses the key", "***", "CLEW_LLM_KEY"]),
        (403, "", ["refuses the key (403)"]),
        (402, "pay", ["no credit left"]),
        (429, {"error": {"message": "You exceeded", "code": "insufficient_quota"}}, ["no credit left"]),
        (404, {"error": {"message": "model not found"}}, ["no model 'thread-1'", "model not found", "llm_url"]),
        (307, "", ["redirects (307)", "http://evil.example/v1", "Nothing was sent there"]),
    ],
)
def test_what_is_wrong_for_good_is_told_at_once(model_server, chat_to, status, body, said):
    model_server.answer = lambda _: model_server.said(
        body, status=status, headers={"Location": "http://evil.example/v1"}
    )
    with pytest.raises(ModelError) as error:
        chat_to().ask(request())
    assert not isinstance(error.value, AnswerError)
    for words in said:
        assert words in str(error.value)
    assert KEY not in str(error.value)
    assert len(model_server.received) == 1


def test_nobody_there(model_server, chat_to):
    model_server.close()
    started = time.monotonic()
    with pytest.raises(ModelError, match=r"no connection.*llm_url"):
        chat_to(retries=50, backoff=0.05).ask(request())
    assert time.monotonic() - started < 2  # one more try is enough to see that it does not run


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"url": ""}, "No endpoint is named"),
        ({"url": "ftp://host/v1"}, "no address"),
        ({"url": "http://host:port/v1"}, "no address"),
        ({"url": "https://me:pw@host/v1"}, "must not hold a name, password"),
        ({"url": "http://models.example/v1"}, "unencrypted"),
        ({"url": "https://h/v1", "key": "two words"}, "no key has"),
        ({"model": " "}, "CLEW_LLM_MODEL"),
    ],
)
def test_an_endpoint_that_cannot_be_is_refused(options, said):
    with pytest.raises(SettingsError, match=said) as error:
        Endpoint(**{"url": "https://h/v1", "model": "m", "key": KEY, **options})
    assert KEY not in str(error.value)


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://localhost:11434", "http://localhost:11434/v1/chat/completions"),
        ("http://[::1]:8000/v1/", "http://[::1]:8000/v1/chat/completions"),
        ("https://a.example/api/v1/chat/completions", "https://a.example/api/v1/chat/completions"),
    ],
)
def test_the_address_is_completed(url, address):
    assert Endpoint(url, "m", "k").address == address


def test_without_a_key_another_machine_may_be_asked_in_the_clear():
    assert Endpoint("http://192.168.1.5:11434/v1", "m").host == "192.168.1.5:11434"


def test_the_key_is_nowhere_but_in_the_header(model_server, chat_to, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    model_server.one_by_one(model_server.said(f"{KEY} is busy", status=503), model_server.completion(GOOD))
    chat = chat_to(cache=tmp_path)
    chat.ask(request())
    kept = "".join(path.read_text() for path in tmp_path.rglob("*") if path.is_file())
    assert "Ariadne" in kept
    for text in (kept, caplog.text, repr(chat.endpoint), repr(chat), str(vars(chat.meter))):
        assert KEY not in text
    assert all(KEY not in json.dumps(sent.body) for sent in model_server.received)
