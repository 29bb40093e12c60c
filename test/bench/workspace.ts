import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { defaultSettings, type Folder, type SearchMode, type Settings } from "../../protocol/data.ts";
import { type MeasuredEngine, startEngine } from "./engine.ts";
import type { Add } from "./report.ts";

const searchRounds = 200;
/** The second pass of a large workspace takes long: its speed is measured on a part. */
const refineSeconds = 60;
/** Longer than the engine keeps what nobody searches with. */
const restSeconds = 20;
/** Seconds that are waited for scans at most: those of a large folder take hours. */
const mostWaits = 90;

interface Opening {
  readonly storage: string;
  readonly folders: Folder[];
  readonly settings: Settings;
}

export interface WorkspaceOptions {
  readonly dir: string;
  /** Whether the aims hold for this workspace. */
  readonly aims: boolean;
  /** Whether to wait after the second pass, and measure the memory at rest. */
  readonly rest: boolean;
}

/** Indexes a folder from nothing, searches it, and lets the second pass run, in two runs of the engine. */
export async function measureWorkspace(options: WorkspaceOptions, addRow: Add): Promise<void> {
  const { dir, aims, rest } = options;
  const add: Add = (figure, value, unit, aim) => addRow(figure, value, unit, aims ? aim : undefined);
  const storage = await mkdtemp(join(tmpdir(), "carrel-bench-"));
  const settings = { ...defaultSettings, refine: false };
  const opening = { storage, folders: [{ path: dir, name: basename(dir) }], settings };
  try {
    await withEngine((engine) => measureIndexing(engine, opening, add));
    await withEngine((engine) => measureUse(engine, opening, rest, add));
  } finally {
    await rm(storage, { recursive: true, force: true });
  }
}

async function withEngine(use: (engine: MeasuredEngine) => Promise<void>): Promise<void> {
  const engine = startEngine();
  try {
    await use(engine);
  } finally {
    await engine.stop();
  }
}

async function measureIndexing(engine: MeasuredEngine, opening: Opening, add: Add): Promise<void> {
  await engine.channel.request("initialize", opening);
  const peak = { engine: 0, parser: 0 };
  const sampler = setInterval(async () => {
    const now = await engine.memory();
    peak.engine = Math.max(peak.engine, now.engine);
    peak.parser = Math.max(peak.parser, now.parser);
  }, 250);
  const firstAnswer = timeFirstAnswer(engine);
  const summary = await engine.channel.request("index", {}).finally(() => clearInterval(sampler));
  add("files", summary.files, "");
  add("chunks", summary.chunks, "");
  add("skipped", summary.skipped.length, "");
  add("size", summary.bytes / 1e6, "MB");
  add("indexing", summary.seconds, "s", "< 60");
  add("indexing", summary.changed / summary.seconds, "files/s");
  add("indexing", summary.chunks / summary.seconds, "chunks/s");
  add("indexing", summary.bytes / 1e6 / summary.seconds, "MB/s");
  add("first answer while indexing", await firstAnswer, "ms");
  add("engine memory, peak", peak.engine, "MB", "< 500");
  add("parser memory, peak", peak.parser, "MB");
  const again = await engine.channel.request("index", {});
  add("nothing changed, looked at again", again.seconds * 1000, "ms");
}

/** Milliseconds until a search finds something; not a number when it took longer than 30 s, or failed. */
async function timeFirstAnswer({ channel }: MeasuredEngine): Promise<number> {
  const started = performance.now();
  while (performance.now() - started < 30_000) {
    const params = { query: "parse the options", k: 5, mode: "hybrid" } as const;
    const answer = await channel.request("search", params).catch(() => undefined);
    if (!answer) return Number.NaN;
    if (answer.hits.length > 0) return performance.now() - started;
    await sleep(50);
  }
  return Number.NaN;
}

async function measureUse(engine: MeasuredEngine, opening: Opening, rest: boolean, add: Add): Promise<void> {
  const { channel } = engine;
  const started = performance.now();
  await channel.request("initialize", opening);
  await channel.request("search", { query: "where are errors handled", k: 10, mode: "hybrid" });
  add("engine start to first search", performance.now() - started, "ms");
  const queries = await makeQueries(engine);
  for (const mode of ["hybrid", "lexical", "vector"] as const) {
    await timeSearches(engine, queries, mode, mode, add);
  }
  add("engine memory after searches", (await engine.memory()).engine, "MB", "< 500");
  await refineFor(refineSeconds, engine, queries, add);
  if (rest) await measureRest(engine, queries[0] ?? "", add);
  await timeSearches(engine, queries, "hybrid", "hybrid, refined", add);
  const busy = await engine.memory();
  add("engine memory, second pass and searches", busy.engine, "MB", "< 500");
  add("embedder memory, second pass and searches", busy.embedder, "MB");
  add("index on disk", (await sizeOf(opening.storage)) / 1e6, "MB");
}

/** What is left when all work is done, and what the next search then takes. */
async function measureRest(engine: MeasuredEngine, query: string, add: Add): Promise<void> {
  await scansRead(engine);
  await sleep(restSeconds * 1000);
  const { together } = await engine.memory();
  add(`memory at rest, all processes, after ${restSeconds} s`, together, "MB");
  const before = performance.now();
  await engine.channel.request("search", { query, k: 10, mode: "hybrid" });
  add("first search after a rest", performance.now() - before, "ms");
}

/** Scans are read last of all, and by themselves. */
async function scansRead({ channel }: MeasuredEngine): Promise<void> {
  for (let tries = 0; tries < mostWaits; tries++) {
    const { scans, chunks, refined } = (await channel.request("status", {})).status;
    if (scans?.read === scans?.pages && chunks === refined) return;
    await sleep(1_000);
  }
}

async function timeSearches(
  { channel }: MeasuredEngine,
  queries: readonly string[],
  mode: SearchMode,
  label: string,
  add: Add,
): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round < searchRounds; round++) {
    const query = queries[round % queries.length] ?? "";
    const before = performance.now();
    await channel.request("search", { query, k: 10, mode });
    times.push(performance.now() - before);
  }
  times.sort((a, b) => a - b);
  add(`search ${label}, p50`, percentile(times, 0.5), "ms");
  add(`search ${label}, p95`, percentile(times, 0.95), "ms", mode === "hybrid" ? "< 50" : undefined);
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Lets the second pass run for some seconds, or to its end: its speed, and searches while it goes on. */
async function refineFor(
  seconds: number,
  engine: MeasuredEngine,
  queries: readonly string[],
  add: Add,
): Promise<void> {
  const { channel } = engine;
  const controller = new AbortController();
  const started = performance.now();
  const pass = channel
    .request("index", { refine: true }, { signal: controller.signal })
    .catch((error: unknown) => {
      if (!controller.signal.aborted) throw error;
    });
  await Promise.race([pass, sleep(seconds * 1000, undefined, { ref: false })]);
  const took = (performance.now() - started) / 1000;
  const { refined } = (await channel.request("status", {})).status;
  add("second pass", refined / took, "chunks/s");
  add("second pass, chunks done here", refined, "");
  await timeSearches(engine, queries, "hybrid", "hybrid, second pass under way", add);
  controller.abort();
  await pass;
}

const seeds = ["error handling", "read a file", "date and time", "price", "test", "user", "options", "start"];

/** Questions in the words of the workspace itself: some words of each of its passages. */
async function makeQueries({ channel }: MeasuredEngine): Promise<string[]> {
  const queries: string[] = [];
  for (const query of seeds) {
    const { hits } = await channel.request("search", { query, k: 25, mode: "hybrid" });
    for (const { text } of hits) {
      const words = text.split(/[^\p{L}\p{N}_]+/u).filter((word) => word.length > 3);
      if (words.length > 12) queries.push(words.slice(4, 12).join(" "));
    }
  }
  return queries;
}

async function sizeOf(dir: string): Promise<number> {
  let total = 0;
  for (const entry of await readdir(dir, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) total += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return total;
}
