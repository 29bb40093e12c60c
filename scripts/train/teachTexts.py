"""Asks the teacher for a vector of short questions of the training pairs (documentation, headings, commits).

  python teachTexts.py CACHE TEACHER COUNT

Writes taughtTexts.npz: the number of each pair in shuffled.jsonl and the vector of its "a".
"""

import json
import sys
from pathlib import Path

import numpy as np

from teachTokens import Teacher

LONGEST = 110
KINDS = {"docstring": 0.5, "heading": 0.5, "comment": 0.3, "commit": 0.25, "command": 0.2, "glossary": 1.0, "cloze": 0.3}


def main() -> None:
    cache, folder, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    rng = np.random.default_rng(3)
    numbers, texts = [], []
    with open(cache / "shuffled.jsonl") as lines:
        for number, line in enumerate(lines):
            pair = json.loads(line)
            if len(pair["a"]) <= LONGEST and rng.random() < KINDS.get(pair["kind"], 0):
                numbers.append(number)
                texts.append(pair["a"])
                if len(texts) == count:
                    break
    vectors = Teacher(folder, longest=48).embed(texts)
    np.savez(cache / "taughtTexts.npz", pairs=np.array(numbers), vectors=vectors.astype(np.float16))


if __name__ == "__main__":
    main()
