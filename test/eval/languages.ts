/**
 * `npm run eval -- --languages [--model SPEC] [--json]`: questions in German, French and Spanish on the sample
 * workspace (test/fixtures/languageQuestions.jsonl). Some are answered by a text in the question's language
 * ("same"), most by an English one ("other"). SPEC is another embedding model, as the setting names it:
 * "ollama:NAME", of a server on this machine, or the absolute path of a transformers.js model's folder.
 */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Parser } from "../../indexer/read/pool.ts";
import { search } from "../../indexer/search/search.ts";
import { createGate } from "../../models/egress/gate.ts";
import { openEmbeddingModel, openRefiningModel } from "../../models/embedding/open.ts";
import { defaultSettings, type SearchMode } from "../../protocol/data.ts";
import { indexFolder } from "./indexing.ts";
import { judge, mean } from "./metrics.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const sample = join(root, "sample");
/** More than ten, because passages of one file count once. */
const found = 30;

interface LanguageQuestion {
  readonly id: string;
  readonly language: "de" | "fr" | "es";
  readonly query: string;
  readonly path: string;
  readonly page?: number;
  /** Whether the text that answers it is in the question's language. */
  readonly answer: "same" | "other";
}

interface Way {
  readonly name: string;
  readonly mode: SearchMode;
  readonly refined?: true;
}

const bundledWays: readonly Way[] = [
  { name: "lexical", mode: "lexical" },
  { name: "at once", mode: "hybrid" },
  { name: "second pass", mode: "hybrid", refined: true },
];

interface Outcome {
  readonly question: LanguageQuestion;
  readonly way: string;
  /** The files that were found, best first. */
  readonly files: readonly string[];
  readonly ndcg: number;
}

export interface LanguagesOptions {
  /** Another embedding model, as the setting names it. */
  readonly model: string | undefined;
  readonly bundledDir: string;
  readonly parser: Parser;
  readonly json: boolean;
}

/** Prints how well questions in other languages than English find. */
export async function evaluateLanguages({ model, json, ...parts }: LanguagesOptions): Promise<void> {
  const lines = await readFile(join(root, "test/fixtures/languageQuestions.jsonl"), "utf8");
  const questions = lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as LanguageQuestion);
  const outcomes = await ask(questions, "bundled", bundledWays, parts);
  if (model !== undefined)
    outcomes.push(...(await ask(questions, model, [{ name: model, mode: "hybrid" }], parts)));
  if (json) console.log(JSON.stringify(outcomes, null, 1));
  else print(outcomes, [...bundledWays.map(({ name }) => name), model ?? "multilingual model"]);
}

async function ask(
  questions: readonly LanguageQuestion[],
  setting: string,
  ways: readonly Way[],
  { bundledDir, parser }: Pick<LanguagesOptions, "bundledDir" | "parser">,
): Promise<Outcome[]> {
  // Refuses everything but a server on this machine.
  const fetch = createGate({ allowedHosts: [] }).fetchFor("evaluation");
  const places = { bundledDir, url: defaultSettings.modelServerUrl, fetch };
  const embedding = await openEmbeddingModel(setting, places);
  const refining = await openRefiningModel(embedding, bundledDir);
  const storage = await mkdtemp(join(tmpdir(), "carrel-eval-"));
  const outcomes: Outcome[] = [];
  try {
    const { entry, index } = await indexFolder(
      sample,
      storage,
      { key: setting, embedding, refining },
      parser,
    );
    await entry.refine(new AbortController().signal);
    const { files, chunks, refined } = index.counts();
    console.error(`${setting}: ${files} files, ${chunks} chunks, ${refined} of them read by the second pass`);
    for (const question of questions) {
      const { store } = index;
      if (!store) throw new Error("The index is not open.");
      const [plain] = await embedding.embed([question.query], "query");
      const better = refining?.embed([question.query], "query").then(([vector]) => vector);
      const knownShare = embedding.knownShare?.(question.query);
      for (const { name, mode, refined } of ways) {
        const vectors = { plain, knownShare, refined: refined && better };
        const folders = [{ folder: sample, store, refined: index.refined }];
        const hits = await search(folders, question.query, vectors, found, mode);
        const { id, query, path, page } = question;
        const relevant = [{ path, ...(page === undefined ? {} : { page }) }];
        const ndcg = judge({ id, query, relevant }, hits)["nDCG@10"];
        outcomes.push({ question, way: name, files: [...new Set(hits.map((hit) => hit.path))], ndcg });
      }
    }
    await entry.close();
  } finally {
    await embedding.close();
    await refining?.close();
    await rm(storage, { recursive: true, force: true });
  }
  return outcomes;
}

function print(outcomes: readonly Outcome[], ways: readonly string[]): void {
  const line = (cells: readonly (string | number)[]): void => console.log(`| ${cells.join(" | ")} |`);
  const percent = (values: readonly boolean[]): string => (100 * mean(values.map(Number))).toFixed(0);
  line(["of 100 questions: right file first, among the first five; nDCG@10", "n", ...ways]);
  line(["---", ...Array.from({ length: ways.length + 1 }, () => "---:")]);
  for (const answer of ["same", "other", undefined] as const) {
    for (const language of ["de", "fr", "es", undefined] as const) {
      const some = outcomes.filter(
        ({ question }) =>
          question.answer === (answer ?? question.answer) &&
          question.language === (language ?? question.language),
      );
      const cells = ways.map((way) => {
        const own = some.filter((one) => one.way === way);
        if (own.length === 0) return "not measured";
        const first = percent(own.map(({ question, files }) => files[0] === question.path));
        const five = percent(own.map(({ question, files }) => files.slice(0, 5).includes(question.path)));
        return `${first}, ${five}; ${mean(own.map(({ ndcg }) => ndcg)).toFixed(3)}`;
      });
      const asked = `${language ?? "all"} → ${answer ?? "all"}`;
      line([asked, new Set(some.map(({ question }) => question.id)).size, ...cells]);
    }
  }
}
