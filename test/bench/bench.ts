/**
 * `npm run bench [-- DIR] [--json] [--no-vscode]`: how fast and how large Carrel is, on the sample workspace, on
 * DIR if one is named, and else on a large workspace of source files taken from node_modules. Every figure is
 * read off the real engine process over the real protocol, and off a real VS Code where there is one.
 */
import { type ChildProcess, fork } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { cpus, tmpdir } from "node:os";
import { basename, dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Channel } from "../../protocol/channel.ts";
import { defaultSettings, type SearchMode } from "../../protocol/data.ts";
import { engineClientContract, engineContract } from "../../protocol/engine.ts";
import { engineArguments, engineEnvironment } from "../../protocol/launch.ts";
import { processPort } from "../../protocol/port.ts";
import { measureHost } from "./host.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const largeFiles = 5_000;
const largeBytes = 60e6;
const searchRounds = 200;
/** The second pass of a large workspace takes long: its speed is measured on a part. */
const refineSeconds = 60;

interface Row {
  readonly workspace: string;
  readonly figure: string;
  readonly value: number;
  readonly unit: string;
  readonly aim?: string;
}

function start() {
  const child = fork(join(root, "dist/engine.js"), [], {
    env: engineEnvironment(process.env),
    execArgv: [...engineArguments],
    stdio: ["ignore", "ignore", 2, "ipc"],
  });
  const channel = new Channel(processPort(child), engineContract, engineClientContract, {});
  const exited = new Promise<void>((done) => child.once("exit", () => done()));
  return {
    child,
    channel,
    async stop() {
      child.disconnect();
      await exited;
    },
  };
}

/** Resident memory in MB of a process and of its children, from /proc; 0 where there is none. */
async function memoryOf(child: ChildProcess): Promise<{ engine: number; children: number }> {
  const resident = async (pid: number | string): Promise<number> => {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  };
  const pid = child.pid ?? 0;
  const list = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  const children = await Promise.all(list.trim().split(/\s+/).filter(Boolean).map(resident));
  return { engine: await resident(pid), children: children.reduce((sum, one) => sum + one, 0) };
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

async function measure(name: string, dir: string, aims: boolean): Promise<Row[]> {
  const storage = await mkdtemp(join(tmpdir(), "carrel-bench-"));
  const rows: Row[] = [];
  const add = (figure: string, value: number, unit: string, aim?: string): void => {
    rows.push({ workspace: name, figure, value, unit, ...(aims && aim ? { aim } : {}) });
  };
  const settings = { ...defaultSettings, refine: false };
  const open = { storage, folders: [{ path: dir, name: basename(dir) }], settings };

  const first = start();
  await first.channel.request("initialize", open);
  let peak = { engine: 0, children: 0 };
  const sampler = setInterval(async () => {
    const now = await memoryOf(first.child);
    peak = { engine: Math.max(peak.engine, now.engine), children: Math.max(peak.children, now.children) };
  }, 250);
  const started = performance.now();
  let firstAnswer: number | undefined;
  const poll = (async () => {
    while (firstAnswer === undefined) {
      const { hits } = await first.channel.request("search", {
        query: "parse the options",
        k: 5,
        mode: "hybrid",
      });
      if (hits.length > 0) firstAnswer = performance.now() - started;
      else await new Promise((done) => setTimeout(done, 50));
      if (performance.now() - started > 30_000) return;
    }
  })();
  const summary = await first.channel.request("index", {});
  await poll;
  clearInterval(sampler);
  add("files", summary.files, "");
  add("chunks", summary.chunks, "");
  add("skipped", summary.skipped.length, "");
  add("size", summary.bytes / 1e6, "MB");
  add("indexing", summary.seconds, "s", "< 60");
  add("indexing", summary.changed / summary.seconds, "files/s");
  add("indexing", summary.chunks / summary.seconds, "chunks/s");
  add("indexing", summary.bytes / 1e6 / summary.seconds, "MB/s");
  add("first answer while indexing", firstAnswer ?? Number.NaN, "ms");
  add("engine memory, peak", peak.engine, "MB", "< 500");
  add("parser memory, peak", peak.children, "MB");
  const again = await first.channel.request("index", {});
  add("nothing changed, looked at again", again.seconds * 1000, "ms");
  await first.stop();

  const startedAgain = performance.now();
  const second = start();
  await second.channel.request("initialize", open);
  await second.channel.request("search", { query: "where are errors handled", k: 10, mode: "hybrid" });
  add("engine start to first search", performance.now() - startedAgain, "ms");
  const queries = await makeQueries(second.channel);
  const timeSearches = async (mode: SearchMode, label: string = mode): Promise<void> => {
    const times: number[] = [];
    for (let round = 0; round < searchRounds; round++) {
      const query = queries[round % queries.length] ?? "";
      const before = performance.now();
      await second.channel.request("search", { query, k: 10, mode });
      times.push(performance.now() - before);
    }
    times.sort((a, b) => a - b);
    add(`search ${label}, p50`, percentile(times, 0.5), "ms");
    add(`search ${label}, p95`, percentile(times, 0.95), "ms", mode === "hybrid" ? "< 50" : undefined);
  };
  for (const mode of ["hybrid", "lexical", "vector"] as const) await timeSearches(mode);
  add("engine memory after searches", (await memoryOf(second.child)).engine, "MB", "< 500");

  await refineFor(refineSeconds, second.channel, add);
  await timeSearches("hybrid", "hybrid, refined");
  add("engine memory, second pass and searches", (await memoryOf(second.child)).engine, "MB", "< 500");
  add("index on disk", (await sizeOf(storage)) / 1e6, "MB");
  await second.stop();
  await rm(storage, { recursive: true, force: true });
  return rows;
}

/** Lets the second pass run for some seconds, or to its end: its speed, and searches that have its vectors. */
async function refineFor(
  seconds: number,
  channel: ReturnType<typeof start>["channel"],
  add: (figure: string, value: number, unit: string) => void,
): Promise<void> {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), seconds * 1000);
  const started = performance.now();
  await channel.request("index", { refine: true }, { signal: controller.signal }).catch(() => undefined);
  clearTimeout(timer);
  const took = (performance.now() - started) / 1000;
  const { refined } = (await channel.request("status", {})).status;
  add("second pass", refined / took, "chunks/s");
  add("second pass, chunks done here", refined, "");
}

/** Questions in the words of the workspace itself: some words of each of its passages. */
async function makeQueries(channel: ReturnType<typeof start>["channel"]): Promise<string[]> {
  const seeds = [
    "error handling",
    "read a file",
    "date and time",
    "price",
    "test",
    "user",
    "options",
    "start",
  ];
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

/** A large workspace: real sources out of node_modules, in the order of their names, until it is full. */
async function largeWorkspace(): Promise<string> {
  const from = join(root, "node_modules");
  const to = await mkdtemp(join(tmpdir(), "carrel-large-"));
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const sources = entries
    .filter(
      (entry) => entry.isFile() && /^\.(js|mjs|cjs|ts|tsx|md|py|c|h|cc|css|json)$/.test(extname(entry.name)),
    )
    .filter((entry) => !/\.min\.|package-lock/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  let files = 0;
  let bytes = 0;
  for (const source of sources) {
    const { size } = await stat(source);
    // Files of the size that people write; together they make the mean that the aim asks for.
    const wanted = (largeBytes - bytes) / Math.max(1, largeFiles - files);
    if (size < 500 || size > 200_000 || (size < wanted / 4 && sources.length > largeFiles)) continue;
    const target = join(to, source.slice(from.length + 1).replaceAll("node_modules", "nested"));
    await mkdir(dirname(target), { recursive: true });
    await cp(source, target);
    files += 1;
    bytes += size;
    if (files >= largeFiles || bytes >= largeBytes) break;
  }
  return to;
}

function table(rows: readonly Row[]): string {
  const lines = [["workspace", "figure", "value", "unit", "aim"]];
  for (const { workspace, figure, value, unit, aim } of rows) {
    const digits = unit === "" ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0;
    lines.push([workspace, figure, value.toFixed(digits), unit, aim ?? ""]);
  }
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line.map((cell, i) => (i === 2 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0))),
    )
    .map((line) => line.join("  ").trimEnd())
    .join("\n");
}

async function measureVsCode(folder: string): Promise<Row[]> {
  const { activateMs, withoutMb, withMb } = await measureHost(folder);
  const row = { workspace: "VS Code" };
  return [
    { ...row, figure: "activate", value: activateMs, unit: "ms", aim: "< 50" },
    { ...row, figure: "extension host without Carrel", value: withoutMb, unit: "MB" },
    {
      ...row,
      figure: "added by Carrel, after a question",
      value: withMb - withoutMb,
      unit: "MB",
      aim: "< 20",
    },
  ];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, "no-vscode": { type: "boolean" } },
});
const [named] = positionals;
const rows = await measure("sample", join(root, "sample"), false);
if (named) {
  rows.push(...(await measure(basename(resolve(named)), resolve(named), true)));
} else {
  const large = await largeWorkspace();
  rows.push(...(await measure("large", large, true)));
  await rm(large, { recursive: true, force: true });
}
if (!values["no-vscode"]) rows.push(...(await measureVsCode(join(root, "sample"))));
const machine = `${cpus().length} × ${cpus()[0]?.model ?? "unknown processor"}, Node ${process.versions.node}`;
console.log(values.json ? JSON.stringify({ machine, rows }, null, 2) : `${machine}\n\n${table(rows)}`);
