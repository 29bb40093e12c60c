"""Takes the evaluation's texts out of the training pairs, and says how many there were.

  python exclude.py CACHE EVALUATION

A pair goes when its question is one of the evaluation's, or when two fifths of its sentences or lines (of 30
characters and more, letters and digits alone) stand in the evaluation's files. Writes shuffled.jsonl.
"""

import hashlib
import json
import random
import re
import sys
from pathlib import Path


def normal(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


def mark(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf8", "surrogatepass"), digest_size=8).digest()


def segments(text: str):
    for piece in re.split(r"\n|(?<=[.!?])\s", text):
        piece = normal(piece)
        if len(piece) >= 30:
            yield mark(piece)


def main() -> None:
    cache, evaluation = Path(sys.argv[1]), Path(sys.argv[2])
    known, asked = set(), set()
    for folder in (evaluation / "sets").iterdir():
        if not folder.is_dir():
            continue
        for question in json.loads((folder / "set.json").read_text())["questions"]:
            asked.add(mark(normal(question["query"])))
        for path in (folder / "files").rglob("*"):
            if path.is_file():
                known.update(segments(path.read_text("utf8", errors="replace")))
    kept, dropped = [], {}
    with open(cache / "pairs.jsonl") as lines:
        for line in lines:
            pair = json.loads(line)
            marks = list(segments(pair["b"])) + list(segments(pair["a"]))
            shared = sum(one in known for one in marks)
            if mark(normal(pair["a"])) in asked or (marks and shared >= 0.4 * len(marks)):
                dropped[pair["source"]] = dropped.get(pair["source"], 0) + 1
            else:
                kept.append(line)
    random.seed(1)
    random.shuffle(kept)
    with open(cache / "shuffled.jsonl", "w") as out:
        out.writelines(kept)
    with open(cache / "shuffled.kinds.txt", "w") as out:
        out.writelines(json.loads(line)["kind"] + "\n" for line in kept)
    print(f"{len(kept)} pairs kept, {sum(dropped.values())} dropped: {dropped}")


if __name__ == "__main__":
    main()
