"""Texts become vectors: both paths agree, any text will do, and a missing or damaged model is named."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from clew.graph.embeddings.embeddings import DEFAULT_MODEL, Embedder, default_folder
from clew.graph.embeddings.onnx_encoder import OnnxEmbedder
from clew.graph.embeddings.onnx_files import GRAPH, MANIFEST, WEIGHTS, is_intact
from clew.graph.embeddings.open import open_embedder
from clew.graph.errors import ModelError

SENTENCE = "Teutberga was a queen of Lotharingia by marriage to Lothair II. "
VARIED = [
    "",
    " ",
    "a",
    "?",
    "\0",
    "\n\t\r",
    "Who is the mother of the director of film Polish-Russian War?",
    "Пётр Ильич Чайковский родился в Воткинске.",
    "東京は日本の首都です。",
    "القاهرة عاصمة مصر",
    "नई दिल्ली भारत की राजधानी है",
    "👩‍👩‍👧‍👦🏳️‍🌈🚀",
    "e\u0301clair, éclair, ECLAIR",
    "ﬁ Ⅳ ① ｆｕｌｌ",
    "\u202eright to left\u202c \ufeff\u200b",
    "[CLS] [SEP] [MASK] [PAD] [UNK]",
    "x" * 5000,
    "MATCH (n) DETACH DELETE n; DROP TABLE entities; --",
    "https://example.org/a?b=c&d=%20#e",
    "3.14159 1,000,000 -5e-9 1875-11-11",
    "\ud800 lone \udfff surrogates \udc80",
    "café " * 300,
    *(SENTENCE * times for times in range(1, 20)),
    SENTENCE * 2000,
]


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the export in it."""
    folder = tmp_path_factory.mktemp("cache")
    open_embedder(cache=folder, threads=1)
    return folder


@pytest.fixture(scope="module")
def embedder(cache: Path) -> Embedder:
    """The default embedder."""
    return open_embedder(cache=cache, threads=2)


def _entry(cache: Path) -> Path:
    (entry,) = (cache / "encoders").iterdir()
    return entry


def _python(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A process of its own, that no library may use to reach the network."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


def test_the_default_says_what_it_is(embedder: Embedder) -> None:
    assert embedder.fingerprint == "all-MiniLM-L6-v2/53aa51172d14/384/mean/l2"
    assert embedder.dimension == 384


def test_no_texts_no_vectors(embedder: Embedder) -> None:
    vectors = embedder.encode([])
    assert vectors.shape == (0, 384)
    assert vectors.dtype == np.float32


def test_vectors_are_unit_and_mean_something(embedder: Embedder) -> None:
    cat, kitten, bond = embedder.encode(["A cat sleeps.", "A kitten is napping.", "Bond yields rose in March."])
    assert np.linalg.norm(cat) == pytest.approx(1, abs=1e-6)
    assert cat @ kitten > 0.6
    assert cat @ bond < 0.2


def test_order_and_company_do_not_change_a_vector(embedder: Embedder) -> None:
    together = embedder.encode(VARIED)
    alone = np.vstack([embedder.encode([text]) for text in VARIED])
    backwards = embedder.encode(VARIED[::-1])[::-1]
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(together, backwards, atol=1e-5)


def test_many_texts_keep_their_order_across_windows(embedder: Embedder) -> None:
    texts = [f"number {index % 7}" for index in range(2100)]  # a window is 2,048 texts
    vectors = embedder.encode(texts)
    np.testing.assert_allclose(vectors, vectors[:7][np.arange(2100) % 7], atol=1e-5)


def test_the_same_text_in_the_same_call_gives_the_same_bits_again(embedder: Embedder) -> None:
    assert np.array_equal(embedder.encode(VARIED[:30]), embedder.encode(VARIED[:30]))


def test_threads_share_one_embedder(embedder: Embedder) -> None:
    texts = VARIED[:30]
    expected = embedder.encode(texts)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(lambda _: embedder.encode(texts), range(4)):
            np.testing.assert_allclose(vectors, expected, atol=1e-5)


@given(st.lists(st.text(st.characters(), max_size=80), max_size=5))
@example(["\ud800", "a\0b", ""])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_has_a_unit_vector(embedder: Embedder, texts: list[str]) -> None:
    vectors = embedder.encode(texts)
    assert vectors.shape == (len(texts), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_a_huge_text_is_cut(embedder: Embedder) -> None:
    huge, cut = embedder.encode([SENTENCE * 20_000, SENTENCE * 100])
    np.testing.assert_allclose(huge, cut, atol=1e-5)


# PyTorch is imported in processes of their own: its imports are slow, and what they warn of is not ours to mend.

BY_TORCH = """
import json, sys
import numpy
from clew.graph.embeddings.embeddings import default_folder
from clew.graph.embeddings.torch_encoder import TorchEmbedder
embedder = TorchEmbedder(str(default_folder()), name="all-MiniLM-L6-v2", device="cpu", threads=2)
numpy.save(sys.argv[2], embedder.encode(json.load(open(sys.argv[1]))))
print(embedder.fingerprint, embedder.dimension, embedder.encode([]).shape)
"""

REFUSED = """
import sys
from clew.graph.embeddings.open import open_embedder
from clew.graph.errors import ModelError
for model, device in zip(sys.argv[1::2], sys.argv[2::2]):
    try:
        open_embedder(model, device=device)
    except ModelError as error:
        print(str(error).replace(chr(10), " "))
"""


@pytest.mark.slow  # imports PyTorch
def test_both_paths_give_the_same_vectors(embedder: Embedder, tmp_path: Path) -> None:
    (tmp_path / "texts.json").write_text(json.dumps(VARIED), encoding="ascii")
    done = _python(BY_TORCH, str(tmp_path / "texts.json"), str(tmp_path / "vectors.npy"))
    assert done.returncode == 0, done.stderr
    assert done.stdout.split(maxsplit=1) == [embedder.fingerprint, "384 (0, 384)\n"]
    ours, theirs = embedder.encode(VARIED), np.load(tmp_path / "vectors.npy")
    assert (ours * theirs).sum(axis=1).min() > 0.9999
    assert np.abs(ours - theirs).max() < 1e-5


@pytest.mark.slow  # imports PyTorch
def test_a_model_that_cannot_be_had_is_named(tmp_path: Path) -> None:
    asked = ["nobody/no-such-model", "auto", str(tmp_path), "cpu", DEFAULT_MODEL, "warp"]
    done = _python(REFUSED, *asked)
    assert done.returncode == 0, done.stderr
    remote, empty, device = done.stdout.splitlines()
    assert "'nobody/no-such-model' is not on this computer" in remote
    assert f"The folder {tmp_path} holds no usable" in empty
    assert "cannot run on device 'warp'" in device
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    "model", ["/no/such/folder", "./none", "~nobody-at-all/model", "a/b/c", "", " ", "x\0y", "/" + "x" * 5000]
)
def test_a_folder_that_is_not_there_is_named_at_once(model: str) -> None:
    with pytest.raises(ModelError, match="There is no folder"):
        open_embedder(model)


def test_the_default_starts_without_heavy_imports(cache: Path) -> None:
    code = """
import sys
from pathlib import Path
from clew.graph.embeddings.open import open_embedder
assert not {"onnxruntime", "tokenizers"} & sys.modules.keys()
open_embedder(cache=Path(sys.argv[1])).encode(["hello"])
print(sorted({"torch", "transformers", "sentence_transformers", "onnx", "spacy"} & sys.modules.keys()))
"""
    done = _python(code, str(cache))
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_second_start_leaves_the_export_alone(cache: Path) -> None:
    before = {file.name: file.stat().st_mtime_ns for file in _entry(cache).iterdir()}
    open_embedder(cache=cache, threads=1)
    assert before == {file.name: file.stat().st_mtime_ns for file in _entry(cache).iterdir()}


@pytest.mark.parametrize("name", [GRAPH, WEIGHTS, MANIFEST])
@pytest.mark.parametrize("harm", ["truncated", "flipped", "missing"])
def test_a_damaged_export_is_made_anew(cache: Path, tmp_path: Path, name: str, harm: str, embedder: Embedder) -> None:
    shutil.copytree(cache / "encoders", tmp_path / "encoders")
    file = _entry(tmp_path) / name
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    if harm == "missing":
        file.unlink()
    else:
        file.write_bytes(raw if harm == "flipped" else raw[: len(raw) // 2])
    mended = open_embedder(cache=tmp_path, threads=1)
    assert is_intact(_entry(tmp_path))
    np.testing.assert_allclose(mended.encode(["hello"]), embedder.encode(["hello"]), atol=1e-5)


def test_processes_that_export_at_once_all_get_the_model(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from clew.graph.embeddings.open import open_embedder
print(open_embedder(cache=Path(sys.argv[1]), threads=1).encode(["hello"]).shape)
"""
    with ThreadPoolExecutor(3) as pool:
        runs = list(pool.map(lambda _: _python(code, str(tmp_path)), range(3)))
    assert [(run.stdout, run.stderr) for run in runs] == [("(1, 384)\n", "")] * 3
    assert is_intact(_entry(tmp_path))  # and nothing else is left there


def test_foreign_weights_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "model"
    shutil.copytree(default_folder(), folder)
    with (folder / "model.safetensors").open("r+b") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\x55")
    with pytest.raises(ModelError, match="not the expected ones"):
        OnnxEmbedder(folder, cache=tmp_path, threads=1)
    assert not (tmp_path / "encoders").exists()


def test_a_cache_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", encoding="ascii")
    with pytest.raises(ModelError, match=r"cannot be prepared in .*file") as caught:
        open_embedder(cache=blocked, threads=1)
    assert "cache directory" in caught.value.hint


def test_a_damaged_tokenizer_is_named(tmp_path: Path, cache: Path) -> None:
    shutil.copytree(default_folder(), tmp_path / "model", ignore=shutil.ignore_patterns("*.safetensors"))
    (tmp_path / "model" / "tokenizer.json").write_text("{", encoding="ascii")
    with pytest.raises(ModelError, match=r"tokenizer in .* cannot be read"):
        OnnxEmbedder(tmp_path / "model", cache=cache, threads=1)
