"""Trains the table of token vectors on pairs, and writes the files of models/bundled.

  python train.py CACHE OUT

The loss is InfoNCE with the other pairs of a batch as negatives. The table starts from a teacher's vectors of
the tokens (teachTokens.py), reduced by PCA. Tokens that both texts of a pair have are left out of the question
at random: search finds those by its terms, and the vectors are to find the rest.
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
PROSE = {"heading", "cloze", "next", "glossary", "question"}


class Model(torch.nn.Module):
    def __init__(self, start: torch.Tensor, outside: torch.Tensor, weights: torch.Tensor):
        super().__init__()
        self.table = torch.nn.Parameter(start)
        self.register_buffer("outside", outside)
        self.query = torch.nn.Parameter(weights.clone())
        self.passage = torch.nn.Parameter(weights.clone())

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


def vocabulary_of(tokens: Tokens, kinds: np.ndarray, size: int) -> tuple:
    """The tokens that most texts have, prose and code counting alike; and the share of texts that have each."""
    counts = np.zeros((2, len(tokens.words)))
    texts = np.zeros(2)
    for pair in range(0, len(kinds), 3):
        prose = int(kinds[pair] in PROSE)
        for text in (2 * pair, 2 * pair + 1):
            counts[prose][tokens.bag(text)[0]] += 1
        texts[prose] += 2
    share = counts / texts[:, None].clip(min=1)
    order = np.argsort(-share.sum(0), kind="stable")[:size]
    return [tokens.words[i] for i in order], share.sum(0)[order] / 2


def start_of(vocabulary: list, taught: Path, dimension: int, share: np.ndarray) -> torch.Tensor:
    """A row for each token: the teacher's vector by PCA, or a random one where it knows no word for it."""
    rng = np.random.default_rng(1)
    start = rng.standard_normal((len(vocabulary), dimension)) / dimension**0.5
    if not taught.exists():
        return torch.tensor(start, dtype=torch.float32)
    data = np.load(taught)
    vectors = data["vectors"].astype(np.float32)
    row = {token: i for i, token in enumerate(data["tokens"].tolist())}
    known = [(i, row[token]) for i, token in enumerate(vocabulary) if token in row]
    places, rows = np.array([i for i, _ in known]), np.array([r for _, r in known])
    found = vectors[rows] - vectors[rows].mean(0)
    _, _, axes = np.linalg.svd(found[:: max(1, len(found) // 20_000)], full_matrices=False)
    reduced = found @ axes[:dimension].T
    start[places] = reduced / np.linalg.norm(reduced, axis=1, keepdims=True)
    print(f"{len(known)} of {len(vocabulary)} tokens from the teacher", flush=True)
    return torch.tensor(start, dtype=torch.float32)


def without_shared(question, passage, drop: float, rng):
    """The question's bag with tokens of its passage left out at random, never all of them."""
    rows, offsets, frequencies = question
    owner = np.repeat(np.arange(len(offsets)), np.diff(np.append(offsets.numpy(), len(rows))))
    other = np.repeat(np.arange(len(passage[1])), np.diff(np.append(passage[1].numpy(), len(passage[0]))))
    size = 1 << 22
    shared = np.isin(owner * size + rows.numpy(), other * size + passage[0].numpy())
    # How much is left out differs from pair to pair.
    rate = rng.random(len(offsets)) * 2 * drop
    keep = ~(shared & (rng.random(len(rows)) < rate[owner]))
    left = np.bincount(owner[keep], minlength=len(offsets))
    keep |= left[owner] == 0
    left = np.bincount(owner[keep], minlength=len(offsets))
    keep = torch.from_numpy(keep)
    offsets = torch.from_numpy(np.concatenate([[0], np.cumsum(left)[:-1]]))
    return rows[keep], offsets, frequencies[keep]


def train(args) -> None:
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    torch.set_num_threads(args.threads)
    cache = Path(args.cache)
    tokens = Tokens(cache / args.pairs)
    kinds = np.array((cache / f"{args.pairs}.kinds.txt").read_text().split())
    vocabulary, share = vocabulary_of(tokens, kinds, args.rows)
    bags = Bags(tokens, vocabulary, HASHED)
    idf = np.append(-np.log(share.clip(1e-6)), 9.0)
    start = start_of(vocabulary, cache / "taught.npz" if args.taught else cache / "none", args.dimension, share)
    outside = torch.from_numpy(hashed_rows([f"#{i}" for i in range(HASHED)], args.dimension))
    model = Model(start, outside, torch.tensor(idf / idf.mean(), dtype=torch.float32).clamp(min=0.05).log())
    rates = (args.rate / args.dimension**0.5, args.rate)
    optimiser = torch.optim.Adam(
        [{"params": [model.table], "lr": rates[0]}, {"params": [model.query, model.passage], "lr": rates[1]}],
        betas=(0.9, 0.98),
    )
    # Prose is rarer than code among the pairs, and weighs as much among the questions that people ask.
    prose = np.flatnonzero(np.isin(kinds, list(PROSE)))
    code = np.flatnonzero(~np.isin(kinds, list(PROSE)))
    share_of_prose = args.prose
    began = time.time()
    for step in range(args.steps):
        left = 1 - step / args.steps
        for group, base in zip(optimiser.param_groups, rates):
            group["lr"] = base * min(1, (step + 1) / 50) * left
        some = int(args.batch * share_of_prose)
        # A batch is of one kind now and then, so that its negatives are hard.
        if rng.random() < args.pure:
            pick = rng.choice(prose if rng.random() < share_of_prose else code, args.batch, replace=False)
        else:
            pick = np.concatenate([rng.choice(prose, some, False), rng.choice(code, args.batch - some, False)])
        question, passage = bags.batch(pick * 2), bags.batch(pick * 2 + 1)
        if args.drop:
            question = without_shared(question, passage, args.drop, rng)
        a, b = model.embed(*question, query=True), model.embed(*passage, query=False)
        scores = a @ b.T / args.temperature
        target = torch.arange(len(pick))
        loss = (F.cross_entropy(scores, target) + F.cross_entropy(scores.T, target)) / 2
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 100 == 0:
            hit = (scores.argmax(1) == target).float().mean()
            print(f"{time.time() - began:6.0f}s step {step} loss {loss:.3f} hit {hit:.3f}", flush=True)
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
        "unknown": {"query": args.unknown * float(query[-1]), "passage": args.unknown * float(passage[-1])},
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
    parser.add_argument("--rows", type=int, default=31_000)
    parser.add_argument("--dimension", type=int, default=128)
    parser.add_argument("--batch", type=int, default=2048)
    # More steps fit the training pairs better and the questions of people worse.
    parser.add_argument("--steps", type=int, default=700)
    parser.add_argument("--rate", type=float, default=0.03)
    parser.add_argument("--temperature", type=float, default=0.05)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--taught", action=argparse.BooleanOptionalAction, default=True)
    parser.add_argument("--drop", type=float, default=0.3)
    parser.add_argument("--prose", type=float, default=0.5)
    parser.add_argument("--pure", type=float, default=0.5)
    # Training sees too few words outside the vocabulary that matter: names, and other languages. Doubling their
    # weight was found best on the development halves.
    parser.add_argument("--unknown", type=float, default=2.0)
    train(parser.parse_args())


if __name__ == "__main__":
    main()
