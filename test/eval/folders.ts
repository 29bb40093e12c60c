/**
 * `npm run eval -- --folders [--half dev|test] [--ablation] [--passages] [--json]`: folders as people have them, with code,
 * documentation, tests and a changelog side by side, and questions in plain words about them (test/eval/folders/;
 * each was looked at by a second reader). Four are for choosing rules by ("dev"), four for testing. Files count,
 * once each: is the first a right one, is one among the first five. The floor: how often nothing is found for a
 * folder's own questions, and for those of the others of its half.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { LookUp } from "../../engine/answer/definitions.ts";
import type { FolderIndex } from "../../indexer/folderIndex.ts";
import type { Parser } from "../../indexer/read/pool.ts";
import { type Ranking, ranking } from "../../indexer/search/fuse.ts";
import { floor } from "../../indexer/search/matchScore.ts";
import { type SearchHit, search } from "../../indexer/search/search.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { indexFolder } from "./indexing.ts";
import { judge, mean } from "./metrics.ts";
import { judgePassages, type PlacedQuestion, printPassages } from "./passages.ts";
import { Repository, type RepositoryName } from "./repositories.ts";

const folders = {
  dev: ["celery/celery", "axios/axios", "jqlang/jq", "sharkdp/bat"],
  test: ["gin-gonic/gin", "jekyll/jekyll", "google/gson", "mkdocs/mkdocs"],
} as const satisfies Record<string, readonly RepositoryName[]>;
const kinds = ["where", "how", "use", "why", "change"] as const;
/** More than ten, because passages of one file count once. */
const found = 30;
/** What the panel asks for. */
const shown = 8;

interface FolderQuestion {
  readonly id: string;
  readonly kind: (typeof kinds)[number];
  readonly query: string;
  readonly relevant: PlacedQuestion["relevant"];
}

interface Outcome {
  readonly folder: string;
  readonly kind: string;
  readonly first: number;
  readonly five: number;
  readonly ndcg: number;
}

interface Way {
  readonly name: string;
  /** Without the second pass, with the candidates that are read for a first question, or with all chunks read. */
  readonly read: "nothing" | "candidates" | "all";
  readonly rules: Ranking;
}

const none = {};
const flat = { code: 0.6, else: 0.6 };
const shipped = [
  { name: "at once", read: "nothing", rules: ranking },
  { name: "first question", read: "candidates", rules: ranking },
  { name: "second pass", read: "all", rules: ranking },
] as const satisfies readonly Way[];
/** Each rule left out alone, and all of them. */
const ablation: readonly Way[] = (
  [
    ["all rules", {}],
    ["function words searched", { leaveOutFunctionWords: false }],
    ["vectors weighted alike", { vectorWeight: { static: { code: 0.45, else: 0.45 }, transformer: flat } }],
    ["all kinds of file alike", { rolePenalty: { any: none, code: none, help: none } }],
    [
      "tests behind, whatever is asked",
      { rolePenalty: { any: { test: 0.1 }, code: { test: 0.1 }, help: { test: 0.1 } } },
    ],
    ["no evidence of the file", { fileEvidence: 0 }],
    ["not spread over files", { spread: 0 }],
    [
      "none of them (as before)",
      {
        leaveOutFunctionWords: false,
        vectorWeight: { static: { code: 0.45, else: 0.45 }, transformer: flat },
        refinedShare: 0.8,
        rolePenalty: { any: { test: 0.1 }, code: { test: 0.1 }, help: { test: 0.1 } },
        fileEvidence: 0,
        spread: 0,
      },
    ],
  ] as const
).map(([name, changed]) => ({ name, read: "all", rules: { ...ranking, ...changed } }));

export interface FoldersOptions {
  readonly cache: string;
  readonly half: string;
  readonly ablation: boolean;
  /** What a model is given instead of what is found; see passages.ts. */
  readonly passages: boolean;
  readonly json: boolean;
  readonly parser: Parser;
  readonly bundled: EmbeddingModel;
  readonly encoder: EmbeddingModel | undefined;
}

/** Prints how well the right files are found in folders as they are. */
export async function evaluateFolders(options: FoldersOptions): Promise<void> {
  const names = options.half === "dev" ? folders.dev : folders.test;
  if (options.passages) return evaluatePassages(names, options);
  const questions = new Map(
    await Promise.all(names.map(async (name) => [name, await questionsOn(name)] as const)),
  );
  const ways = options.ablation ? ablation : shipped;
  const outcomes = new Map<string, Outcome[]>(ways.map(({ name }) => [name, []]));
  const silent = new Map<string, { own: number[]; others: number[] }>(
    ways.map(({ name }) => [name, { own: [], others: [] }]),
  );
  for (const name of names) {
    const opened = await open(name, options);
    for (const way of ways) {
      for (const [from, asked] of questions) {
        if (from !== name && (options.ablation || way.read === "candidates")) continue;
        for (const question of asked) {
          const hits = await opened.find(question.query, way);
          const isSilent = Number(hits.slice(0, shown).every(({ score }) => score < floor));
          silent.get(way.name)?.[from === name ? "own" : "others"].push(isSilent);
          if (from === name) outcomes.get(way.name)?.push({ folder: name, ...judged(question, hits) });
        }
      }
    }
    await opened.close();
  }
  if (options.json) console.log(JSON.stringify(Object.fromEntries(outcomes), null, 1));
  else print(outcomes, silent, names);
}

async function evaluatePassages(names: readonly RepositoryName[], options: FoldersOptions): Promise<void> {
  const [, , secondPass] = shipped;
  const all: Awaited<ReturnType<typeof judgePassages>> = [];
  for (const name of names) {
    const opened = await open(name, options);
    for (const question of await questionsOn(name)) {
      const hits = await opened.find(question.query, secondPass);
      all.push(...(await judgePassages(question, async (_query, k) => hits.slice(0, k), opened.lookUp)));
    }
    await opened.close();
  }
  printPassages(all);
}

async function questionsOn(name: RepositoryName): Promise<FolderQuestion[]> {
  const file = join(import.meta.dirname, "folders", `${name.split("/")[1]}.jsonl`);
  return (await readFile(file, "utf8"))
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as FolderQuestion);
}

interface Opened {
  find(query: string, way: Way): Promise<SearchHit[]>;
  readonly lookUp: LookUp;
  close(): Promise<void>;
}

async function open(
  name: RepositoryName,
  { cache, parser, bundled, encoder }: FoldersOptions,
): Promise<Opened> {
  const short = name.split("/")[1] ?? name;
  const dir = join(cache, "folders", short);
  if (!existsSync(dir)) new Repository(name, cache).checkOut(dir);
  const models = { key: "bundled", embedding: bundled, refining: encoder };
  const { entry, index } = await indexFolder(dir, join(cache, "index", `folder-${short}`), models, parser);
  await entry.refine(new AbortController().signal);
  const { files, chunks, refined } = index.counts();
  console.error(`${name}: ${files} files, ${chunks} chunks, ${refined} of them read by the second pass`);
  return {
    find: (query, way) => findIn(index, dir, query, way, bundled, encoder),
    async lookUp(words, k, file) {
      const filter = file ? { paths: [file.path] } : {};
      return index.store
        ? search([{ folder: dir, store: index.store, filter }], words, {}, k, "lexical")
        : [];
    },
    close: () => entry.close(),
  };
}

async function findIn(
  { store, refined }: FolderIndex,
  folder: string,
  query: string,
  way: Way,
  bundled: EmbeddingModel,
  encoder: EmbeddingModel | undefined,
): Promise<SearchHit[]> {
  if (!store) return [];
  const [plain] = await bundled.embed([query], "query");
  const better =
    way.read === "nothing" ? undefined : encoder?.embed([query], "query").then(([vector]) => vector);
  // The product gives up after a second; here all candidates are read, however busy the machine is.
  const readNow = (texts: readonly string[]): Promise<Float32Array[]> =>
    encoder?.embed(texts, "passage") ?? Promise.resolve([]);
  const vectors = {
    plain,
    refined: better,
    knownShare: bundled.knownShare?.(query),
    ...(way.read === "candidates" ? { readNow } : {}),
  };
  const searched = { folder, store, ...(way.read === "all" ? { refined } : {}) };
  return search([searched], query, vectors, found, "hybrid", way.rules);
}

function judged(question: FolderQuestion, hits: readonly SearchHit[]): Omit<Outcome, "folder"> {
  const right = new Set(question.relevant.map(({ path }) => path));
  const files = [...new Set(hits.map(({ path }) => path))];
  const relevant = [...right].map((path) => ({ path }));
  return {
    kind: question.kind,
    first: Number(right.has(files[0] ?? "")),
    five: Number(files.slice(0, 5).some((path) => right.has(path))),
    ndcg: judge({ id: question.id, query: question.query, relevant }, hits)["nDCG@10"],
  };
}

function print(
  outcomes: ReadonlyMap<string, readonly Outcome[]>,
  silent: ReadonlyMap<string, { readonly own: readonly number[]; readonly others: readonly number[] }>,
  names: readonly string[],
): void {
  const percent = (values: readonly number[]): string => (100 * mean(values)).toFixed(0);
  const cells = (some: readonly Outcome[]): string =>
    `${percent(some.map(({ first }) => first))} | ${percent(some.map(({ five }) => five))} | ${mean(some.map(({ ndcg }) => ndcg)).toFixed(3)}`;
  console.log("| of 100 questions | n | right file first | among the first five | nDCG@10 |");
  console.log("|---|---:|---:|---:|---:|");
  for (const [way, all] of outcomes) {
    console.log(`| **${way}** | ${all.length} | ${cells(all)} |`);
    if (outcomes.size > 3) continue;
    for (const name of names) {
      const some = all.filter(({ folder }) => folder === name);
      console.log(`| ${way}, ${name} | ${some.length} | ${cells(some)} |`);
    }
    for (const kind of kinds) {
      const some = all.filter((one) => one.kind === kind);
      console.log(`| ${way}, "${kind}" | ${some.length} | ${cells(some)} |`);
    }
  }
  for (const [way, { own, others }] of silent) {
    if (others.length === 0) continue;
    console.log(
      `\nNothing above the floor, ${way}: for ${percent(own)} of 100 of a folder's own questions, for ${percent(others)} of 100 of the other folders'.`,
    );
  }
}
