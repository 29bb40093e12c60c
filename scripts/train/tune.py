"""Tunes the teacher (all-MiniLM-L6-v2) on the training pairs, for passages of code and documentation.

  python tune.py CACHE TEACHER OUT

Writes OUT/tuned.pt, the state of the encoder, which encoder.py averages with the teacher's own. The loss is InfoNCE with the other pairs of a batch as negatives; the pairs
of a batch are of one kind, and mostly of one source, so that the negatives are hard.
"""

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from transformers import AutoModel

# How often a batch is of this kind: what people look for counts, not how many pairs there are.
KINDS = {
    "docstring": 0.28, "commit": 0.24, "comment": 0.1, "heading": 0.16, "cloze": 0.06,
    "command": 0.05, "next": 0.03, "glossary": 0.04, "name": 0.04,
}
LONGEST_QUESTION, LONGEST_PASSAGE = 48, 128


def read_pairs(path: Path, most: int) -> dict:
    """The first pairs of the shuffled file: texts by kind and source."""
    pairs = defaultdict(lambda: defaultdict(list))
    with open(path) as lines:
        for number, line in enumerate(lines):
            if number >= most:
                break
            pair = json.loads(line)
            if pair["kind"] in KINDS:
                pairs[pair["kind"]][pair["source"]].append((pair["a"], pair["b"]))
    return pairs


class Batches:
    def __init__(self, pairs: dict, size: int, seed: int):
        self.pairs, self.size = pairs, size
        self.rng = np.random.default_rng(seed)
        self.all = {kind: [pair for some in of.values() for pair in some] for kind, of in pairs.items()}
        self.kinds = [kind for kind in KINDS if kind in pairs]
        self.odds = np.array([KINDS[kind] for kind in self.kinds]) / sum(KINDS[kind] for kind in self.kinds)

    def next(self) -> list:
        kind = self.rng.choice(self.kinds, p=self.odds)
        pool = self.all[kind]
        large = [some for some in self.pairs[kind].values() if len(some) >= 4 * self.size]
        if large and self.rng.random() < 0.6:
            odds = np.array([len(some) for some in large]) ** 0.5
            pool = large[self.rng.choice(len(large), p=odds / odds.sum())]
        picked, questions, passages = [], set(), set()
        # The same text twice would be its own negative.
        for at in self.rng.choice(len(pool), min(len(pool), 2 * self.size), replace=False):
            a, b = pool[at]
            if a not in questions and b not in passages:
                picked.append((a, b))
                questions.add(a)
                passages.add(b)
            if len(picked) == self.size:
                break
        return picked


class Encoder:
    def __init__(self, folder: Path):
        self.model = AutoModel.from_pretrained(folder)
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.tokenizer.no_padding()

    def embed(self, texts: list, longest: int) -> torch.Tensor:
        """Unit vectors: the mean over the last layer."""
        self.tokenizer.enable_truncation(longest)
        codes = self.tokenizer.encode_batch(texts)
        # Two halves by length, so that short texts are not padded to the longest.
        order = np.argsort([len(code.ids) for code in codes], kind="stable")
        out = [None] * len(texts)
        for part in np.array_split(order, 4 if len(texts) >= 32 else 1):
            width = max(len(codes[i].ids) for i in part)
            ids = torch.zeros(len(part), width, dtype=torch.long)
            mask = torch.zeros(len(part), width, dtype=torch.long)
            for row, i in enumerate(part):
                n = len(codes[i].ids)
                ids[row, :n] = torch.tensor(codes[i].ids)
                mask[row, :n] = 1
            last = self.model(input_ids=ids, attention_mask=mask).last_hidden_state
            real = mask.unsqueeze(-1).float()
            vectors = F.normalize((last * real).sum(1) / real.sum(1), dim=1)
            for row, i in enumerate(part):
                out[i] = vectors[row]
        return torch.stack(out)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("cache")
    parser.add_argument("teacher")
    parser.add_argument("out")
    parser.add_argument("--pairs", type=int, default=300_000)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--steps", type=int, default=490, help="4 s each on two cores")
    parser.add_argument("--rate", type=float, default=4e-5)
    parser.add_argument("--temperature", type=float, default=0.05)
    parser.add_argument("--frozen", type=int, default=1, help="lowest layers that stay as they are")
    args = parser.parse_args()
    torch.manual_seed(1)
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    encoder = Encoder(Path(args.teacher))
    model = encoder.model.train()
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    # The token vectors stay: few would be seen often enough.
    for name, parameter in model.named_parameters():
        layer = int(name.split(".")[2]) if name.startswith("encoder.layer.") else -1
        parameter.requires_grad = layer >= args.frozen
    learned = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimiser = torch.optim.AdamW(learned, lr=args.rate, weight_decay=0.01)
    batches = Batches(read_pairs(Path(args.cache) / "shuffled.jsonl", args.pairs), args.batch, 1)
    began, losses = time.time(), []
    for step in range(args.steps):
        for group in optimiser.param_groups:
            group["lr"] = args.rate * min(1, (step + 1) / 30) * (1 - step / args.steps)
        pairs = batches.next()
        a = encoder.embed([pair[0] for pair in pairs], LONGEST_QUESTION)
        b = encoder.embed([pair[1] for pair in pairs], LONGEST_PASSAGE)
        scores = a @ b.T / args.temperature
        target = torch.arange(len(pairs))
        loss = (F.cross_entropy(scores, target) + F.cross_entropy(scores.T, target)) / 2
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(learned, 1.0)
        optimiser.step()
        losses.append(loss.item())
        if step % 20 == 0:
            print(f"{time.time() - began:6.0f}s step {step} loss {np.mean(losses[-100:]):.3f}", flush=True)
    torch.save(model.state_dict(), out / "tuned.pt")


if __name__ == "__main__":
    main()
