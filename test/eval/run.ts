/**
 * `npm run eval [-- --json] [--sets a,b] [--methods a,b] [--most N] [--bundled DIR] [--yardstick DIR]`: how well
 * search finds, through the product's own indexing and search, on public data. Side by side: lexical, the static
 * model's vectors, both fused (what there is at once), and that with the transformer's second pass. Where a
 * yardstick model's folder is there (scripts/train/teacher.py makes it): the same search with it, alone and
 * fused; it fused plainly with lexical search, at the weight that suits it best on the set's own questions; and a
 * search as tutorials have it. "documents" are questions on the sample's office documents, with a table by format.
 */
import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { FolderEntry } from "../../engine/workspace/folderEntry.ts";
import type { FolderIndex } from "../../indexer/folderIndex.ts";
import { createParser } from "../../indexer/read/pool.ts";
import { search } from "../../indexer/search/search.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { openEmbeddingModel, openRefiningModel } from "../../models/embedding/open.ts";
import type { SearchMode } from "../../protocol/data.ts";
import { build, defaultCache } from "./build.ts";
import { evaluateChecker } from "./checker.ts";
import { type Dataset, type Question, sample } from "./dataset.ts";
import { evaluateExtractors } from "./extractors/extractors.ts";
import { evaluateFolders } from "./folders.ts";
import { evaluateFollowUps } from "./followUps.ts";
import { indexFolder } from "./indexing.ts";
import { evaluateLanguages } from "./languages.ts";
import { interval, type Judged, judge, type Measures, mean, measures } from "./metrics.ts";
import { judgeParts, type PartResults, printParts } from "./parts.ts";
import { rankAtEachWeight, weights } from "./plainFusion.ts";
import { documentQuestions, sampleQuestions } from "./sampleSets.ts";
import { Tutorial } from "./tutorial.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** More than ten, because passages of one file count once. */
const found = 30;

interface Method {
  readonly name: string;
  readonly model: "bundled" | "yardstick";
  /** How the product's search is to be done, or which other search. */
  readonly mode: SearchMode | "best weight" | "tutorial";
  /** With the vectors of the second pass. */
  readonly refined?: true;
}

const allMethods: readonly Method[] = [
  { name: "lexical", model: "bundled", mode: "lexical" },
  { name: "static vectors", model: "bundled", mode: "vector" },
  { name: "hybrid at once", model: "bundled", mode: "hybrid" },
  { name: "hybrid refined", model: "bundled", mode: "hybrid", refined: true },
  { name: "MiniLM vectors", model: "yardstick", mode: "vector" },
  { name: "MiniLM hybrid", model: "yardstick", mode: "hybrid" },
  { name: "MiniLM best", model: "yardstick", mode: "best weight" },
  { name: "tutorial", model: "yardstick", mode: "tutorial" },
];

/** What the last columns compare with each of the others. */
const shipped = "hybrid refined";
const rivals = ["MiniLM hybrid", "MiniLM best", "tutorial"];

interface SetResult {
  readonly set: string;
  readonly group: string;
  readonly questions: number;
  readonly chunks: number;
  readonly methods: Record<string, MethodResult>;
  /** nDCG@10 as shipped less that of each rival, question by question. */
  readonly differences: Record<string, { readonly mean: number; readonly interval: [number, number] }>;
}

interface MethodResult extends Measures {
  readonly interval: [number, number];
  readonly seconds: number;
  /** The best weight, where it was looked for. */
  readonly weight?: number;
  readonly parts: PartResults;
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
    /** The check of answers instead; see checker.ts. */
    checker: { type: "boolean", default: false },
    errors: { type: "boolean", default: false },
    /** Folders as people have them instead; see folders.ts. With "ablation" each rule of ranking is left out in turn. */
    folders: { type: "boolean", default: false },
    ablation: { type: "boolean", default: false },
    /** With "folders": what a model is given; see passages.ts. */
    passages: { type: "boolean", default: false },
    /** What the readers of documents find, against other extractors; see extractors/extractors.ts. */
    extractors: { type: "boolean", default: false },
    python: { type: "string", default: "python3" },
    seed: { type: "string", default: "1" },
    words: { type: "boolean", default: false },
    /** Questions in other languages than English instead; see languages.ts. "model" is one beside the bundled one. */
    languages: { type: "boolean", default: false },
    model: { type: "string" },
    /** Names of columns, for a quick look: models that none of them needs are not run. */
    methods: { type: "string" },
    /** At most so many questions of each set. */
    most: { type: "string", default: "100000" },
  },
});
if (options["follow-ups"]) {
  await evaluateFollowUps(options.json);
  process.exit();
}
if (options.checker) {
  const { errors, json } = options;
  evaluateChecker({ cache: defaultCache, errors, json });
  process.exit();
}
const methods = allMethods.filter(({ name }) => options.methods?.split(",").includes(name) ?? true);
const most = Number(options.most);

const log = (line: string): void => console.error(line);
const parser = createParser({
  entry: join(root, "indexer/read/main.ts"),
  memoryMb: 512,
  // What a busy machine gives up on would be missing from the set, and change its figures.
  timeoutMs: 600_000,
});
if (options.extractors) {
  const { python, words, json } = options;
  await evaluateExtractors({ parser, python, seed: Number(options.seed), words, json });
  await parser.close();
  process.exit();
}
if (options.languages) {
  const { model, bundled: bundledDir, json } = options;
  await evaluateLanguages({ model, bundledDir, parser, json });
  await parser.close();
  process.exit();
}
const places = {
  bundledDir: options.bundled,
  url: "",
  fetch: () => Promise.reject(new Error("The evaluation opens no connection.")),
};

const setsDir = join(defaultCache, "sets");
if (!existsSync(setsDir)) await build(defaultCache, log);
const bundled = await openEmbeddingModel("bundled", places);
const models = new Map<string, EmbeddingModel>([["bundled", bundled]]);
const encoder = methods.some(({ refined }) => refined)
  ? await openRefiningModel(bundled, options.bundled)
  : undefined;
if (options.folders) {
  const encoder = await openRefiningModel(bundled, options.bundled);
  const { half, ablation, passages, json } = options;
  await evaluateFolders({ cache: defaultCache, half, ablation, passages, json, parser, bundled, encoder });
  await parser.close();
  await encoder?.close();
  process.exit();
}
const wantsYardstick = methods.some(({ model }) => model === "yardstick");
if (wantsYardstick && existsSync(options.yardstick))
  models.set("yardstick", await openEmbeddingModel(options.yardstick, places));
else if (wantsYardstick)
  log(`No yardstick at ${options.yardstick}: python scripts/train/teacher.py makes it.`);

const names = options.sets?.split(",") ?? (await listSets());
const results: SetResult[] = [];
for (const name of names) results.push(await evaluate(name));
await parser.close();
for (const model of [...models.values(), encoder]) await model?.close();
if (options.json) console.log(JSON.stringify({ models: [bundled.id, encoder?.id], results }, null, 1));
else print(results);

async function listSets(): Promise<string[]> {
  return [
    "sample",
    "documents",
    ...(JSON.parse(await readFile(join(setsDir, "index.json"), "utf8")) as string[]),
  ];
}

/** The questions on the sample workspace stand beside it in the repository. */
async function readSet(
  name: string,
): Promise<{ dir: string; group: string; questions: readonly Question[] }> {
  if (name === "sample") {
    return { dir: join(root, "sample"), group: "text", questions: await sampleQuestions() };
  }
  if (name === "documents") {
    const questions = await documentQuestions(options.half);
    return { dir: join(root, "sample"), group: "documents", questions };
  }
  const set = JSON.parse(await readFile(join(setsDir, name, "set.json"), "utf8")) as Omit<Dataset, "files">;
  const rest = options.half === "dev" ? 1 : 0;
  const questions = set.questions.filter((_, i) => i % 2 === rest);
  return { dir: join(setsDir, name, "files"), group: set.group, questions };
}

async function evaluate(name: string): Promise<SetResult> {
  const { dir, group, questions: all } = await readSet(name);
  const questions = sample(all, most);
  const out: Record<string, MethodResult> = {};
  const gainsOf = new Map<string, number[]>();
  let chunks = 0;
  for (const [key, model] of models) {
    const storage = join(defaultCache, "index", name);
    await mkdir(storage, { recursive: true });
    const models = { key, embedding: model, refining: key === "bundled" ? encoder : undefined };
    const started = performance.now();
    const { entry, index } = await indexFolder(dir, storage, models, parser);
    const { files, chunks: indexed } = index.counts();
    if (chunks > 0 && indexed !== chunks)
      throw new Error(`${name} has ${chunks} chunks for one model and ${indexed} for the other.`);
    chunks = indexed;
    const took = ((performance.now() - started) / 1000).toFixed(1);
    log(`${name}: ${files} files, ${chunks} chunks, ${key}, ${took} s`);
    const queries = questions.map((question) => question.query);
    const vectors = await model.embed(queries, "query");
    if (key === "bundled" && encoder) await refine(entry, index, name);
    const refined = key === "bundled" ? await encoder?.embed(queries, "query") : undefined;
    for (const method of methods.filter((one) => one.model === key)) {
      const begun = performance.now();
      const { gains, ...result } = await judgeAll(method, { dir, index, model, questions, vectors, refined });
      const seconds = (performance.now() - begun) / 1000 / Math.max(1, questions.length);
      gainsOf.set(method.name, gains);
      out[method.name] = { ...result, interval: interval(gains), seconds };
    }
    await entry.close();
  }
  return {
    set: name,
    group,
    questions: questions.filter(({ isApart }) => !isApart).length,
    chunks,
    methods: out,
    differences: differ(gainsOf),
  };
}

function differ(gainsOf: ReadonlyMap<string, readonly number[]>): SetResult["differences"] {
  const ours = gainsOf.get(shipped);
  return Object.fromEntries(
    rivals.flatMap((rival) => {
      const theirs = gainsOf.get(rival);
      if (!ours || !theirs) return [];
      const differences = ours.map((gain, i) => gain - (theirs[i] ?? 0));
      return [[rival, { mean: mean(differences), interval: interval(differences) }]];
    }),
  );
}

/** A set with its index for one model, and its questions with their vectors. */
interface Asked {
  readonly dir: string;
  readonly index: FolderIndex;
  readonly model: EmbeddingModel;
  readonly questions: readonly Question[];
  readonly vectors: readonly Float32Array[];
  readonly refined: readonly Float32Array[] | undefined;
}

type Outcome = Omit<MethodResult, "interval" | "seconds"> & { readonly gains: number[] };

/** Asks all questions by one method, or by one method at several weights, and keeps the best. */
async function judgeAll(method: Method, asked: Asked): Promise<Outcome> {
  const find = await finder(method, asked);
  const place = placer(asked.dir, asked.questions);
  const judged: Measures[][] = [];
  for (const [i, question] of asked.questions.entries()) {
    const rankings = await find(i);
    judged.push(rankings.map((hits) => judge(question, hits.map(place))));
  }
  const outcomes = (judged[0] ?? []).map((_, at): Outcome => {
    const some = judged.flatMap((one) => one[at] ?? []);
    const counted = some.filter((_, i) => !asked.questions[i]?.isApart);
    const means = measures.map((measure) => [measure, mean(counted.map((one) => one[measure]))]);
    const weight = method.mode === "best weight" ? { weight: weights[at] ?? 0 } : {};
    return {
      ...(Object.fromEntries(means) as Measures),
      ...weight,
      gains: counted.map((one) => one["nDCG@10"]),
      parts: judgeParts(asked.questions, some),
    };
  });
  return outcomes.reduce((best, one) => (one["nDCG@10"] > best["nDCG@10"] ? one : best));
}

/** How a method finds: for the question of a number one ranking, or one for each weight. */
async function finder(method: Method, asked: Asked): Promise<(i: number) => Promise<readonly Judged[][]>> {
  const { dir, index, model, questions, vectors, refined } = asked;
  const { mode } = method;
  const none = new Float32Array();
  if (mode === "tutorial") {
    const paths = [...index.files.values()].filter((file) => file.reason === "").map((file) => file.path);
    const tutorial = await Tutorial.build(dir, paths, {
      parser,
      model,
      cache: join(defaultCache, "tutorial"),
    });
    log(`${dir}: ${tutorial.size} pieces as tutorials cut them`);
    return async (i) => [tutorial.search(vectors[i] ?? none, found)];
  }
  const { store } = index;
  if (!store) return async () => [[]];
  if (mode === "best weight")
    return (i) => rankAtEachWeight(store, questions[i]?.query ?? "", vectors[i] ?? none, found);
  return async (i) => {
    const query = questions[i]?.query ?? "";
    const queryVectors = {
      plain: vectors[i],
      refined: method.refined && Promise.resolve(refined?.[i]),
      knownShare: model.knownShare?.(query),
    };
    return [await search([{ folder: dir, store, refined: index.refined }], query, queryVectors, found, mode)];
  };
}

/** Says where in its file the text of a hit begins, where targets are marked in characters. */
function placer(dir: string, questions: readonly Question[]): (hit: Judged) => Judged {
  if (!questions.some(({ relevant }) => relevant.some(({ marked }) => marked))) return (hit) => hit;
  const texts = new Map<string, string>();
  return (hit) => {
    if (hit.from !== undefined) return hit;
    const text = texts.get(hit.path) ?? readFileSync(join(dir, hit.path), "utf8");
    texts.set(hit.path, text);
    let line = 0;
    for (let i = 1; i < hit.startLine; i++) line = text.indexOf("\n", line) + 1;
    const from = text.indexOf(hit.text, line);
    if (from < 0) throw new Error(`A passage of ${hit.path} does not stand in it as it is.`);
    return { ...hit, from };
  };
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
  const compared = rivals.filter((rival) => all.some((one) => one.differences[rival]));
  const line = (cells: readonly string[]): void => console.log(`| ${cells.join(" | ")} |`);
  line(["nDCG@10", "questions", "chunks", ...columns, ...compared.map((rival) => `${shipped} − ${rival}`)]);
  line(["---", "---:", "---:", ...[...columns, ...compared].map(() => "---:")]);
  for (const one of all) {
    const cells = columns.map((name) => {
      const result = one.methods[name];
      if (!result) return "";
      const [low, high] = result.interval;
      const weight = result.weight === undefined ? "" : ` at ${result.weight}`;
      return `${result["nDCG@10"].toFixed(3)} (${low.toFixed(2)}–${high.toFixed(2)})${weight}`;
    });
    const differences = compared.map((rival) => {
      const difference = one.differences[rival];
      const [low, high] = difference?.interval ?? [];
      return difference ? `${signed(difference.mean, 3)} (${signed(low, 2)} to ${signed(high, 2)})` : "";
    });
    line([one.set, String(one.questions), String(one.chunks), ...cells, ...differences]);
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
    const differences = compared.map((rival) =>
      signed(mean(some.flatMap((one) => one.differences[rival]?.mean ?? [])), 3),
    );
    line([`**${title}**`, "", "", ...cells, ...differences]);
  }
  for (const one of all) printParts(one.set, one.methods);
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
