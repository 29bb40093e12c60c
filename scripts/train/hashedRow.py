"""The vectors of words outside the vocabulary: the same numbers as models/hashedRow.ts, for numpy."""

import numpy as np


def hashed_rows(words: list, dimension: int) -> np.ndarray:
    """One row of ±1/√dimension for each word."""
    out = np.empty((len(words), dimension), np.float32)
    for i, word in enumerate(words):
        out[i] = hashed_row(word, dimension)
    return out


def hashed_row(word: str, dimension: int) -> np.ndarray:
    state = 0x811C9DC5
    units = word.encode("utf-16-le", "surrogatepass")
    for at in range(0, len(units), 2):
        state = ((state ^ int.from_bytes(units[at : at + 2], "little")) * 0x01000193) & 0xFFFFFFFF
    bits = []
    for _ in range(dimension // 32):
        state = mix((state + 0x9E3779B9) & 0xFFFFFFFF)
        bits.extend((state >> bit) & 1 for bit in range(32))
    return (np.array(bits, np.float32) * 2 - 1) / np.sqrt(dimension)


def mix(x: int) -> int:
    x ^= x >> 16
    x = (x * 0x85EBCA6B) & 0xFFFFFFFF
    x ^= x >> 13
    x = (x * 0xC2B2AE35) & 0xFFFFFFFF
    return x ^ (x >> 16)
