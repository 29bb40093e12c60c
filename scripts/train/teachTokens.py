"""Asks the teacher for a vector of each token, as a start for the table.

  python teachTokens.py CACHE TEACHER

Reads surfaces.txt (token and word), writes taught.npz: tokens and their vectors of the teacher's dimension.
"""

import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer


class Teacher:
    def __init__(self, folder: Path, threads: int = 1, weights: str = "model.onnx", longest: int = 128):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.session = onnxruntime.InferenceSession(folder / "onnx" / weights, options)
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.enable_truncation(longest)
        self.tokenizer.enable_padding()

    def embed(self, texts: list, batch: int = 32) -> np.ndarray:
        """Unit vectors: the mean over each text's tokens."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        out = np.zeros((len(texts), 384), np.float32)
        began = time.time()
        for at in range(0, len(order), batch):
            some = order[at : at + batch]
            encoded = self.tokenizer.encode_batch([texts[i] for i in some])
            ids = np.array([one.ids for one in encoded], np.int64)
            mask = np.array([one.attention_mask for one in encoded], np.int64)
            inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
            layer = self.session.run(None, inputs)[0]
            vectors = (layer * mask[:, :, None]).sum(1)
            out[some] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
            if at // batch % 200 == 0:
                print(f"{time.time() - began:.0f}s {at}/{len(texts)}", file=sys.stderr, flush=True)
        return out


def main() -> None:
    cache, folder = Path(sys.argv[1]), Path(sys.argv[2])
    lines = [line.split(" ", 1) for line in (cache / "surfaces.txt").read_text("utf8").splitlines()]
    vectors = Teacher(folder).embed([word for _, word in lines])
    np.savez(cache / "taught.npz", tokens=np.array([token for token, _ in lines]), vectors=vectors.astype(np.float16))


if __name__ == "__main__":
    main()
