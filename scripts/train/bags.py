"""Tokenized texts, as tokenize.ts writes them, as bags of rows of the model's table."""

from pathlib import Path

import numpy as np
import torch


class Tokens:
    """NAME.bin and NAME.tokens.txt."""

    def __init__(self, base: Path):
        data = np.fromfile(f"{base}.bin", np.int32)
        starts, at = [], 0
        while at < len(data):
            starts.append(at)
            at += 1 + 2 * data[at]
        self.starts = np.array(starts + [len(data)], np.int64)
        self.data = data
        lines = Path(f"{base}.tokens.txt").read_text("utf8", errors="surrogatepass").rstrip("\n").split("\n")
        self.words = [line.rsplit(" ", 1)[0] for line in lines]
        self.documents = np.array([int(line.rsplit(" ", 1)[1]) for line in lines])

    def __len__(self) -> int:
        return len(self.starts) - 1

    def bag(self, text: int):
        start, end = self.starts[text] + 1, self.starts[text + 1]
        pairs = self.data[start:end].reshape(-1, 2)
        return pairs[:, 0], pairs[:, 1]


class Bags:
    """Maps each token to a row: of the vocabulary, or behind it one of some rows for the words outside."""

    def __init__(self, tokens: Tokens, vocabulary: list, hashed: int):
        row = {word: i for i, word in enumerate(vocabulary)}
        self.tokens = tokens
        self.row = np.array(
            [row.get(word, len(vocabulary) + number % hashed) for number, word in enumerate(tokens.words)]
        )

    def batch(self, texts: np.ndarray):
        """(rows, offsets, frequencies) for embedding_bag."""
        starts = self.tokens.starts[texts] + 1
        lengths = (self.tokens.starts[texts + 1] - starts) // 2
        offsets = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        at = np.repeat(starts - 2 * offsets, lengths) + 2 * np.arange(lengths.sum())
        frequencies = 1 + np.log(self.tokens.data[at + 1])
        return (
            torch.from_numpy(self.row[self.tokens.data[at]]),
            torch.from_numpy(offsets),
            torch.from_numpy(frequencies.astype(np.float32)),
        )
