"""The trained network as two ONNX graphs: one from word pieces to scores, one from a tree to its relations.

Products are of 8-bit integers (7 bits for weights, so that no processor's 16-bit sums overflow), with scales that are
fixed when the graph is made: whole numbers add up the same in any order, so that what is read of a text depends
neither on the texts beside it nor on how many threads read. Scales of activations come from sample texts, by channel,
and are folded into the weights.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import erf, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper

from clew.ingest.training.labels import Labels

Array = npt.NDArray[np.float32]
FUSED = "com.microsoft"
ATTENTION, EPSILON = 12, 1e-12
MOST_WEIGHT = 63  # 255 * 63 * 2 fits 16 bits with a sign
_OUTPUTS = ("tag", "pos", "feats", "lemma", "start", "entity", "arcs", "rel_word", "rel_head")
_WHOLE = ("tag", "pos", "feats", "lemma")


class Graph:
    """Collects the nodes and tensors of a graph."""

    def __init__(self, weights: Mapping[str, Array], ranges: Mapping[str, tuple[Array, Array]] | None = None) -> None:
        """`weights` are the network's, by name. `ranges` are the least and greatest value of each channel of what goes
        into products, by its name; with none, products are of floats."""
        self._weights, self._ranges = weights, ranges
        self._nodes: list[onnx.NodeProto] = []
        self._tensors: list[TensorProto] = []
        self._made: set[str] = set()
        self.factors: list[str] = []  # what goes into products

    def parser(self, vectors: Array, layers: int, labels: Labels) -> onnx.ModelProto:
        """Inputs: ids, shapes, mask (int32 [texts, pieces]), first, last (int64 [texts, words, 1]). Outputs by word:
        the best tag, pos, feats and lemma, start's margin, entity scores, arcs [.., 1 + words], rel_word, rel_head."""
        states = self._embed(vectors)
        for layer in range(layers):
            states = self._layer(f"layers.{layer}.", states)
        ends = [
            self._node("GatherND", [states, end], f"at_{end}", domain="", batch_dims=1) for end in ("first", "last")
        ]
        joined = self._node("Concat", ends, "ends", domain="", axis=-1)
        words = self._node("Gelu", [self._linear("join", joined)], "words")
        self._labels(words, labels)
        self._arcs(words)
        for half in ("rel_word", "rel_head"):
            self._node("Identity", [self._linear(half, words)], half, domain="")
        inputs = [_info(name, TensorProto.INT32, ["texts", "pieces"]) for name in ("ids", "shapes", "mask")]
        inputs += [_info(name, TensorProto.INT64, ["texts", "words", 1]) for name in ("first", "last")]
        outputs = [_info(name, TensorProto.INT64 if name in _WHOLE else TensorProto.FLOAT, None) for name in _OUTPUTS]
        if self._ranges is None:
            outputs += [_info(name, TensorProto.FLOAT, None) for name in dict.fromkeys(self.factors)]
        return self._model("parser", inputs, outputs)

    def relations(self, labels: Labels) -> onnx.ModelProto:
        """Inputs: rel_word, rel_head (float32 [texts, words, RELATION]), heads (int64 [texts, words, 1], 0 the root).
        Output: the best relation of each word (int64 [texts, words]) but ROOT, which is no choice."""
        weights = self._weights
        root = weights["rel_head.weight"] @ weights["root"] + weights["rel_head.bias"]
        size = self._node("Shape", ["rel_head"], "texts", domain="", end=1)
        ones = self._raw("ones", np.array([1, len(root)], dtype=np.int64), TensorProto.INT64)
        shape = self._node("Concat", [size, ones], "shape", domain="", axis=0)
        roots = self._node("Expand", [self._tensor("root", root[None, None]), shape], "roots", domain="")
        every = self._node("Concat", [roots, "rel_head"], "every", domain="", axis=1)
        chosen = self._node("GatherND", [every, "heads"], "chosen", domain="", batch_dims=1)
        both = self._node("Add", ["rel_word", chosen], "both", domain="")
        bent = self._node("Relu", [both], "bent", domain="")
        product = self._node("MatMul", [bent, self._tensor("out", weights["rel_out.weight"].T)], "product", domain="")
        bias = np.where(np.array(labels.names["dep"]) == "ROOT", np.float32(-1e4), weights["rel_out.bias"])
        scores = self._node("Add", [product, self._tensor("bias", bias)], "scores", domain="")
        self._node("ArgMax", [scores], "relation", domain="", axis=-1, keepdims=0)
        inputs = [_info(name, TensorProto.FLOAT, ["texts", "words", len(root)]) for name in ("rel_word", "rel_head")]
        inputs.append(_info("heads", TensorProto.INT64, ["texts", "words", 1]))
        return self._model("relations", inputs, [_info("relation", TensorProto.INT64, None)])

    def _model(self, name: str, inputs: list[Any], outputs: list[Any]) -> onnx.ModelProto:
        graph = helper.make_graph(self._nodes, name, inputs, outputs, self._tensors)
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="clew")

    def _embed(self, vectors: Array) -> str:
        """Word pieces are kept in 8 bits with a scale each."""
        scale = np.abs(vectors).max(axis=1, keepdims=True) / 127 + 1e-12
        table = self._raw("pieces_table", np.rint(vectors / scale).astype(np.int8), TensorProto.INT8)
        rows = self._node("Gather", [table, "ids"], "piece_rows", domain="")
        rows = self._node("Cast", [rows], "piece_floats", domain="", to=TensorProto.FLOAT)
        scales = self._node("Gather", [self._tensor("pieces_scale", scale), "ids"], "piece_scales", domain="")
        pieces = self._node("Mul", [rows, scales], "pieces", domain="")
        shapes = self._node("Gather", [self._weight("shapes.weight"), "shapes"], "written", domain="")
        both = self._node("Add", [pieces, shapes], "written_pieces", domain="")
        zero = self._raw("zero", np.array([0], dtype=np.int64), TensorProto.INT64)
        size = self._node("Shape", ["ids"], "size", domain="", start=1, end=2)
        places = self._node("Slice", [self._weight("places.weight"), zero, size], "places", domain="")
        placed = self._node("Add", [both, places], "placed", domain="")
        gains = [self._weight("norm.weight"), self._weight("norm.bias")]
        return self._node("LayerNormalization", [placed, *gains], "states", domain="", axis=-1, epsilon=EPSILON)

    def _layer(self, name: str, states: str) -> str:
        parts = self._linear(f"{name}attend_in", states)
        names = [f"{name}{role}" for role in ("query", "key", "value")]
        self._node("Split", [parts], *names, domain="", axis=-1)
        mixed = self._node("MultiHeadAttention", [*names, "", "mask"], f"{name}mixed", num_heads=ATTENTION)
        states = self._add_and_norm(f"{name}attend_norm", self._linear(f"{name}attend_out", mixed), states)
        inner = self._node("Gelu", [self._linear(f"{name}inner", states)], f"{name}bent")
        return self._add_and_norm(f"{name}norm", self._linear(f"{name}outer", inner), states)

    def _add_and_norm(self, name: str, new: str, old: str) -> str:
        inputs = [new, old, self._weight(f"{name}.weight"), self._weight(f"{name}.bias")]
        return self._node("SkipLayerNormalization", inputs, f"{name}.states", epsilon=EPSILON)

    def _labels(self, words: str, labels: Labels) -> None:
        places = labels.slices()
        sizes = np.array([place.stop - place.start for place in places.values()], dtype=np.int64)
        split = [self._linear("labels", words), self._raw("label_sizes", sizes, TensorProto.INT64)]
        self._node("Split", split, *(f"{name}_scores" for name in places), domain="", axis=-1)
        for name in _WHOLE:
            self._node("ArgMax", [f"{name}_scores"], name, domain="", axis=-1, keepdims=0)
        margin = self._tensor("margin", np.array([-1, 1], dtype=np.float32))
        self._node("MatMul", ["start_scores", margin], "start", domain="")
        self._node("Identity", ["entity_scores"], "entity", domain="")

    def _arcs(self, words: str) -> None:
        word = self._node("Gelu", [self._linear("arc_word", words)], "arc_words")
        head = self._node("Gelu", [self._linear("arc_head", words)], "arc_heads")
        pair = self._weights["arc_pair"]
        asked = self._node("MatMul", [word, self._tensor("arc_pair", pair[:-1])], "asked", domain="")
        asked = self._node("Add", [asked, self._tensor("arc_prior", pair[-1])], "asked_prior", domain="")
        turned = self._node("Transpose", [head], "heads_turned", domain="", perm=[0, 2, 1])
        inner = self._node("MatMul", [asked, turned], "arcs_inner", domain="")
        root = _gelu(self._weights["arc_head.weight"] @ self._weights["root"] + self._weights["arc_head.bias"])
        outer = self._node("MatMul", [asked, self._tensor("root", root[:, None])], "arcs_root", domain="")
        self._node("Concat", [outer, inner], "arcs", domain="", axis=-1)

    def _linear(self, name: str, states: str) -> str:
        matrix, bias = self._weights[f"{name}.weight"].T, self._weights[f"{name}.bias"]
        self.factors.append(states)
        if self._ranges is None:
            product = self._node(
                "MatMul", [states, self._tensor(f"{name}.weight", matrix)], f"{name}.product", domain=""
            )
            return self._node("Add", [product, self._tensor(f"{name}.bias", bias)], f"{name}.sum", domain="")
        scale, zero = _scales(*self._ranges[states])
        matrix = matrix * scale[:, None]
        column = np.abs(matrix).max(axis=0) / MOST_WEIGHT + 1e-12
        whole = self._raw(f"{name}.whole", np.rint(matrix / column).astype(np.int8), TensorProto.INT8)
        inputs = [self._whole(states, scale, zero), whole, self._tensor("unit", np.float32(1))]
        inputs += [self._tensor(f"{name}.scale", column), f"{states}.zero", "", self._tensor(f"{name}.bias", bias)]
        return self._node("MatMulIntegerToFloat", inputs, f"{name}.sum")

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


def _scales(least: Array, greatest: Array) -> tuple[Array, int]:
    """A scale a channel and one zero for all, so that 0..255 holds every channel's range.

    Channels share their range in part: scaled in full, a quiet channel's weights would drown beside a loud one's.
    """
    low, high = np.minimum(least, 0), np.maximum(greatest, 0)
    reach = np.maximum(np.maximum(-low, high), 1e-3)
    soft = np.sqrt(reach * reach.max())
    below, above = float((-low / soft).max()), float((high / soft).max())
    step = (below + above) / 255
    return (soft * step).astype(np.float32), round(below / step)


def _info(name: str, kind: int, shape: list[Any] | None) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, kind, shape)


def _gelu(values: Array) -> Array:
    return np.array([value * 0.5 * (1 + erf(value / sqrt(2))) for value in values], dtype=np.float32)
