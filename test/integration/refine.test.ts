import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EngineChannel } from "../../cli/childEngine.ts";
import { refine } from "../../indexer/refine.ts";
import { search } from "../../indexer/search/search.ts";
import { type RefinedRow, RefinedVectors } from "../../indexer/store/refinedVectors.ts";
import { hashOfText } from "../../indexer/store/searchedText.ts";
import { type ChunkRow, chunkId, Store } from "../../indexer/store/store.ts";
import type { IndexStatus } from "../../protocol/data.ts";
import { terms } from "../../text/terms.ts";
import { fileRow } from "../support/storeRows.ts";
import { eventually, workspaceOf } from "../support/workspace.ts";

const base = await mkdtemp(join(tmpdir(), "carrel-refine-"));
after(() => rm(base, { recursive: true, force: true }));

const east = Float32Array.of(1, 0, 0, 0);
const north = Float32Array.of(0, 1, 0, 0);
const south = Float32Array.of(0, -1, 0, 0);
const northEast = Float32Array.of(Math.SQRT1_2, Math.SQRT1_2, 0, 0);

function chunk(path: string, text: string, vector: Float32Array): ChunkRow {
  return {
    id: chunkId(path, path, 0),
    path,
    fileHash: path,
    kind: "prose",
    language: "markdown",
    heading: null,
    page: null,
    place: null,
    startLine: 1,
    endLine: 2,
    text,
    terms: terms(text).join(" "),
    textHash: hashOfText(text),
    vector,
  };
}

test("refined vectors decide among candidates, those without one keep their place by the plain ones", async () => {
  const store = await Store.openForWriting(join(base, "search"), 4);
  const refined = await RefinedVectors.open(join(base, "refined-search"), 4);
  const rows = [
    chunk("plain.md", "first words", east),
    chunk("better.md", "other text", northEast),
    chunk("far.md", "nothing", Float32Array.of(0, 0, 1, 0)),
  ];
  await store.replaceFiles(
    rows.map(({ path }) => fileRow(path, path, 1)),
    rows,
  );
  const find = async (withRefined: boolean, knownShare = 1): Promise<string[]> => {
    const vectors = { plain: east, knownShare, ...(withRefined ? { refined: Promise.resolve(north) } : {}) };
    const found = await search([{ folder: "/ws", store, refined }], "nothing", vectors, 10, "hybrid");
    return found.map(({ path }) => path);
  };
  assert.deepEqual(await find(true), ["far.md", "plain.md", "better.md"]);
  await refined.add([
    { hash: hashOfText("other text"), vector: north },
    { hash: hashOfText("nothing"), vector: east },
  ]);
  assert.deepEqual(await find(true), ["plain.md", "better.md", "far.md"]);
  assert.deepEqual(await find(false), ["far.md", "plain.md", "better.md"]);
  // A question in a language that the models do not know is left to its words.
  assert.equal((await find(true, 0.3))[0], "far.md");
  await store.close();
  refined.close();
});

test("what the second pass has not read yet is read for a question, kept, and decides", async () => {
  const store = await Store.openForWriting(join(base, "read-now"), 4);
  const refined = await RefinedVectors.open(join(base, "refined-read-now"), 4);
  const rows = [
    chunk("plain.md", "first words", east),
    chunk("better.md", "other text", northEast),
    chunk("read.md", "read by now", northEast),
  ];
  await store.replaceFiles(
    rows.map(({ path }) => fileRow(path, path, 1)),
    rows,
  );
  await refined.add([{ hash: hashOfText("read by now"), vector: south }]);
  const asked: string[][] = [];
  const find = async (most: number): Promise<string[]> => {
    const readNow = async (texts: readonly string[]): Promise<Float32Array[]> => {
      asked.push([...texts]);
      return texts.slice(0, most).map((text) => (text.includes("other") ? north : south));
    };
    const folder = {
      folder: "/ws",
      store,
      refined,
      keepRefined: (kept: readonly RefinedRow[]) => refined.add(kept),
    };
    const vectors = { plain: east, refined: Promise.resolve(north), readNow };
    const found = await search([folder], "unheard", vectors, 10, "hybrid");
    return found.map(({ path }) => path);
  };
  assert.deepEqual(await find(1), ["plain.md", "better.md", "read.md"]);
  assert.equal(asked[0]?.length, 2, "what was read before is not read again");
  assert.equal((await find(2))[0], "better.md", "and what there was no time for the next time");
  assert.equal(asked[1]?.length, 1);
  assert.equal((await find(2))[0], "better.md");
  assert.equal(asked.length, 2);
  assert.equal(await refined.count(), 3);
  await store.close();
  refined.close();
});

test("the second pass waits a moment where somebody searches, before each passage", async (t) => {
  const refined = await RefinedVectors.open(join(base, "refined-quiet"), 4);
  const log: string[] = [];
  let now = 1e9;
  t.mock.method(performance, "now", () => now);
  await refined.quiet(new AbortController().signal);
  await refined.similarities(east, ["a"]);
  // So long ago is that search not, by far.
  now = 0;
  const ending = new AbortController();
  const waiting = refined.quiet(ending.signal).then(() => log.push("quiet"));
  await nextTurn();
  assert.equal(log.length, 0);
  ending.abort();
  await waiting;
  now = 2e9;
  await refined.quiet(new AbortController().signal);

  t.mock.method(refined, "quiet", async () => void log.push("quiet"));
  const store = await Store.openForWriting(join(base, "quiet"), 4);
  const rows = [chunk("a.md", "One.", east), chunk("b.md", "Two.", east)];
  await store.replaceFiles(
    rows.map(({ path }) => fileRow(path, path, 1)),
    rows,
  );
  const embed = async (): Promise<Float32Array[]> => {
    log.push("read");
    return [north];
  };
  const model = { id: "model", dimension: 4, embed, close: async () => undefined };
  await refine({ store, refined, model, onProgress: () => undefined }, new AbortController().signal);
  assert.deepEqual(log, ["quiet", "quiet", "read", "quiet", "read"]);
  await store.close();
  refined.close();
});

test("code comes before its tests, unless tests are asked for, and a folder of medical tests is none", async () => {
  const store = await Store.openForWriting(join(base, "tests"), 4);
  const text = "parse the invoice line";
  const rows = [
    { ...chunk("src/parser.test.ts", `${text} parse`, east), kind: "code" as const },
    { ...chunk("src/parser.ts", `${text} and other words`, east), kind: "code" as const },
    chunk("tests/blood.md", "parse the blood count", east),
    { ...chunk("tests/blood.py", "parse the blood count", east), kind: "code" as const },
  ];
  await store.replaceFiles(
    rows.map(({ path }) => fileRow(path, path, 1)),
    rows,
  );
  const find = async (query: string): Promise<string[]> => {
    const found = await search([{ folder: "/ws", store }], query, { plain: east }, 10, "hybrid");
    return found.map(({ path }) => path);
  };
  assert.equal((await find("parse invoice line"))[0], "src/parser.ts");
  assert.equal((await find("test of parse invoice line"))[0], "src/parser.test.ts");
  assert.equal((await find("blood count"))[0], "tests/blood.md");
  await store.close();
});

const files = {
  "sick.md": "# Illness\n\nSick leave is paid for six weeks.\n",
  "lease.md": "# Lease\n\nThe tenant pays on the first of the month.\n",
  "code.ts": "export function add(a: number, b: number): number {\n  return a + b;\n}\n",
};

async function status(channel: EngineChannel): Promise<IndexStatus> {
  return (await channel.request("status", {})).status;
}

test("a second pass gives every passage a refined vector, and later ones only what is new", async (t) => {
  const workspace = await workspaceOf(t, files);
  const { channel } = await workspace.start({ refine: false });
  await channel.request("index", {});
  assert.equal((await status(channel)).refined, 0);
  await channel.request("index", { refine: true });
  const { refined, chunks } = await status(channel);
  assert.deepEqual([refined, chunks], [3, 3]);
  const { hits } = await channel.request("search", { query: "being ill", k: 1, mode: "vector" });
  assert.equal(hits[0]?.path, "sick.md");
  await workspace.write("new.md", "Dogs may come to the office on Fridays.\n");
  await channel.request("index", { refine: true });
  assert.deepEqual([(await status(channel)).refined, (await status(channel)).chunks], [4, 4]);
  await channel.request("deleteIndex", {});
  assert.equal((await status(channel)).refined, 0);
  await channel.request("index", { refine: true });
  assert.equal((await status(channel)).refined, 4);
});

test("the second pass begins by itself, and what it made outlives a killed engine", async (t) => {
  const workspace = await workspaceOf(t, files);
  const first = await workspace.start();
  await first.channel.request("index", {});
  const done = async () => (await status(first.channel)).refined === 3;
  await eventually("the second pass", done, 60_000);
  process.kill(first.pid, "SIGKILL");
  const second = await workspace.start({ refine: false });
  assert.equal((await status(second.channel)).refined, 3);
});

test("the second pass waits while indexing is paused", async (t) => {
  const workspace = await workspaceOf(t, files);
  const { channel } = await workspace.start();
  await channel.request("index", {});
  await channel.request("pause", {});
  await new Promise((done) => setTimeout(done, 3_000));
  assert.equal((await status(channel)).refined, 0);
  await channel.request("resume", {});
  await eventually("the second pass", async () => (await status(channel)).refined === 3, 60_000);
});

test("a question has its candidates read while the second pass waits, a search as one types has not", async (t) => {
  const workspace = await workspaceOf(t, files);
  const first = await workspace.start();
  await first.channel.request("index", {});
  await first.channel.request("pause", {});
  await first.channel.request("search", { query: "being ill", k: 3, mode: "hybrid" });
  assert.equal((await status(first.channel)).refined, 0);
  await first.channel.request("ask", { question: "What is paid when I am ill?", history: [], model: "" });
  assert.equal((await status(first.channel)).refined, 3);
  await first.stop();
  const second = await workspace.start({ refine: false });
  assert.equal((await status(second.channel)).refined, 3);
  await workspace.write("new.md", "Whoever is ill tells the office before nine.\n");
  await second.channel.request("index", {});
  await second.channel.request("ask", { question: "Who is ill?", history: [], model: "" });
  assert.equal((await status(second.channel)).refined, 3, "the setting turns both off");
});

test("vectors of an older model of the second pass are dropped, and nothing else", async (t) => {
  const workspace = await workspaceOf(t, files);
  const first = await workspace.start({ refine: false });
  await first.channel.request("index", { refine: true });
  await first.stop();
  const indexes = join(workspace.storage, "indexes");
  const [model = ""] = await readdir(indexes);
  const [folder = ""] = await readdir(join(indexes, model));
  const before = (await readdir(join(indexes, model, folder))).sort();
  await mkdir(join(indexes, model, folder, "refined-old"));
  const second = await workspace.start({ refine: false });
  assert.equal((await status(second.channel)).refined, 3);
  await second.stop();
  assert.deepEqual((await readdir(join(indexes, model, folder))).sort(), before);
});

test("damaged refined vectors are made anew, and the rest of the index stays", async (t) => {
  const workspace = await workspaceOf(t, files);
  const first = await workspace.start({ refine: false });
  await first.channel.request("index", { refine: true });
  await first.stop();
  const indexes = join(workspace.storage, "indexes");
  const damaged = (await readdir(indexes, { recursive: true, withFileTypes: true })).filter(
    (entry) =>
      entry.isFile() && entry.parentPath.includes("refined-") && /\.(lance|manifest)$/.test(entry.name),
  );
  assert.ok(damaged.length > 0);
  for (const entry of damaged) await writeFile(join(entry.parentPath, entry.name), "damaged");
  const { channel } = await workspace.start({ refine: false });
  assert.deepEqual([(await status(channel)).refined, (await status(channel)).chunks], [0, 3]);
  await channel.request("index", { refine: true });
  assert.equal((await status(channel)).refined, 3);
});

test("an index for another model goes when nobody has opened it for a fortnight", async (t) => {
  const workspace = await workspaceOf(t, files);
  const tiny = join(import.meta.dirname, "../fixtures/tinyModel");
  const indexes = join(workspace.storage, "indexes");
  const indexWith = async (embeddingModel: string): Promise<void> => {
    const engine = await workspace.start({ embeddingModel, refine: false });
    await engine.channel.request("index", {});
    await engine.stop();
  };
  await indexWith(tiny);
  const [first = ""] = await readdir(indexes);
  await indexWith("bundled");
  assert.equal((await readdir(indexes)).length, 2);
  const [folder = ""] = await readdir(join(indexes, first));
  const long = new Date(Date.now() - 20 * 24 * 3_600_000);
  await utimes(join(indexes, first, folder, "index.json"), long, long);
  await indexWith("bundled");
  const left = await readdir(indexes);
  assert.equal(left.length, 1);
  assert.notEqual(left[0], first);
});

test("a model that a person chose has no second pass", async (t) => {
  const workspace = await workspaceOf(t, files);
  const tiny = join(import.meta.dirname, "../fixtures/tinyModel");
  const { channel } = await workspace.start({ embeddingModel: tiny });
  await channel.request("index", { refine: true });
  assert.equal((await status(channel)).refined, 0);
});
