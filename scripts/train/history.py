"""Pairs out of a repository's history: what a commit says it does, and what it changed."""

import random
import re
import subprocess
from pathlib import Path

COMMITS = 15_000
TEXT = re.compile(r"\.(py|js|mjs|ts|tsx|jsx|java|go|rs|rb|php|c|h|cc|cpp|cs|kt|vue|md|rst|yml|yaml|toml|sh)$")
DULL = re.compile(r"(?i)^(merge|bump|release|update (dep|change)|v?\d+\.\d|wip|typo|revert|prepare|\[?automated|chore|polish)")


def pairs_of_history(git: Path, commit: str) -> list:
    log = subprocess.Popen(
        ["git", "-C", git, "log", f"-n{COMMITS}", "--no-merges", "--no-renames", "-p", "-U4", "--no-color",
         "--diff-filter=AM", "--format=%x01%s%x02%b%x03", commit],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )
    out = []
    buffer = []
    size = 0
    for raw in log.stdout:
        line = raw.decode("utf8", "replace")
        if line.startswith("\x01"):
            if size < 60_000:
                out.extend(pairs_of_commit("".join(buffer)))
            buffer, size = [], 0
        if size < 60_000:
            buffer.append(line)
        size += len(line)
    out.extend(pairs_of_commit("".join(buffer)))
    log.wait()
    return out


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
    files = re.split(r"(?m)^diff --git ", match[3])[1:]
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
