"""The trained network as one ONNX graph in 8 bits.

Products are of 8-bit integers (7 bits for weights, so that no processor's 16-bit sums overflow), with scales that are
fixed when the graph is made: whole numbers add up the same in any order, so that what is read of a passage depends
neither on the passages beside it nor on how many threads read. Scales of activations come from sample texts, by
channel, and are folded into the weights (as in SmoothQuant, Xiao et al. 2023, arXiv:2211.10438); the few loudest
channels are kept in floats (as in LLM.int8(), Dettmers et al. 2022, arXiv:2208.07339): that halves the error.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import onnxruntime
from onnx import TensorProto, helper

from clew.retrieval.reader.pieces import MOST
from clew.retrieval.training.network import ATTENTION, EPSILON, FROZEN, LAYERS

Array = npt.NDArray[np.float32]
Ranges = Mapping[str, tuple[Array, Array]]
FUSED = "com.microsoft"  # the domain of ONNX Runtime's own operators
Whole = npt.NDArray[np.int64]
LOUD = 8  # channels of each product
MOST_WEIGHT = 63  # 255 * 63 * 2 fits 16 bits with a sign
INPUTS, OUTPUTS = ("ids", "kinds", "forms"), ("start", "end", "relevance")


def exported(weights: Mapping[str, Array], samples: Iterable[Mapping[str, npt.NDArray[np.int32]]]) -> bytes:
    """The graph in 8 bits; `samples` are inputs without padding that show how large activations get."""
    plain = Graph(weights)
    floats = plain.model(watched=True).SerializeToString()
    ranges = observed(floats, list(dict.fromkeys(plain.factors)), samples)
    made: bytes = Graph(weights, ranges).model().SerializeToString(deterministic=True)
    return made


def observed(
    floats: bytes, names: Sequence[str], samples: Iterable[Mapping[str, npt.NDArray[np.int32]]]
) -> dict[str, tuple[Array, Array]]:
    """The least and greatest value of each channel of what goes into products."""
    session = onnxruntime.InferenceSession(floats, providers=["CPUExecutionProvider"])
    ranges: dict[str, tuple[Array, Array]] = {}
    for sample in samples:
        for name, values in zip(names, session.run(list(names), dict(sample)), strict=True):
            low, high = values.min(axis=(0, 1)), values.max(axis=(0, 1))
            old = ranges.get(name, (low, high))
            ranges[name] = np.minimum(old[0], low), np.maximum(old[1], high)
    return ranges


class Graph:
    """Collects the nodes and tensors of the graph."""

    def __init__(self, weights: Mapping[str, Array], ranges: Ranges | None = None) -> None:
        """`weights` are the network's, by name. `ranges` are the least and greatest value of each channel of what goes
        into products, by its name; with none, products are of floats."""
        self._weights, self._ranges = weights, ranges
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: list[TensorProto] = []
        self._made: set[str] = set()
        self.factors: list[str] = []  # what goes into products

    def model(self, *, watched: bool = False) -> onnx.ModelProto:
        """Inputs: ids, kinds, forms (int32 [texts, pieces], texts of one length). Outputs: start, end [texts,
        pieces], relevance [texts]; with `watched` also what goes into products."""
        states = self._embed()
        for layer in range(LAYERS):
            if layer == FROZEN:
                written = self._node("Gather", [self._weight("forms.weight"), "forms"], "written", domain="")
                states = self._node("Add", [states, written], "written_states", domain="")
            states = self._layer(f"layers.{layer}.", states)
        self._heads(states)
        inputs = [_info(name, TensorProto.INT32, ["texts", "pieces"]) for name in INPUTS]
        outputs = [_info(name, TensorProto.FLOAT, None) for name in OUTPUTS]
        if watched:
            outputs += [_info(name, TensorProto.FLOAT, None) for name in dict.fromkeys(self.factors)]
        graph = helper.make_graph(self._nodes, "reader", inputs, outputs, self._tensors)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="clew")

    def _embed(self) -> str:
        """Word pieces are kept in 8 bits with a scale each."""
        vectors = self._weights["words.weight"]
        scale = np.abs(vectors).max(axis=1, keepdims=True) / 127 + 1e-12
        table = self._raw("words_table", np.rint(vectors / scale).astype(np.int8), TensorProto.INT8)
        rows = self._node("Gather", [table, "ids"], "word_rows", domain="")
        rows = self._node("Cast", [rows], "word_floats", domain="", to=TensorProto.FLOAT)
        scales = self._node("Gather", [self._tensor("words_scale", scale), "ids"], "word_scales", domain="")
        words = self._node("Mul", [rows, scales], "words", domain="")
        kinds = self._node("Gather", [self._weight("kinds.weight"), "kinds"], "kind_rows", domain="")
        both = self._node("Add", [words, kinds], "kind_words", domain="")
        zero = self._raw("zero", np.array([0], dtype=np.int64), TensorProto.INT64)
        size = self._node("Shape", ["ids"], "size", domain="", start=1, end=2)
        table = self._tensor("places.weight", self._weights["places.weight"][:MOST])
        places = self._node("Slice", [table, zero, size], "place_rows", domain="")
        placed = self._node("Add", [both, places], "placed", domain="")
        gains = [self._weight("norm.weight"), self._weight("norm.bias")]
        return self._node("LayerNormalization", [placed, *gains], "states", domain="", axis=-1, epsilon=EPSILON)

    def _layer(self, name: str, states: str) -> str:
        parts = self._linear(f"{name}attend_in", states)
        names = [f"{name}{role}" for role in ("query", "key", "value")]
        self._node("Split", [parts], *names, domain="", axis=-1)
        mixed = self._node("MultiHeadAttention", names, f"{name}mixed", num_heads=ATTENTION)
        states = self._add_and_norm(f"{name}attend_norm", self._linear(f"{name}attend_out", mixed), states)
        inner = self._node("Gelu", [self._linear(f"{name}inner", states)], f"{name}bent")
        return self._add_and_norm(f"{name}norm", self._linear(f"{name}outer", inner), states)

    def _add_and_norm(self, name: str, new: str, old: str) -> str:
        """ONNX Runtime's fused operator for both takes five times as long as the two do."""
        both = self._node("Add", [new, old], f"{name}.both", domain="")
        inputs = [both, self._weight(f"{name}.weight"), self._weight(f"{name}.bias")]
        return self._node("LayerNormalization", inputs, f"{name}.states", domain="", axis=-1, epsilon=EPSILON)

    def _heads(self, states: str) -> None:
        """In floats: they are small."""
        ends = self._floats("ends", states)
        for number, name in enumerate(("start", "end")):
            place = self._raw(f"{name}_place", np.int64(number), TensorProto.INT64)
            self._node("Gather", [ends, place], name, domain="", axis=-1)
        first = self._raw("first", np.int64(0), TensorProto.INT64)
        mark = self._node("Gather", [states, first], "mark", domain="", axis=1)
        bent = self._node("Gelu", [self._floats("judge_in", mark)], "judged")
        judged = self._floats("judge_out", bent)
        self._node("Gather", [judged, first], "relevance", domain="", axis=-1)

    def _floats(self, name: str, states: str) -> str:
        matrix = self._tensor(f"{name}.weight", self._weights[f"{name}.weight"].T)
        product = self._node("MatMul", [states, matrix], f"{name}.product", domain="")
        return self._node("Add", [product, self._weight(f"{name}.bias")], f"{name}.sum", domain="")

    def _linear(self, name: str, states: str) -> str:
        self.factors.append(states)
        if self._ranges is None:
            return self._floats(name, states)
        matrix, bias = self._weights[f"{name}.weight"].T, self._weights[f"{name}.bias"]
        loud = _loudest(*self._ranges[states])
        scale, zero = _scales(*self._ranges[states], loud)
        apart = self._apart(name, states, loud, matrix[loud])
        matrix = matrix * scale[:, None]
        matrix[loud] = 0
        column = np.abs(matrix).max(axis=0) / MOST_WEIGHT + 1e-12
        whole = self._raw(f"{name}.whole", np.rint(matrix / column).astype(np.int8), TensorProto.INT8)
        inputs = [self._whole(states, scale, zero), whole, self._tensor("unit", np.float32(1))]
        inputs += [self._tensor(f"{name}.scale", column), f"{states}.zero", "", self._tensor(f"{name}.bias", bias)]
        rest = self._node("MatMulIntegerToFloat", inputs, f"{name}.rest")
        return self._node("Add", [rest, apart], f"{name}.sum", domain="")

    def _apart(self, name: str, states: str, loud: Whole, matrix: Array) -> str:
        """The product of the loudest channels, in floats."""
        channels = self._node(
            "Gather", [states, self._raw(f"{states}.loud", loud, TensorProto.INT64)], f"{name}.loud", domain="", axis=-1
        )
        return self._node(
            "MatMul", [channels, self._tensor(f"{name}.apart", matrix)], f"{name}.apart_product", domain=""
        )

    def _whole(self, states: str, scale: Array, zero: int) -> str:
        """The states in 8 bits; their channels are scaled first."""
        name = f"{states}.whole"
        if name not in self._made:
            self._made.add(name)
            even = self._node("Mul", [states, self._tensor(f"{states}.even", 1 / scale)], f"{states}.scaled", domain="")
            zeros = self._raw(f"{states}.zero", np.uint8(zero), TensorProto.UINT8)
            self._node("QuantizeLinear", [even, self._tensor("unit", np.float32(1)), zeros], name, domain="")
        return name

    def _weight(self, name: str) -> str:
        return self._tensor(name, self._weights[name])

    def _tensor(self, name: str, values: npt.NDArray[Any] | np.float32) -> str:
        return self._raw(name, np.asarray(values, dtype="<f4"), TensorProto.FLOAT)

    def _raw(self, name: str, values: Any, kind: int) -> str:
        if name not in self._made:
            self._made.add(name)
            self._tensors.append(helper.make_tensor(name, kind, values.shape, values.tobytes(), raw=True))
        return name

    def _node(self, operator: str, inputs: list[str], *outputs: str, domain: str = FUSED, **attributes: Any) -> str:
        self._nodes.append(helper.make_node(operator, inputs, list(outputs), domain=domain, **attributes))
        return outputs[0]


def _loudest(least: Array, greatest: Array) -> Whole:
    """The numbers of the channels with the widest range, in order."""
    reach = np.maximum(-least, greatest)
    return np.sort(np.argsort(-reach, kind="stable")[:LOUD]).astype(np.int64)


def _scales(least: Array, greatest: Array, loud: Whole) -> tuple[Array, int]:
    """A scale a channel and one zero for all, so that 0..255 holds every channel's range but those of the loudest.

    Channels share their range in part: scaled in full, a quiet channel's weights would drown beside a loud one's.
    """
    low, high = np.minimum(least, 0), np.maximum(greatest, 0)
    low[loud], high[loud] = np.median(low), np.median(high)
    reach = np.maximum(np.maximum(-low, high), 1e-3)
    soft = np.sqrt(reach * reach.max())
    below, above = float((-low / soft).max()), float((high / soft).max())
    step = (below + above) / 255
    return (soft * step).astype(np.float32), round(below / step)


def _info(name: str, kind: int, shape: list[Any] | None) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)
