"""Writes models/bundled/encoder: the tuned transformer, averaged with its teacher, in 8 bits for ONNX Runtime.

  python encoder.py TEACHER TUNED.pt OUT [--share 0.5]

Between the teacher and what tuning made of it lies a model that keeps the teacher's general knowledge and has
most of what was learned (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").
"""

import argparse
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

import torch

from teacher import Encoder, export


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("teacher", type=Path)
    parser.add_argument("tuned", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--share", type=float, default=0.5, help="of the tuned weights")
    args = parser.parse_args()
    encoder = Encoder(args.teacher)
    state = encoder.bert.state_dict()
    if args.share > 0:
        tuned = torch.load(args.tuned)
        for name, weights in state.items():
            if weights.is_floating_point():
                state[name] = (1 - args.share) * weights + args.share * tuned[name]
    encoder.bert.load_state_dict(state)
    (args.out / "onnx").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as scratch:
        export(encoder, Path(scratch))
        shutil.copy(Path(scratch) / "onnx/model_quantized.onnx", args.out / "onnx/model_quantized.onnx")
    for name in ("config.json", "tokenizer.json", "tokenizer_config.json"):
        shutil.copy(args.teacher / name, args.out / name)
    weights = sha256(args.out / "onnx/model_quantized.onnx")
    about = {
        "name": "carrel-encoder",
        "revision": weights[:12],
        "dimension": encoder.bert.config.hidden_size,
        "sha256": {"weights": weights, "tokenizer": sha256(args.out / "tokenizer.json")},
    }
    (args.out / "model.json").write_text(json.dumps(about, indent=2) + "\n")


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
