"""A trained network in a folder: weights as safetensors, its sizes and what it was trained with as JSON, and a card."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from clew.gnn.model import PathNetwork, Sizes
from clew.graph.errors import ModelError

FORMAT = 1
WEIGHTS, CONFIG, CARD = "network.safetensors", "config.json", "README.md"
SHIPPED = Path(__file__).parent / "models" / "paths"
TRAIN = "Train one with: clew train."


@dataclass(frozen=True)
class Calibration:
    """Platt's scaling (1999): a raw probability p becomes sigmoid(scale logit(p) + shift)."""

    scale: float = 1.0
    shift: float = 0.0

    def __call__(self, probability: Tensor) -> Tensor:
        """Calibrated probabilities, of the same shape. What has no chance keeps none."""
        sure = probability.double().clamp(1e-9, 1 - 1e-9)
        mended = torch.sigmoid(self.scale * torch.logit(sure) + self.shift)
        return torch.where(probability > 0, mended, 0.0).to(probability.dtype)


@dataclass(frozen=True)
class Checkpoint:
    """A network with what one must know to run it: `encoder` is the fingerprint of the sentence encoder that it reads
    with, `trained` says on what and with which figures."""

    network: PathNetwork
    encoder: str
    calibration: Calibration = field(default_factory=Calibration)
    trained: Mapping[str, Any] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        """First 12 digits of the SHA-256 of the weights."""
        digest = hashlib.sha256()
        for name, tensor in sorted(self.network.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.detach().cpu().contiguous().numpy().tobytes())
        return digest.hexdigest()[:12]


def save(checkpoint: Checkpoint, folder: Path, *, card: str = "") -> None:
    """The checkpoint is in the folder; each file is there whole or as it was before."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = {name: tensor.detach().cpu().contiguous() for name, tensor in checkpoint.network.state_dict().items()}
    config = {
        "format": FORMAT,
        "network": asdict(checkpoint.network.sizes),
        "encoder": checkpoint.encoder,
        "calibration": asdict(checkpoint.calibration),
        "trained": dict(checkpoint.trained),
    }
    _replace(folder / WEIGHTS, lambda file: save_file(weights, file))
    _replace(
        folder / CONFIG, lambda file: file.write_text(json.dumps(config, indent=1, sort_keys=True) + "\n", "utf-8")
    )
    if card:
        _replace(folder / CARD, lambda file: file.write_text(card, "utf-8"))
    sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in (CONFIG, WEIGHTS)]
    _replace(folder / "SHA256SUMS", lambda file: file.write_text("".join(sums), "utf-8"))


def _replace(file: Path, write: Any) -> None:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=file.name)
    os.close(handle)
    try:
        write(Path(name))
        Path(name).chmod(0o644)
        Path(name).replace(file)
    finally:
        Path(name).unlink(missing_ok=True)


def load(folder: Path, *, device: str = "cpu") -> Checkpoint:
    """The checkpoint in a folder, ready to run. Raises ModelError where there is none, or it is damaged or foreign."""
    if not (folder / CONFIG).is_file():
        raise ModelError(f"There is no checkpoint in {folder}: it has no {CONFIG}.", hint=TRAIN)
    try:
        config = json.loads((folder / CONFIG).read_text("utf-8"))
        if config["format"] != FORMAT:
            raise ModelError(
                f"The checkpoint {folder} has format {config['format']}; this Clew reads format {FORMAT}.", hint=TRAIN
            )
        known = {entry.name for entry in fields(Sizes)}
        network = PathNetwork(Sizes(**{key: value for key, value in config["network"].items() if key in known}))
        network.load_state_dict(load_file(folder / WEIGHTS, device=device))
        calibration = Calibration(**config["calibration"])
        encoder = str(config["encoder"])
    except (OSError, ValueError, KeyError, TypeError, RuntimeError, SafetensorError) as error:
        first = (str(error).strip().splitlines() or [type(error).__name__])[0]
        raise ModelError(f"The checkpoint {folder} cannot be read: {first}", hint=TRAIN) from error
    return Checkpoint(network.to(device).eval(), encoder, calibration, config.get("trained", {}))
