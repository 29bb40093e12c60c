import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
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
    for (const file of ["another.py", "module.py"])
      await writeFile(join(repository, file), `# ${file}\n${lines.join("\n")}\n`);
    git("add", ".");
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

test("every commit of a whole history gives its pairs, and nothing is said", { skip }, () => {
  const { questions, said } = collect("HEAD");
  assert.equal(questions.length, 2 * commits);
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
  assert.equal(questions.length, 2 * (commits - lost.length));
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

/** Takes an evaluation of one set out of two pairs. */
async function exclude(
  name: string,
  source: string,
): Promise<{ kept: string; said: string; status: number | null }> {
  const folder = join(scratch, name);
  const files = join(folder, "evaluation", "sets", "some", "files");
  await mkdir(files, { recursive: true });
  const secret = "The quick brown fox jumps over the lazy dog, again and again.";
  await writeFile(join(files, "a.txt"), secret);
  const questions = [{ id: "1", query: "Where does the fox jump?", relevant: [] }];
  await writeFile(join(files, "..", "set.json"), JSON.stringify({ source, questions }));
  const pair = (a: string, b: string) => JSON.stringify({ a, b, kind: "heading", source: "some/where" });
  const other = "Nothing of this sentence stands in any set of the evaluation.";
  const pairs = [pair("foxes", secret), pair("Where does the fox jump?", other), pair("kept", other)];
  await writeFile(join(folder, "pairs.jsonl"), `${pairs.join("\n")}\n`);
  const args = ["-B", join(scripts, "exclude.py"), folder, join(folder, "evaluation")];
  const done = spawnSync("python3", args, { encoding: "utf8" });
  const kept = done.status === 0 ? await readFile(join(folder, "shuffled.jsonl"), "utf8") : "";
  return { kept, said: done.stderr, status: done.status };
}

test("what the evaluation asks or searches is taken out of the pairs", { skip }, async () => {
  const { kept, said } = await exclude("apart", "github.com/some/where");
  assert.equal(said, "");
  assert.equal((JSON.parse(kept) as { a: string }).a, "kept");
});

test("a source of training that a set is made of is an error, as a repository and as a package", {
  skip,
}, async () => {
  const repository = await exclude("repository", "github.com/psf/requests, docs/");
  assert.match(repository.said, /psf\/requests is a source of training, and of the evaluation's some/);
  assert.notEqual(repository.status, 0);
  const asPackage = await exclude("package", "github.com/Textualize/rich");
  assert.match(asPackage.said, /python3-rich is a source of training/);
});
