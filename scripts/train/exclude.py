"""Takes the evaluation's texts out of the training pairs, and says how many there were.

  python exclude.py CACHE EVALUATION

No source may be one that an evaluation's set is made of, be it as a repository or as a package: that is an error.
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


def refuse_shared(name: str, source: str) -> None:
    """Ends the program when a repository of a set stands in sources.json, too."""
    sources = json.loads((Path(__file__).parent / "sources.json").read_text())
    trained = {one["name"].lower() for one in sources["repositories"]}
    packages = {one["name"].removeprefix("python3-").removesuffix("-doc"): one["name"] for one in sources["packages"]}
    for repository in re.findall(r"github\.com/([\w.-]+/[\w-]+)", source.lower()):
        package = packages.get(repository.split("/")[1])
        if repository in trained or package:
            sys.exit(f"{package or repository} is a source of training, and of the evaluation's {name}.")


def main() -> None:
    cache, evaluation = Path(sys.argv[1]), Path(sys.argv[2])
    known, asked = set(), set()
    for folder in sorted((evaluation / "sets").iterdir()):
        if not folder.is_dir():
            continue
        about = json.loads((folder / "set.json").read_text())
        refuse_shared(folder.name, about["source"])
        for question in about["questions"]:
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
