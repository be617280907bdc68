"""What two processes say to each other about a store: values as JSON and raw arrays, in frames of bounded size.

A frame is two lengths (uint32, big-endian), then that many bytes of JSON and of array data. In the JSON a list always
begins with a tag: `l` list, `t` tuple, `s` set, `m` mapping (keys and values in turn), `b` bytes in hexadecimal,
`a` array (type, shape, where its data begin), or the name of a noun, then its fields. Nothing else can be made of it.

Before the first frame both ends prove that they know the token (HMAC-SHA256 of both ends' random numbers), so that
neither tells it, and that they mean the same nouns.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
import socket
import struct
from collections.abc import KeysView, Mapping, Sequence, ValuesView
from dataclasses import fields
from typing import Any

import numpy as np

from clew.graph import errors
from clew.graph.errors import ClewError, StoreError
from clew.graph.model import Chunk, Document, Entity, Mention, Merge, Source, Triple, Value
from clew.graph.store import Batch, Counts, Described, DocumentRecord, Hit, QueryResult, StoreInfo

LARGEST = 1 << 30  # bytes of a frame
_HEAD = struct.Struct("!II")
_STEP = 1 << 20  # bytes asked of a socket at once, so that a length alone fills no memory
_SECONDS = 20.0  # for each step of the handshake
_NONCE = 32
_TYPES = frozenset({"<f4", "<f8", "<i4", "<i8", "|u1", "|b1"})
_PLAIN = frozenset({str, int, float, bool, type(None)})
_NOUNS: dict[str, Any] = {
    noun.__name__: noun
    for noun in (
        *(Document, Chunk, Mention, Value, Source, Triple, Entity),
        *(Batch, Counts, Described, DocumentRecord, Hit, Merge, QueryResult, StoreInfo),
    )
}
# A document's text and what is known of its stretches stay where it was read: no store keeps them, the chunks tile it.
_LEFT = {("Document", "text"), ("Document", "annotations")}
_FIELDS = {
    noun: tuple(field.name for field in fields(noun) if (name, field.name) not in _LEFT)
    for name, noun in _NOUNS.items()
}
_DIALECT = hashlib.sha256(repr(sorted((noun.__name__, names) for noun, names in _FIELDS.items())).encode()).digest()
_GREETING = b"clew 1\n" + _DIALECT[:9]


class Lost(Exception):  # noqa: N818 - no error to the caller: the store is opened again and the call repeated
    """The other end is gone, or was never ours."""


class Foreign(Lost):
    """The other end is another version of Clew."""


# -- values ------------------------------------------------------------------------------------------------------


def dump(value: Any) -> tuple[bytes, bytes]:
    """The value as JSON and array data. Raises TypeError for what has no tag."""
    arrays: list[bytes] = []
    text = json.dumps(_pack(value, arrays), separators=(",", ":"))
    return text.encode("ascii"), b"".join(arrays)


def _pack(value: Any, arrays: list[bytes]) -> Any:
    kind = type(value)
    if kind in _PLAIN:
        return value
    if (names := _FIELDS.get(kind)) is not None:
        return [kind.__name__, *(_pack(getattr(value, name), arrays) for name in names)]
    if isinstance(value, (np.ndarray, np.generic)):
        return _pack_array(value, arrays) if isinstance(value, np.ndarray) else value.item()
    if isinstance(value, Mapping):
        return ["m", *(_pack(part, arrays) for pair in value.items() for part in pair)]
    if isinstance(value, (str, int, float, bytes, bytearray)):
        return ["b", value.hex()] if isinstance(value, (bytes, bytearray)) else value
    return [_tag(value), *(_pack(item, arrays) for item in value)]


def _tag(value: Any) -> str:
    if isinstance(value, tuple):
        return "t"
    if isinstance(value, (set, frozenset)):
        return "s"
    if isinstance(value, (Sequence, KeysView, ValuesView)):
        return "l"
    raise TypeError(f"A {type(value).__name__} cannot be handed to another process.")


def _pack_array(value: Any, arrays: list[bytes]) -> list[Any]:
    array = np.ascontiguousarray(value)
    if array.dtype.str not in _TYPES:
        raise TypeError(f"An array of {array.dtype} cannot be handed to another process.")
    at = sum(map(len, arrays))
    data = array.tobytes()
    arrays.append(data + bytes(-len(data) % 8))  # each begins at a multiple of 8
    return ["a", array.dtype.str, list(np.shape(value)), at]


def load(text: bytes | bytearray, data: bytes | bytearray) -> Any:
    """The value that was dumped. Raises Lost for anything else."""
    try:
        return _unpack(json.loads(text), data)
    except (ValueError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise Lost(f"what came is no message: {error!r}") from error


def _unpack(value: Any, data: bytes | bytearray) -> Any:
    if type(value) is not list:
        if isinstance(value, dict):
            raise ValueError("a JSON object")
        return value
    tag = value[0]
    if (noun := _NOUNS.get(tag)) is not None:
        return noun(*(_unpack(item, data) for item in value[1:]))
    if tag == "a":
        return _unpack_array(data, *value[1:])
    if tag == "b":
        return bytes.fromhex(value[1])
    items = [_unpack(item, data) for item in value[1:]]
    if tag == "m":
        return dict(zip(items[::2], items[1::2], strict=True))
    return {"l": list, "t": tuple, "s": set}[tag](items)


def _unpack_array(data: bytes | bytearray, kind: str, shape: list[int], at: int) -> Any:
    if kind not in _TYPES or any(not isinstance(size, int) or size < 0 for size in shape):
        raise ValueError("not an array of ours")
    count = int(np.prod(shape, dtype=np.int64))
    if not count:
        return np.zeros(shape, dtype=kind)
    return np.frombuffer(data, dtype=kind, count=count, offset=at).reshape(shape)


# -- errors ------------------------------------------------------------------------------------------------------

_BUILTIN = {kind.__name__: kind for kind in (ValueError, TypeError, KeyError, IndexError, OverflowError)}


def packed_error(error: BaseException) -> tuple[str, str, str]:
    """Name, message and hint of an error, for the other end to raise."""
    if isinstance(error, ClewError):
        return type(error).__name__, error.what, error.hint
    if type(error) in _BUILTIN.values():
        return type(error).__name__, str(error.args[0] if error.args else ""), ""
    return "StoreError", f"The process that holds the knowledge base failed: {error!r}"[:2000], "Try it again."


def unpacked_error(name: str, what: str, hint: str) -> Exception:
    """The error that was packed, of the same class; StoreError where there is none of that name."""
    if name in _BUILTIN:
        return _BUILTIN[name](what)
    kind = getattr(errors, name, StoreError) if name in errors.__all__ else StoreError
    error: ClewError = kind.__new__(kind)  # some of them are made of other things than these two
    ClewError.__init__(error, what, hint=hint)
    return error


# -- frames ------------------------------------------------------------------------------------------------------


def check(text: bytes, data: bytes = b"") -> None:
    """The frame may be sent. Raises StoreError for one above LARGEST."""
    if len(text) + len(data) > LARGEST:
        raise StoreError(
            f"A message of {(len(text) + len(data)) >> 20} MB is too large to be handed to another process.",
            hint="Hand over or ask for less at once, or close the knowledge base in the other process first.",
        )


def send(connection: socket.socket, text: bytes, data: bytes = b"") -> None:
    """The frame is on its way. Raises StoreError for one above LARGEST, Lost where nobody listens."""
    check(text, data)
    head = _HEAD.pack(len(text), len(data)) + text
    _send_raw(connection, head + data if len(data) < _STEP else head)
    if len(data) >= _STEP:
        _send_raw(connection, data)


def receive(connection: socket.socket) -> Any:
    """The value in the next frame. Raises Lost where the connection ends or what comes is none."""
    text, data = _HEAD.unpack(_exactly(connection, _HEAD.size))
    if text + data > LARGEST:
        raise Lost("a frame above all bounds")
    return load(_exactly(connection, text), _exactly(connection, data))


def _exactly(connection: socket.socket, count: int) -> bytes | bytearray:
    found = bytearray()
    try:
        while len(found) < count:
            piece = connection.recv(min(count - len(found), _STEP))
            if not piece:
                raise Lost("the connection ended")
            if len(piece) == count:
                return piece
            found += piece
    except OSError as error:
        raise Lost(str(error)) from error
    return found


# -- who is there --------------------------------------------------------------------------------------------------


def admit(connection: socket.socket, token: bytes) -> None:
    """The other end knows the token, and has been shown that this end does. Raises Lost for any other."""
    connection.settimeout(_SECONDS)
    mine = secrets.token_bytes(_NONCE)
    _send_raw(connection, _GREETING + mine)
    theirs, proof = _halves(_exactly(connection, 2 * _NONCE))
    if not hmac.compare_digest(proof, _proof(token, b"client", mine, theirs)):
        raise Lost("a wrong token")
    _send_raw(connection, _proof(token, b"owner", mine, theirs))
    connection.settimeout(None)


def introduce(connection: socket.socket, token: bytes) -> None:
    """The other end, which serves, has been shown that this end knows the token, and knows it itself. Raises Lost,
    Foreign where another version of Clew serves."""
    connection.settimeout(_SECONDS)
    greeting = _exactly(connection, len(_GREETING))
    if greeting != _GREETING:
        raise (Foreign if greeting.startswith(b"clew ") else Lost)("not this version of Clew")
    theirs, mine = bytes(_exactly(connection, _NONCE)), secrets.token_bytes(_NONCE)
    _send_raw(connection, mine + _proof(token, b"client", theirs, mine))
    if not hmac.compare_digest(bytes(_exactly(connection, _NONCE)), _proof(token, b"owner", theirs, mine)):
        raise Lost("not the owner")
    connection.settimeout(None)


def _send_raw(connection: socket.socket, data: bytes) -> None:
    try:
        connection.sendall(data)
    except OSError as error:
        raise Lost(str(error)) from error


def _halves(data: bytes | bytearray) -> tuple[bytes, bytes]:
    return bytes(data[:_NONCE]), bytes(data[_NONCE:])


def _proof(token: bytes, role: bytes, first: bytes, second: bytes) -> bytes:
    return hmac.digest(token, role + first + second, "sha256")
