#!/usr/bin/env bash
# Makes the bundled embedding models anew: scripts/train/run.sh [OUT], after npm ci. Needs Python 3.11, git, Debian's
# apt-get for the packages, 15 GB of disk, and about three hours on two cores. Everything goes into .cache/; what
# was cloned, downloaded and collected before is kept. CARREL_TRAIN_SMALL=1 runs each step on two small sources and
# a few steps of training, into a folder of its own: whether all fits together, in some minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH=$PWD/node_modules/.bin:$PATH
cache=.cache/train
out=${1:-models/bundled}
collect=() words=80000 train=() tune=()
if [ -n "${CARREL_TRAIN_SMALL:-}" ]; then
  cache=.cache/train-small
  out=${1:-$cache/models}
  collect=(--only psf/requests,python3-toolz) words=2000
  train=(--rows 2000 --batch 64 --steps 20) tune=(--batch 8 --steps 4)
fi
mkdir -p $cache "$out"
venv=.cache/train/venv
[ -d $venv ] || python3 -m venv $venv
$venv/bin/pip install -q -r scripts/train/requirements.txt
python=$venv/bin/python

# The evaluation's texts come first, because they are taken out of the training pairs; and anew each time, because
# a set that has been added since must be among them.
evaluation=.cache/eval
node test/eval/build.ts $evaluation
teacher=$evaluation/all-MiniLM-L6-v2
[ -f $teacher/onnx/model_quantized.onnx ] || $python scripts/train/teacher.py $teacher

$python scripts/train/collect.py $cache ${collect[@]+"${collect[@]}"}
$python scripts/train/exclude.py $cache $evaluation
node --max-old-space-size=4000 scripts/train/tokenize.ts $cache/shuffled.jsonl a b
node --max-old-space-size=4000 scripts/train/surfaces.ts $cache/shuffled.jsonl $words > $cache/surfaces.txt
$python scripts/train/teachTokens.py $cache $teacher
$python scripts/train/train.py $cache "$out" ${train[@]+"${train[@]}"}
$python scripts/train/tune.py $cache $teacher $cache/tune ${tune[@]+"${tune[@]}"}
$python scripts/train/encoder.py $teacher $cache/tune/tuned.pt "$out/encoder"
