"""Makes pairs of texts that belong together (question and answer, comment and code) from sources.json.

  python collect.py CACHE [--only NAME,NAME]

Writes pairs.jsonl: {"a", "b", "kind", "source"}. Repositories are cloned from GitHub, or taken from
CARREL_MIRROR/OWNER+NAME/repo when that is set; packages come from Debian by apt-get download.
"""

import argparse
import json
import os
import random
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from extract import pairs_of_file
from history import pairs_of_history

HERE = Path(__file__).parent
MAX_FILE = 400_000
PAIRS_PER_SOURCE = 40_000


def git_dir(name: str, cache: Path) -> Path:
    mirror = os.environ.get("CARREL_MIRROR")
    if mirror:
        at = Path(mirror) / name.replace("/", "+") / "repo"
        return at / ".git" if (at / ".git").exists() else at
    at = cache / "repositories" / name.replace("/", "+")
    if not at.exists():
        subprocess.run(["git", "clone", "--bare", "-q", f"https://github.com/{name}", at], check=True)
    return at


def package_dir(name: str, cache: Path) -> Path:
    debs, at = cache / "deb", cache / "packages" / name
    if at.exists():
        return at
    debs.mkdir(parents=True, exist_ok=True)
    if not list(debs.glob(f"{name}_*.deb")):
        subprocess.run(["apt-get", "download", "-q", name], cwd=debs, check=True)
    # Under its own name only when it is whole, because what is there is taken as it is.
    begun = at.with_name(f"{name}.begun")
    shutil.rmtree(begun, ignore_errors=True)
    begun.mkdir(parents=True)
    subprocess.run(["dpkg", "-x", sorted(debs.glob(f"{name}_*.deb"))[-1], begun], check=True)
    begun.rename(at)
    return at


def files_of_repository(git: Path, commit: str):
    listing = subprocess.run(
        ["git", "-C", git, "ls-tree", "-r", "-l", "-z", commit], check=True, capture_output=True
    ).stdout.decode("utf8", "replace")
    wanted, missing = [], 0
    for line in listing.split("\0"):
        if "\t" not in line:
            continue
        meta, path = line.split("\t", 1)
        mode, kind, sha, size = meta.split()
        if kind == "blob" and not size.isdigit():
            missing += 1
        elif kind == "blob" and int(size) <= limit(path):
            wanted.append((sha, path))
    process = subprocess.Popen(
        ["git", "-C", git, "cat-file", "--batch"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    for sha, path in wanted:
        process.stdin.write(f"{sha}\n".encode())
        process.stdin.flush()
        header = process.stdout.readline().split()
        if len(header) < 3:
            missing += 1
            continue
        data = process.stdout.read(int(header[2]))
        process.stdout.read(1)
        yield path, data.decode("utf8", "replace")
    process.stdin.close()
    process.wait()
    if missing:
        print(f"{git}: {missing} of {len(wanted)} files are not in this copy", file=sys.stderr, flush=True)


def limit(path: str) -> int:
    return 60_000_000 if path.endswith("train-v1.1.json") else MAX_FILE


def files_of_folder(root: Path):
    for path in sorted(root.rglob("*")):
        if path.is_file() and not path.is_symlink() and path.stat().st_size <= limit(path.name):
            yield str(path.relative_to(root)), path.read_bytes().decode("utf8", "replace")


def collect(job) -> list:
    kind, source, cache = job
    name = source["name"]
    random.seed(name)
    pairs = []
    if kind == "repository":
        git = git_dir(name, cache)
        files = files_of_repository(git, source["commit"])
    else:
        files = files_of_folder(package_dir(name, cache))
    for path, text in files:
        pairs.extend(pairs_of_file(path, text))
    if kind == "repository" and "openstax" not in name and "SQuAD" not in name and "tldr" not in name:
        pairs.extend(pairs_of_history(git, source["commit"]))
    seen, kept = set(), []
    random.shuffle(pairs)
    counts = {}
    for a, b, what in pairs:
        key = (a.strip().lower(), b[:80])
        if key in seen or counts.get(what, 0) >= PAIRS_PER_SOURCE:
            continue
        seen.add(key)
        counts[what] = counts.get(what, 0) + 1
        kept.append({"a": a, "b": b, "kind": what, "source": name})
    print(name, counts, file=sys.stderr, flush=True)
    return kept


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("cache", type=Path)
    parser.add_argument("--only", help="names of sources, divided by commas; all when left out")
    args = parser.parse_args()
    cache = args.cache
    sources = json.loads((HERE / "sources.json").read_text())
    jobs = [("repository", one, cache) for one in sources["repositories"]]
    jobs += [("package", one, cache) for one in sources["packages"]]
    if args.only:
        jobs = [job for job in jobs if job[1]["name"] in args.only.split(",")]
    parts = cache / "pairs"
    parts.mkdir(parents=True, exist_ok=True)
    # What was collected before is kept: delete the folder to collect all anew.
    at = {id(job): parts / f"{job[1]['name'].replace('/', '+')}.jsonl" for job in jobs}
    missing = [job for job in jobs if not at[id(job)].exists()]
    with ProcessPoolExecutor(int(os.environ.get("CARREL_JOBS", "2"))) as pool:
        for job, pairs in zip(missing, pool.map(collect, missing)):
            lines = "".join(json.dumps(pair, ensure_ascii=False) + "\n" for pair in pairs)
            at[id(job)].write_text(lines, "utf8")
    with open(cache / "pairs.jsonl", "w") as out:
        for job in jobs:
            out.write(at[id(job)].read_text("utf8"))


if __name__ == "__main__":
    main()
