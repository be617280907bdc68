"""What goes over the wire comes out as it went in; who does not know the token, or says what is no message, is out."""

from __future__ import annotations

import json
import socket
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clew.graph import errors
from clew.graph.errors import MissingExtraError, StoreError
from clew.graph.open import open_store
from clew.graph.store import Batch, DocumentRecord, GraphStore
from clew.graph.stores.shared import address as served_place
from clew.graph.stores.shared import arrays as served_arrays
from clew.graph.stores.shared import wire

scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(st.characters()) | st.binary()
)
keys = st.text(max_size=5) | st.integers()
values = st.recursive(
    scalars | st.sets(st.integers()),
    lambda inner: st.lists(inner) | st.dictionaries(keys, inner) | st.lists(inner).map(tuple),
    max_leaves=20,
)


def carried(value: Any) -> Any:
    return wire.load(*wire.dump(value))


def kinds(value: Any) -> Any:
    """The types of a value and of what is in it: 1, 1.0 and True are equal, and so would be what they became."""
    if isinstance(value, dict):
        return dict, [(type(key), kinds(inner)) for key, inner in value.items()]
    return type(value), [kinds(item) for item in value] if isinstance(value, (list, tuple)) else None


@given(values)
def test_values_come_out_as_they_went_in(value: Any) -> None:
    assert carried(value) == value
    assert kinds(carried(value)) == kinds(value)


def test_batches_and_arrays_come_out_as_they_went_in(
    golden: tuple[DocumentRecord, ...], batch: Callable[..., Batch]
) -> None:
    told = batch(*golden)
    heard = carried(("add", (told,), {}))[1][0]
    assert heard.records == told.records
    assert heard.chunk_vectors.dtype == np.float32
    assert np.array_equal(heard.chunk_vectors, told.chunk_vectors)
    for array in (np.zeros((0, 8), np.float32), np.array([True, False]), np.arange(6).reshape(2, 3)[:, ::2]):
        found = carried([array, np.ones(3, np.uint8), array])
        for each in (found[0], found[2]):
            assert (each.dtype, each.shape) == (array.dtype, array.shape)
            assert np.array_equal(each, array)


@pytest.mark.parametrize("value", [object(), np.array([object()]), print, (1, {2: iter(())})])
def test_nothing_else_is_carried(value: Any) -> None:
    with pytest.raises(TypeError):
        wire.dump(value)


@pytest.mark.parametrize(
    "text",
    [
        b"{}", b"[", b"[]", b'["x",1]', b'["l",{"a":1}]', b'["a","|O",[1],0]', b'["a","<f4",[1000000],0]',
        b'["a","<f4",[-1],0]', b'["m",1]', b'["Hit",1,2,3]', b'["__class__"]', b"[" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_message_is_refused(text: bytes) -> None:
    with pytest.raises(wire.Lost):
        wire.load(text, b"1234")


@pytest.mark.parametrize("name", errors.__all__)
def test_every_error_of_the_tree_comes_across(name: str) -> None:
    kind = getattr(errors, name)
    told = kind("Ray", "ray") if kind is MissingExtraError else kind("What.", hint="Hint.")
    heard = wire.unpacked_error(*carried(wire.packed_error(told)))
    assert type(heard) is kind
    assert isinstance(heard, errors.ClewError)
    assert (str(heard), heard.what, heard.hint) == (str(told), told.what, told.hint)


def test_other_errors_come_across_as_themselves_or_as_store_errors() -> None:
    for told in (KeyError("x"), ValueError("y")):
        heard = wire.unpacked_error(*carried(wire.packed_error(told)))
        assert (type(heard), heard.args) == (type(told), told.args)
    assert isinstance(wire.unpacked_error(*carried(wire.packed_error(OSError(28, "full")))), StoreError)
    assert type(wire.unpacked_error("SystemExit", "x", "")) is StoreError


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[GraphStore, Path]]:
    """An open store that others may ask, and its folder."""
    store = open_store(f"rdf:{tmp_path / 'kb'}")
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    yield store, tmp_path / "kb"
    store.close()


def knock(folder: Path) -> tuple[socket.socket, bytes]:
    endpoint = served_place.find(folder)
    assert endpoint is not None
    return socket.create_connection(("127.0.0.1", endpoint.port), timeout=30), bytes.fromhex(endpoint.token)


def is_shown_out(connection: socket.socket) -> bool:
    """Whether the other end closes the connection without another word."""
    try:
        while True:
            if not connection.recv(4096):
                return True
    except ConnectionResetError:
        return True
    finally:
        connection.close()


def test_a_wrong_token_is_refused(served: tuple[GraphStore, Path]) -> None:
    connection, token = knock(served[1])
    with pytest.raises(wire.Lost):
        wire.introduce(connection, bytes(32))
    assert is_shown_out(connection)
    connection, token = knock(served[1])
    wire.introduce(connection, token)
    wire.send(connection, *wire.dump(("info", (), {})))
    assert wire.receive(connection) == ("ok", served[0].info())
    connection.close()


@pytest.mark.parametrize("said", [b"GET / HTTP/1.1\r\n\r\n" * 9, bytes(64), bytes(range(256)) * 40])
def test_garbage_instead_of_a_token_is_refused(served: tuple[GraphStore, Path], said: bytes) -> None:
    connection, _ = knock(served[1])
    connection.sendall(said)
    assert is_shown_out(connection)
    assert served[0].info().encoder == "toy"


@pytest.mark.parametrize("said", [struct.pack("!II", 2**32 - 1, 2**32 - 1), struct.pack("!II", 4, 0) + b"\xff\xfe[{"])
def test_garbage_after_the_token_is_refused(served: tuple[GraphStore, Path], said: bytes) -> None:
    connection, token = knock(served[1])
    wire.introduce(connection, token)
    connection.sendall(said)
    assert is_shown_out(connection)
    assert served[0].info().encoder == "toy"


@pytest.mark.parametrize("name", ["close", "__class__", "_save", "query_", "", 7, None])
def test_only_what_a_store_is_asked_is_answered(served: tuple[GraphStore, Path], name: Any) -> None:
    connection, token = knock(served[1])
    wire.introduce(connection, token)
    wire.send(connection, *wire.dump((name, (), {})))
    assert wire.receive(connection)[0] == "error"
    wire.send(connection, *wire.dump("no request at all"))
    assert wire.receive(connection)[0] == "error"
    connection.close()
    assert served[0].info().encoder == "toy"


def test_an_owner_that_does_not_know_the_token_is_refused() -> None:
    ours, theirs = socket.socketpair()
    theirs.sendall(wire._GREETING + bytes(96))
    with pytest.raises(wire.Lost):
        wire.introduce(ours, bytes(32))
    ours.close()
    theirs.close()


def test_the_address_is_loopback_and_the_file_private(served: tuple[GraphStore, Path]) -> None:
    connection, _ = knock(served[1])
    assert connection.getpeername()[0] == "127.0.0.1"
    connection.close()
    assert (served[1] / "served.json").stat().st_mode & 0o777 == 0o600
    assert sorted(path.name for path in served[1].glob("served*")) == ["served.json"]


def test_a_large_adjacency_is_mapped_from_its_files_and_a_small_one_sent(
    golden: tuple[DocumentRecord, ...], batch: Callable[..., Batch], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store("memory:")
    store.configure(encoder="toy", dimension=8, extracted_with="hand")
    store.add(batch(*golden))
    adjacency = store.adjacency()

    def heard(held: int = -1, *, send: bool = False) -> Any:
        answer = carried(served_arrays.told(adjacency, tmp_path, held=held, send=send))
        return answer[0], served_arrays.heard(answer, tmp_path, adjacency)

    (tmp_path / "clew.json").write_text(json.dumps({"uuid": "abc"}))
    assert heard(adjacency.generation) == ("held", adjacency)
    told: list[Any] = [heard()]
    monkeypatch.setattr(served_arrays, "_LARGE", 1)
    told += [heard(), heard(send=True)]
    assert [way for way, _ in told] == ["sent", "kept", "sent"]
    for _, found in told:
        assert list(found.triple_ids) == list(adjacency.triple_ids)
        assert found.generation == adjacency.generation
        assert all(np.array_equal(found.incident[part], adjacency.incident[part]) for part in (0, 1))
    store.close()
