import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { cp, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { addHashedRow } from "../../models/embedding/hashedRow.ts";
import { loadStaticModel } from "../../models/embedding/static.ts";
import { CarrelError } from "../../protocol/channel.ts";

const bundled = fileURLToPath(new URL("../../models/bundled", import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), "carrel-static-"));
after(() => rm(scratch, { recursive: true, force: true }));

function dot(a: Float32Array, b: Float32Array): number {
  return a.reduce((sum, value, i) => sum + value * b[i]!, 0);
}

/** A model of three words in 32 dimensions, whose rows are 127 at one place each. */
async function tinyModel(): Promise<string> {
  const dir = await mkdtemp(join(scratch, "tiny-"));
  const words = ["alpha", "beta", "gamma"];
  const table = new Int8Array(3 * 32);
  for (let row = 0; row < 3; row++) table[row * 32 + row] = 127;
  const query = [1, 1, 0].map((weight) => weight / 127);
  const passage = [1, 2, 4].map((weight) => weight / 127);
  const vectors = Buffer.concat([
    Buffer.from(table.buffer),
    Buffer.from(Float32Array.from([...query, ...passage]).buffer),
  ]);
  const vocabulary = Buffer.from(words.join("\n"));
  const hash = (bytes: Buffer): string => createHash("sha256").update(bytes).digest("hex");
  const manifest = {
    name: "carrel-static",
    revision: "1",
    dimension: 32,
    rows: 3,
    unknown: { query: 1, passage: 0 },
    sha256: { vectors: hash(vectors), vocabulary: hash(vocabulary) },
  };
  await writeFile(join(dir, "vectors.bin"), vectors);
  await writeFile(join(dir, "vocabulary.txt"), vocabulary);
  await writeFile(join(dir, "model.json"), JSON.stringify(manifest));
  return dir;
}

test("a vector is the weighted sum of its words' vectors, of unit length", async () => {
  const model = await loadStaticModel(await tinyModel());
  assert.equal(model.id, "carrel-static-32@1");
  const [vector] = await model.embed(["alpha beta beta beta unheard"], "passage");
  const [a, b] = [1, 2 * (1 + Math.log(3))];
  const length = Math.hypot(a, b);
  assert.ok(Math.abs(vector![0]! - a / length) < 1e-6);
  assert.ok(Math.abs(vector![1]! - b / length) < 1e-6);
  assert.ok(Math.abs(dot(vector!, vector!) - 1) < 1e-6);
});

test("queries and passages have weights of their own; no known word gives zeros", async () => {
  const model = await loadStaticModel(await tinyModel());
  const [passage, nothing] = await model.embed(["gamma", "unheard of"], "passage");
  assert.equal(passage![2], 1);
  assert.deepEqual([...nothing!], new Array(32).fill(0));
  assert.deepEqual([...(await model.embed(["gamma"], "query"))[0]!], new Array(32).fill(0));
  assert.deepEqual(await model.embed([], "query"), []);
});

test("a word outside the vocabulary has the vector that its letters seed, the same as in training", () => {
  // The bits are those that scripts/train/hashedRow.py prints for these words.
  const expected: Record<string, string> = {
    zyzzyva: "0111110111111011000100101001001001000111110101000100000111110101",
    検索: "0101111100100000000111110101000111011001011111000111011010110011",
  };
  for (const [word, bits] of Object.entries(expected)) {
    const sum = new Float32Array(64);
    addHashedRow(sum, word, 1);
    assert.equal([...sum].map((value) => (value > 0 ? "1" : "0")).join(""), bits, word);
    assert.ok(Math.abs(dot(sum, sum) - 1) < 1e-6);
  }
});

test("a cancelled embedding ends as cancelled", async () => {
  const model = await loadStaticModel(await tinyModel());
  await assert.rejects(
    model.embed(["alpha"], "query", AbortSignal.abort()),
    (error) => error instanceof CarrelError && error.code === "cancelled",
  );
});

test("the bundled model puts what belongs together first", async () => {
  const model = await loadStaticModel(bundled);
  const passages = [
    "Either party may terminate this agreement by giving ninety days' written notice.",
    "export function parseInvoice(text: string): Invoice { return JSON.parse(text); }",
    "To install the program on Linux, download the package and run the setup script.",
    "The patient was given antibiotics for the infection.",
  ];
  const questions = [
    "how can a contract be ended",
    "read an invoice from a string",
    "setting it up under Ubuntu",
    "treatment of bacterial disease",
  ];
  const found = await model.embed(passages, "passage");
  for (const [i, query] of (await model.embed(questions, "query")).entries()) {
    const scores = found.map((vector) => dot(query, vector));
    assert.equal(scores.indexOf(Math.max(...scores)), i, `${questions[i]}: ${scores}`);
  }
});

test("a file that is missing or not the one that was made is an error with a remedy", async () => {
  const damage: ((dir: string) => Promise<unknown>)[] = [
    (dir) => rm(join(dir, "vocabulary.txt")),
    (dir) => writeFile(join(dir, "model.json"), "{"),
    (dir) => writeFile(join(dir, "vocabulary.txt"), "alpha\nbeta\ndelta"),
    async (dir) => {
      const vectors = await readFile(join(dir, "vectors.bin"));
      vectors[5] = 1;
      await writeFile(join(dir, "vectors.bin"), vectors);
    },
  ];
  for (const one of damage) {
    const dir = join(scratch, `damaged-${damage.indexOf(one)}`);
    await cp(await tinyModel(), dir, { recursive: true });
    await one(dir);
    await assert.rejects(
      loadStaticModel(dir).then((model) => model.embed(["alpha"], "query")),
      (error) => error instanceof CarrelError && error.remedy.includes("again"),
    );
  }
});

test("its table is read when the first text is embedded, not before", async () => {
  const dir = await tinyModel();
  const aside = join(dir, "aside");
  await rename(join(dir, "vectors.bin"), aside);
  const model = await loadStaticModel(dir);
  assert.deepEqual(await model.embed([], "query"), []);
  await assert.rejects(model.embed(["alpha"], "query"), /vectors\.bin/);
  await rename(aside, join(dir, "vectors.bin"));
  const [vector] = await model.embed(["alpha"], "query");
  assert.equal(vector![0], 1);
  assert.equal(model.knownShare?.("alpha unheard"), 0.5);
});
