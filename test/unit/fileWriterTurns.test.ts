import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { WalkedFile } from "../../indexer/files/walkedFile.ts";
import { file, numbered, parsed, row, writer } from "../support/fileWriting.ts";

/** In which order and how much at a time files are read, embedded and committed, and what ends that. */

test("the first commit is small, so that answers come early, and later ones are large", async () => {
  const hundred = Array.from({ length: 100 }, (_, n) => `text ${n}`);
  const made = writer((path) => parsed(path, ...hundred));
  await made.run(numbered(45));
  assert.deepEqual(
    made.commits.map(({ replaced, chunks }) => [replaced.length, chunks.length]),
    [
      [2, 200],
      [20, 2_000],
      [20, 2_000],
      [3, 300],
    ],
  );
});

test("many files without chunks are committed a thousand at a time", async () => {
  const made = writer(() => ({ ok: false, reason: "The file is empty." }));
  await made.run(numbered(2_001));
  assert.deepEqual(
    made.commits.map(({ replaced }) => replaced.length),
    [1_000, 1_000, 1],
  );
});

test("touched files do not fill a batch with chunks", async () => {
  const known = numbered(300).map(({ path }) => row(path, "h1"));
  const made = writer(() => parsed("h1", "apples"));
  await made.run(numbered(300), known);
  assert.equal(made.told.length, 1);
});

test("some files are parsed ahead, and no more than that", async () => {
  const made = writer((path) => parsed(path, "apples"));
  made.onParse = () => nextTurn();
  await made.run(numbered(100));
  assert.equal(made.most, 32);
  assert.equal(made.begun.length, 100);
  assert.deepEqual(
    made.told.flatMap(([written]) => written),
    numbered(100).map(({ path }) => path),
  );
});

test("files are taken as they are begun", async () => {
  let taken = 0;
  function* source(): Generator<WalkedFile> {
    for (const one of numbered(100)) {
      taken += 1;
      yield one;
    }
  }
  const made = writer((path) => parsed(path, "apples"));
  const seen: number[] = [];
  made.onParse = (path) => {
    if (path === "f0") seen.push(taken);
    return nextTurn();
  };
  await made.run(source());
  assert.deepEqual(seen, [1]);
});

test("texts are embedded in slices, between which others have their turn", async () => {
  const texts = Array.from({ length: 70 }, (_, n) => `text ${n}`);
  const made = writer((path) => parsed(path, ...texts));
  let turns = 0;
  let isEmbedding = true;
  const turn = (): void => {
    turns += 1;
    if (isEmbedding) setImmediate(turn);
  };
  setImmediate(turn);
  const seen: number[] = [];
  made.onEmbed = () => void seen.push(turns);
  await made.run([file("a.md")]);
  isEmbedding = false;
  assert.deepEqual(
    made.embedded.map((slice) => slice.length),
    [32, 32, 6],
  );
  assert.ok((seen[0] ?? 0) < (seen[1] ?? 0) && (seen[1] ?? 0) < (seen[2] ?? 0), seen.join(" "));
  assert.deepEqual(
    made.commits[0]?.chunks.map(({ text }) => text),
    texts,
  );
});

test("when something more urgent waits, what was begun is committed and no more is begun", async () => {
  const made = writer((path) => parsed(path, "apples"));
  made.onParse = (path) => {
    if (path === "f4") made.isYielding = true;
  };
  await made.run(numbered(100));
  assert.deepEqual(made.begun, ["f0", "f1", "f2", "f3", "f4"]);
  assert.deepEqual(made.told, [[["f0", "f1", "f2", "f3", "f4"], []]]);
});

test("aborted, it ends at once without what is not committed, and throws nothing", async () => {
  const made = writer((path) => parsed(path, "apples"));
  made.onParse = (path) => {
    if (path === "f3") made.controller.abort();
  };
  await made.run(numbered(100));
  assert.deepEqual(made.commits, []);
  assert.deepEqual(made.told, []);
  assert.deepEqual(made.embedded, []);
});

test("aborted before it begins, it reads nothing", async () => {
  const made = writer((path) => parsed(path, "apples"));
  made.controller.abort();
  await made.run(numbered(3));
  assert.deepEqual([made.begun, made.told], [[], []]);
});

test("aborted while it embeds, it embeds no more and commits nothing", async () => {
  const texts = Array.from({ length: 70 }, (_, n) => `text ${n}`);
  const made = writer((path) => parsed(path, ...texts));
  made.onEmbed = () => made.controller.abort();
  await made.run([file("a.md")]);
  assert.equal(made.embedded.length, 1);
  assert.deepEqual(made.commits, []);
});

test("what fails because it was aborted is no failure", async () => {
  const made = writer((path) => parsed(path, "apples"));
  made.onEmbed = () => {
    made.controller.abort();
    throw new Error("aborted");
  };
  await made.run([file("a.md")]);
  assert.deepEqual(made.commits, []);
});

test("a file that makes the parser fail, a text that can't be embedded and a disk that is full are thrown", async () => {
  for (const where of ["onParse", "onEmbed", "onReplace"] as const) {
    const made = writer((path) => parsed(path, "apples"));
    made[where] = () => {
      throw new Error(`${where} failed`);
    };
    await assert.rejects(made.run([file("a.md"), file("b.md")]), new Error(`${where} failed`));
    assert.deepEqual(made.told, []);
  }
});

test("what was committed before a failure stays, and a commit that fails is met with the next one", async () => {
  const hundred = Array.from({ length: 100 }, (_, n) => `text ${n}`);
  const made = writer((path) => parsed(path, ...hundred));
  let commits = 0;
  made.onReplace = () => {
    commits += 1;
    if (commits === 2) throw new Error("no space");
  };
  await assert.rejects(made.run(numbered(60)), /no space/);
  assert.deepEqual(made.told, [[["f0", "f1"], []]]);
  assert.equal(commits, 2);
});

test("when it has failed, nothing runs on", async () => {
  const made = writer((path) => parsed(path, "apples"));
  let parsing = 0;
  made.onParse = async (path) => {
    if (path === "f0") throw new Error("gone");
    parsing += 1;
    await nextTurn();
    await nextTurn();
    parsing -= 1;
  };
  await assert.rejects(made.run(numbered(10)), /gone/);
  assert.equal(parsing, 0);

  const second = writer((path) => parsed(path, ...Array.from({ length: 200 }, (_, n) => `text ${n}`)));
  let isCommitting = false;
  second.onReplace = async () => {
    isCommitting = true;
    for (let n = 0; n < 20; n++) await nextTurn();
    isCommitting = false;
  };
  second.onEmbed = () => {
    if (isCommitting) throw new Error("the model went");
  };
  await assert.rejects(second.run(numbered(3)), /the model went/);
  assert.equal(isCommitting, false);
});

test("a commit has ended when all is written", async () => {
  const made = writer((path) => parsed(path, "apples"));
  made.onReplace = () => nextTurn();
  await made.run([file("a.md")]);
  assert.equal(made.told.length, 1);
});
