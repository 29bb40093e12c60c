"""Trains the table of token vectors on pairs, and writes the files of models/bundled.

  python train.py CACHE OUT --minutes 4
"""

import argparse
import hashlib
import json
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

from bags import Bags, Tokens
from hashedRow import hashed_rows

HASHED = 65_536


class Model(torch.nn.Module):
    def __init__(self, start: torch.Tensor, outside: torch.Tensor, idf: torch.Tensor):
        super().__init__()
        self.table = torch.nn.Parameter(start)
        self.register_buffer("outside", outside)
        self.query = torch.nn.Parameter(idf.clone())
        self.passage = torch.nn.Parameter(idf.clone())

    def embed(self, rows, offsets, frequencies, query: bool):
        """Unit vectors. Rows behind the table are words outside the vocabulary, which share one weight."""
        inside = self.table.shape[0]
        weights = (self.query if query else self.passage).exp()
        factors = frequencies * weights[rows.clamp(max=inside)]
        known = rows < inside
        sums = F.embedding_bag(
            rows.clamp(max=inside - 1), self.table, offsets, mode="sum", per_sample_weights=factors * known
        )
        others = F.embedding_bag(
            (rows - inside).clamp(min=0), self.outside, offsets, mode="sum", per_sample_weights=factors * ~known
        )
        return F.normalize(sums + others, dim=1)


def vocabulary_of(tokens: Tokens, size: int) -> list:
    order = np.argsort(-tokens.documents, kind="stable")[:size]
    return [tokens.words[i] for i in order]


def train(args) -> None:
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    torch.set_num_threads(args.threads)
    tokens = Tokens(Path(args.cache) / args.pairs)
    vocabulary = vocabulary_of(tokens, args.rows)
    bags = Bags(tokens, vocabulary, HASHED)
    count = len(tokens) // 2
    documents = {word: n for word, n in zip(tokens.words, tokens.documents)}
    idf = torch.tensor([np.log(len(tokens) / documents[word]) for word in vocabulary] + [9.0]).float()
    start = torch.randn(args.rows, args.dimension) / args.dimension**0.5
    outside = torch.from_numpy(hashed_rows([f"#{i}" for i in range(HASHED)], args.dimension))
    model = Model(start, outside, (idf / idf.mean()).clamp(min=0.05).log())
    groups = [
        {"params": [model.table], "lr": args.rate / args.dimension**0.5},
        {"params": [model.query, model.passage], "lr": args.rate},
    ]
    optimiser = torch.optim.Adam(groups, betas=(0.9, 0.98))
    began, step, epoch = time.time(), 0, 0
    while (left := 1 - (time.time() - began) / (args.minutes * 60)) > 0:
        order = rng.permutation(count)
        for at in range(0, count - args.batch + 1, args.batch):
            left = 1 - (time.time() - began) / (args.minutes * 60)
            if left <= 0:
                break
            for group, base in zip(optimiser.param_groups, (args.rate / args.dimension**0.5, args.rate)):
                group["lr"] = base * min(1, (step + 1) / 50) * left
            pick = order[at : at + args.batch]
            a = model.embed(*bags.batch(pick * 2), query=True)
            b = model.embed(*bags.batch(pick * 2 + 1), query=False)
            scores = a @ b.T / args.temperature
            target = torch.arange(len(pick))
            loss = (F.cross_entropy(scores, target) + F.cross_entropy(scores.T, target)) / 2
            optimiser.zero_grad()
            loss.backward()
            optimiser.step()
            if step % 50 == 0:
                hit = (scores.argmax(1) == target).float().mean()
                print(f"{time.time() - began:6.0f}s epoch {epoch} step {step} loss {loss:.3f} hit {hit:.3f}", flush=True)
            step += 1
        epoch += 1
    write(model, vocabulary, args)


def write(model: Model, vocabulary: list, args) -> None:
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    table = model.table.detach().numpy()
    scales = np.abs(table).max(axis=1) / 127
    quantised = np.round(table / scales[:, None]).astype(np.int8)
    query = model.query.detach().exp().numpy()
    passage = model.passage.detach().exp().numpy()
    vectors = quantised.tobytes() + (scales * query[:-1]).astype("<f4").tobytes()
    vectors += (scales * passage[:-1]).astype("<f4").tobytes()
    words = "\n".join(vocabulary).encode("utf8", "surrogatepass")
    digest = {"vectors": hashlib.sha256(vectors).hexdigest(), "vocabulary": hashlib.sha256(words).hexdigest()}
    about = {
        "name": "carrel-static",
        "revision": digest["vectors"][:12],
        "dimension": args.dimension,
        "rows": len(vocabulary),
        "unknown": {"query": float(query[-1]), "passage": float(passage[-1])},
        "sha256": digest,
    }
    (out / "vectors.bin").write_bytes(vectors)
    (out / "vocabulary.txt").write_bytes(words)
    (out / "model.json").write_text(json.dumps(about, indent=2) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("cache")
    parser.add_argument("out")
    parser.add_argument("--pairs", default="shuffled")
    parser.add_argument("--rows", type=int, default=30_000)
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--batch", type=int, default=1024)
    parser.add_argument("--minutes", type=float, default=4)
    parser.add_argument("--rate", type=float, default=0.05)
    parser.add_argument("--temperature", type=float, default=0.05)
    parser.add_argument("--threads", type=int, default=1)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
