"""Pairs out of a repository's history: what a commit says it does, and what it changed."""

import random
import re
import subprocess
import sys
import tempfile
from pathlib import Path

COMMITS = 15_000
DELETED = re.compile(r".*\ndeleted file mode ")
# A commit that changed more than so many characters says too little of each.
LONGEST = 60_000
TEXT = re.compile(r"\.(py|js|mjs|ts|tsx|jsx|java|go|rs|rb|php|c|h|cc|cpp|cs|kt|vue|md|rst|yml|yaml|toml|sh)$")
DULL = re.compile(r"(?i)^(merge|bump|release|update (dep|change)|v?\d+\.\d|wip|typo|revert|prepare|\[?automated|chore|polish)")


# Of a history's commits, this share may be unreadable: a copy that lacks its largest files is still of use.
UNREADABLE = 0.1


def pairs_of_history(git: Path, commit: str) -> list:
    """Pairs of the last commits.

    git stops at the first object that is missing, so it is asked again for the commits after it. How many could
    not be read is said on stderr, with git's own words.
    Raises RuntimeError when git can't list the commits, or too many of them can't be read.
    """
    commits = listed(git, commit)
    left, out, unreadable, said = commits, [], 0, ""
    while left:
        texts, problem = read_commits(git, left)
        # The commit that git stopped at is the last that it began, or, when it began none, the first.
        whole = texts if problem is None else texts[:-1]
        out.extend(pair for text in whole for pair in pairs_of_commit(text))
        left = left[len(texts) if problem is None else max(1, len(texts)) :]
        if problem is not None:
            unreadable, said = unreadable + 1, problem
        elif left:
            raise RuntimeError(f"{git}: git ended well, but {len(left)} of {len(commits)} commits are missing")
        if unreadable > UNREADABLE * len(commits):
            raise RuntimeError(f"{git}: over a tenth of {len(commits)} commits can't be read: {said}")
    if unreadable:
        print(f"{git}: {unreadable} of {len(commits)} commits can't be read: {said}", file=sys.stderr, flush=True)
    return out


def listed(git: Path, commit: str) -> list:
    done = subprocess.run(
        ["git", "-C", git, "rev-list", f"-n{COMMITS}", "--no-merges", commit], capture_output=True, text=True
    )
    if done.returncode != 0:
        raise RuntimeError(f"{git}: git can't list the commits before {commit}: {done.stderr.strip()}")
    return done.stdout.split()


def read_commits(git: Path, commits: list) -> tuple:
    """The texts of the commits, "" for long ones; and what git said when it stopped before the last, else None."""
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as errors:
        asked.write("\n".join(commits).encode())
        asked.seek(0)
        log = subprocess.Popen(
            ["git", "-C", git, "log", "--no-walk=unsorted", "--stdin", "--no-renames", "-p", "-U4", "--no-color",
             "--irreversible-delete", "--format=%x01%s%x02%b%x03"],
            stdin=asked, stdout=subprocess.PIPE, stderr=errors,
        )
        texts, lines, size = [], None, 0
        for raw in log.stdout:
            line = raw.decode("utf8", "replace")
            if line.startswith("\x01"):
                if lines is not None:
                    texts.append("".join(lines) if size < LONGEST else "")
                lines, size = [], 0
            if lines is not None and size < LONGEST:
                lines.append(line)
            size += len(line)
        if lines is not None:
            texts.append("".join(lines) if size < LONGEST else "")
        if log.wait() == 0:
            return texts, None
        errors.seek(0)
        return texts, errors.read().decode("utf8", "replace").strip() or f"git ended with {log.returncode}"


def pairs_of_commit(text: str) -> list:
    match = re.match(r"\x01(.*?)\x02(.*?)\x03(.*)", text, re.S)
    if not match or DULL.match(match[1]):
        return []
    subject = re.sub(r"\s*\(?#\d+\)?|^\w+(\([^)]*\))?!?:\s*|^\[[^\]]*\]\s*", "", match[1]).strip()
    if len(re.findall(r"\w{2,}", subject)) < 3:
        return []
    body = re.sub(r"(?m)^(Signed-off|Co-authored|Closes|Fixes|See|Issue|Change-Id|Reviewed)\b.*$", "", match[2]).strip()
    said = subject
    if body and random.random() < 0.4:
        said = f"{subject} {' '.join(body.split())[:400]}"
    files = [part for part in re.split(r"(?m)^diff --git ", match[3])[1:] if not DELETED.match(part)]
    if not 0 < len(files) <= 6:
        return []
    changed = []
    for part in files:
        path = re.search(r"^\+\+\+ b/(.*)$", part, re.M)
        if not path or not TEXT.search(path[1]) or re.search(r"(?i)changelog|changes\.|lock", path[1]):
            continue
        hunks = re.split(r"(?m)^@@ .*? @@", part)[1:]
        # The file as it is after the change, around the change.
        lines = [line[1:] for hunk in hunks for line in hunk.splitlines() if line[:1] in "+ " and line[:2] != "\\ "]
        code = "\n".join(lines)[:1500]
        if len(code) > 80:
            changed.append(f"{path[1]}\n{code}")
    random.shuffle(changed)
    return [(said, one, "commit") for one in changed[:2]]
