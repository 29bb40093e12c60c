/**
 * `npm run eval [-- --json] [--sets a,b] [--bundled DIR] [--yardstick DIR]`: how well search finds, through the
 * product's own indexing and search, on public data. Side by side: lexical, the static model's vectors, both
 * fused (what there is at once), and that with the transformer's second pass; and a yardstick model, alone and
 * fused with lexical search, where its folder is there (scripts/train/teacher.py makes it).
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, realpath } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { FolderEntry } from "../../engine/workspace/folderEntry.ts";
import type { Models } from "../../engine/workspace/wantedModel.ts";
import type { FolderIndex } from "../../indexer/folderIndex.ts";
import { createParser } from "../../indexer/read/pool.ts";
import { search } from "../../indexer/search/search.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { openEmbeddingModel, openRefiningModel } from "../../models/embedding/open.ts";
import { defaultSettings, type SearchMode } from "../../protocol/data.ts";
import { build, defaultCache } from "./build.ts";
import type { Dataset, Question } from "./dataset.ts";
import { evaluateFollowUps } from "./followUps.ts";
import { interval, judge, type Measures, mean, measures } from "./metrics.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** More than ten, because passages of one file count once. */
const found = 30;

interface Method {
  readonly name: string;
  readonly model: "bundled" | "yardstick";
  readonly mode: SearchMode;
  /** With the vectors of the second pass. */
  readonly refined?: true;
}

const methods: readonly Method[] = [
  { name: "lexical", model: "bundled", mode: "lexical" },
  { name: "static vectors", model: "bundled", mode: "vector" },
  { name: "hybrid at once", model: "bundled", mode: "hybrid" },
  { name: "hybrid refined", model: "bundled", mode: "hybrid", refined: true },
  { name: "MiniLM vectors", model: "yardstick", mode: "vector" },
  { name: "MiniLM hybrid", model: "yardstick", mode: "hybrid" },
];

/** The two that the last column compares. */
const shipped = "hybrid refined";
const yardstick = "MiniLM hybrid";

interface SetResult {
  readonly set: string;
  readonly group: string;
  readonly questions: number;
  readonly chunks: number;
  readonly methods: Record<string, Measures & { interval: [number, number]; seconds: number }>;
  /** nDCG@10 as shipped less that of the yardstick in the same fusion, question by question. */
  readonly difference?: { readonly mean: number; readonly interval: [number, number] };
}

const { values: options } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    sets: { type: "string" },
    /** Another folder with files of the bundled model. */
    bundled: { type: "string", default: join(root, "models/bundled") },
    yardstick: { type: "string", default: join(defaultCache, "all-MiniLM-L6-v2") },
    /** "dev" (for tuning) or "test": each has half of the questions. */
    half: { type: "string", default: "test" },
    /** Questions after other questions instead; see followUps.ts. */
    "follow-ups": { type: "boolean", default: false },
  },
});
if (options["follow-ups"]) {
  await evaluateFollowUps(options.json);
  process.exit();
}

const log = (line: string): void => console.error(line);
const parser = createParser({
  entry: join(root, "indexer/read/main.ts"),
  memoryMb: 512,
  timeoutMs: 30_000,
});
const places = {
  bundledDir: options.bundled,
  url: "",
  fetch: () => Promise.reject(new Error("The evaluation opens no connection.")),
};

const setsDir = join(defaultCache, "sets");
if (!existsSync(setsDir)) await build(defaultCache, log);
const bundled = await openEmbeddingModel("bundled", places);
const models = new Map<string, EmbeddingModel>([["bundled", bundled]]);
const encoder = await openRefiningModel(bundled, options.bundled);
if (existsSync(options.yardstick))
  models.set("yardstick", await openEmbeddingModel(options.yardstick, places));
else log(`No yardstick at ${options.yardstick}: python scripts/train/teacher.py makes it.`);

const names = options.sets?.split(",") ?? (await listSets());
const results: SetResult[] = [];
for (const name of names) results.push(await evaluate(name));
await parser.close();
for (const model of [...models.values(), encoder]) await model?.close();
if (options.json) console.log(JSON.stringify({ models: [bundled.id, encoder?.id], results }, null, 1));
else print(results);

async function listSets(): Promise<string[]> {
  return ["sample", ...(JSON.parse(await readFile(join(setsDir, "index.json"), "utf8")) as string[])];
}

/** The sample workspace's questions stand beside it in the repository; all of them are in both halves. */
async function readSet(
  name: string,
): Promise<{ dir: string; group: string; questions: readonly Question[] }> {
  if (name === "sample") {
    const lines = (await readFile(join(root, "test/fixtures/sampleQuestions.jsonl"), "utf8"))
      .trim()
      .split("\n");
    const questions = lines.map((line): Question => {
      const { id, query, path, page } = JSON.parse(line) as {
        id: string;
        query: string;
        path: string;
        page?: number;
      };
      return { id, query, relevant: [{ path, ...(page === undefined ? {} : { page }) }] };
    });
    return { dir: join(root, "sample"), group: "text", questions };
  }
  const set = JSON.parse(await readFile(join(setsDir, name, "set.json"), "utf8")) as Omit<Dataset, "files">;
  const rest = options.half === "dev" ? 1 : 0;
  const questions = set.questions.filter((_, i) => i % 2 === rest);
  return { dir: join(setsDir, name, "files"), group: set.group, questions };
}

async function evaluate(name: string): Promise<SetResult> {
  const { dir, group, questions } = await readSet(name);
  const out: SetResult["methods"] = {};
  const gainsOf = new Map<string, number[]>();
  let chunks = 0;
  for (const [key, model] of models) {
    const storage = join(defaultCache, "index", name);
    await mkdir(storage, { recursive: true });
    const models = { key, embedding: model, refining: key === "bundled" ? encoder : undefined };
    const started = performance.now();
    const { entry, index } = await buildIndex(dir, name, storage, models);
    const { files, chunks: indexed } = index.counts();
    chunks = indexed;
    const took = ((performance.now() - started) / 1000).toFixed(1);
    log(`${name}: ${files} files, ${chunks} chunks, ${key}, ${took} s`);
    const queries = questions.map((question) => question.query);
    const vectors = await model.embed(queries, "query");
    if (key === "bundled") await refine(entry, index, name);
    const refined = key === "bundled" ? await encoder?.embed(queries, "query") : undefined;
    for (const method of methods.filter((one) => one.model === key)) {
      const begun = performance.now();
      const judged: Measures[] = [];
      for (const [i, question] of questions.entries()) {
        const hits = await search(
          index.store ? [{ folder: dir, store: index.store, refined: index.refined }] : [],
          question.query,
          {
            plain: vectors[i],
            refined: method.refined && Promise.resolve(refined?.[i]),
            knownShare: model.knownShare?.(question.query),
          },
          found,
          method.mode,
        );
        judged.push(judge(question, hits));
      }
      const gains = judged.map((one) => one["nDCG@10"]);
      gainsOf.set(method.name, gains);
      const means = Object.fromEntries(
        measures.map((measure) => [measure, mean(judged.map((one) => one[measure]))]),
      );
      out[method.name] = {
        ...(means as Measures),
        interval: interval(gains),
        seconds: (performance.now() - begun) / 1000 / Math.max(1, questions.length),
      };
    }
    await entry.close();
  }
  const [ours, theirs] = [gainsOf.get(shipped), gainsOf.get(yardstick)];
  const differences = ours && theirs && ours.map((gain, i) => gain - (theirs[i] ?? 0));
  return {
    set: name,
    group,
    questions: questions.length,
    chunks,
    methods: out,
    ...(differences && { difference: { mean: mean(differences), interval: interval(differences) } }),
  };
}

/** Brings the index of a set up to date, by the same steps as the engine's loop. */
async function buildIndex(
  dir: string,
  name: string,
  storage: string,
  models: Models,
): Promise<{ entry: FolderEntry; index: FolderIndex }> {
  const entry = new FolderEntry(
    { folder: { path: dir, name }, realPath: await realpath(dir) },
    {
      storage: () => storage,
      models: () => models,
      parser,
      onProgress: () => undefined,
      log: (_, message) => log(message),
      wake: () => undefined,
    },
  );
  await entry.open();
  const { signal } = new AbortController();
  const { exclude, maxFileBytes } = defaultSettings;
  await entry.lookAtAll({ exclude, maxFileBytes }, 0, signal);
  await entry.readFiles(maxFileBytes, { signal, isYielding: () => false });
  await entry.finish(signal);
  const index = entry.index?.value;
  if (!index) throw new Error(`The index of ${name} is not open.`);
  return { entry, index };
}

async function refine(entry: FolderEntry, index: FolderIndex, name: string): Promise<void> {
  const started = performance.now();
  const before = index.counts().refined;
  await entry.refine(new AbortController().signal);
  const seconds = (performance.now() - started) / 1000;
  const made = index.counts().refined - before;
  log(
    `${name}: second pass, ${made} chunks, ${seconds.toFixed(1)} s, ${(made / seconds).toFixed(0)} chunks/s`,
  );
}

function print(all: readonly SetResult[]): void {
  const columns = methods.map((method) => method.name).filter((name) => all.some((one) => one.methods[name]));
  const line = (cells: readonly string[]): void => console.log(`| ${cells.join(" | ")} |`);
  line(["nDCG@10", "questions", "chunks", ...columns, `${shipped} − ${yardstick}`]);
  line(["---", "---:", "---:", ...columns.map(() => "---:"), "---:"]);
  for (const one of all) {
    const cells = columns.map((name) => {
      const result = one.methods[name];
      if (!result) return "";
      const [low, high] = result.interval;
      return `${result["nDCG@10"].toFixed(3)} (${low.toFixed(2)}–${high.toFixed(2)})`;
    });
    const { difference } = one;
    const [low, high] = difference?.interval ?? [];
    const last = difference ? `${signed(difference.mean, 3)} (${signed(low, 2)} to ${signed(high, 2)})` : "";
    line([one.set, String(one.questions), String(one.chunks), ...cells, last]);
  }
  for (const [title, groups] of [
    ["mean of code", ["code"]],
    ["mean of text", ["text"]],
    ["mean of code and text", ["code", "text"]],
    ["mean of other languages", ["languages"]],
  ] as const) {
    const some = all.filter((one) => (groups as readonly string[]).includes(one.group));
    if (some.length === 0) continue;
    const cells = columns.map((name) =>
      mean(some.map((one) => one.methods[name]?.["nDCG@10"] ?? 0)).toFixed(3),
    );
    const differences = some.flatMap((one) => one.difference?.mean ?? []);
    line([`**${title}**`, "", "", ...cells, differences.length ? signed(mean(differences), 3) : ""]);
  }
  console.log();
  for (const measure of measures.slice(1)) {
    const some = all.filter((one) => one.group !== "languages");
    const cells = columns.map((name) => {
      const value = mean(some.map((one) => one.methods[name]?.[measure] ?? 0));
      return `${name} ${value.toFixed(3)}`;
    });
    console.log(`${measure}, mean of code and text: ${cells.join(", ")}`);
  }
}

function signed(value: number | undefined, digits: number): string {
  return `${(value ?? 0) < 0 ? "−" : "+"}${Math.abs(value ?? 0).toFixed(digits)}`;
}
