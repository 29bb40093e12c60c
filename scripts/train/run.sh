#!/usr/bin/env bash
# Makes the bundled embedding model anew: scripts/train/run.sh [OUT]. Needs Python 3.11, Node and git, Debian's
# apt-get for the packages, 15 GB of disk, and about three hours on two cores. Everything goes into .cache/.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:-models/bundled}
cache=.cache/train
mkdir -p $cache
[ -d $cache/venv ] || python3 -m venv $cache/venv
$cache/venv/bin/pip install -q -r scripts/train/requirements.txt
python=$cache/venv/bin/python

# The evaluation's texts come first, because they are taken out of the training pairs.
[ -f .cache/eval/sets/index.json ] || node test/eval/build.ts
teacher=.cache/eval/all-MiniLM-L6-v2
[ -f $teacher/onnx/model.onnx ] || $python scripts/train/teacher.py $teacher

$python scripts/train/collect.py $cache
$python scripts/train/exclude.py $cache .cache/eval
node --max-old-space-size=4000 scripts/train/tokenize.ts $cache/shuffled.jsonl a b
node --max-old-space-size=4000 scripts/train/surfaces.ts $cache/shuffled.jsonl 80000 > $cache/surfaces.txt
$python scripts/train/teachTokens.py $cache $teacher
$python scripts/train/train.py $cache "$out"
$python scripts/train/tune.py $cache $teacher $cache/tune
$python scripts/train/encoder.py $teacher $cache/tune/tuned.pt "$out/encoder"
