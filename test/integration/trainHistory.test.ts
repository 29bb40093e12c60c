import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

const scripts = fileURLToPath(new URL("../../scripts/train", import.meta.url));
/** Python is needed for training alone, so that a machine may be without it. */
const skip = spawnSync("python3", ["--version"]).status === 0 ? false : "there is no python3";
const commits = 30;

const scratch = await mkdtemp(join(tmpdir(), "carrel-history-"));
const repository = join(scratch, "repository");
after(() => rm(scratch, { recursive: true, force: true }));

function git(...args: readonly string[]): string {
  const identity = [
    "-c",
    "user.name=Test",
    "-c",
    "user.email=test@example.org",
    "-c",
    "commit.gpgsign=false",
  ];
  return execFileSync("git", ["-C", repository, ...identity, ...args], { encoding: "utf8" }).trim();
}

before(async () => {
  execFileSync("git", ["init", "-q", repository]);
  for (let i = 0; i < commits; i++) {
    const lines = Array.from({ length: 6 }, (_, line) => `value_${i}_${line} = compute(${i}, ${line})`);
    await writeFile(join(repository, "module.py"), `${lines.join("\n")}\n`);
    git("add", "module.py");
    git("commit", "-q", "-m", `Compute the values of round ${i} anew`);
  }
});

function collect(commit: string): { questions: string[]; said: string; status: number | null } {
  const program = `import json, sys; sys.path.insert(0, sys.argv[1]); from history import pairs_of_history
print(json.dumps([pair[0] for pair in pairs_of_history(sys.argv[2], sys.argv[3])]))`;
  const done = spawnSync("python3", ["-B", "-c", program, scripts, repository, commit], { encoding: "utf8" });
  const questions = done.status === 0 ? (JSON.parse(done.stdout) as string[]) : [];
  return { questions, said: done.stderr, status: done.status };
}

async function loseFileOf(commit: string): Promise<void> {
  const blob = git("rev-parse", `${commit}:module.py`);
  await rm(join(repository, ".git", "objects", blob.slice(0, 2), blob.slice(2)), { force: true });
}

test("every commit of a whole history gives a pair, and nothing is said", { skip }, () => {
  const { questions, said } = collect("HEAD");
  assert.equal(questions.length, commits);
  assert.equal(questions.at(-1), "Compute the values of round 0 anew");
  assert.equal(said, "");
});

test("what an object that is missing makes unreadable is left out and counted, the rest is read", {
  skip,
}, async () => {
  await loseFileOf("HEAD~10");
  const { questions, said } = collect("HEAD");
  // The commit that made the file's state, and the one that changed it after that.
  const lost = ["round 19 ", "round 20 "];
  assert.equal(questions.length, commits - lost.length);
  for (const round of lost) assert.ok(!questions.some((question) => question.includes(round)), round);
  assert.match(said, /2 of 30 commits can't be read: .*unable to read/);
});

test("a history of which too much is missing is an error, and so is a commit that is not there", {
  skip,
}, async () => {
  for (const back of [3, 6, 14]) await loseFileOf(`HEAD~${back}`);
  const broken = collect("HEAD");
  assert.notEqual(broken.status, 0);
  assert.match(broken.said, /over a tenth of 30 commits can't be read: .*unable to read/);
  const absent = collect("0123456789abcdef0123456789abcdef01234567");
  assert.notEqual(absent.status, 0);
  assert.match(absent.said, /git can't list the commits before 0123.*bad object/);
});
