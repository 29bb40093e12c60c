/**
 * `npm run eval -- --follow-ups [--json]`: pairs of a question and the one before it, asked of the sample workspace
 * and of this repository. Half are new questions, which must find what they find alone; half go on with the one
 * before. "before" glues them together by words, as Carrel did first. Through the product's own indexing, search and
 * choice of passages, with the bundled model at once.
 */
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findPassages, type Search } from "../../engine/answer/findPassages.ts";
import { createParser, type Parser } from "../../indexer/read/pool.ts";
import { search } from "../../indexer/search/search.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { openEmbeddingModel } from "../../models/embedding/open.ts";
import type { Selection, Turn } from "../../protocol/data.ts";
import { questionTerms } from "../../text/questionTerms.ts";
import { indexFolder } from "./indexing.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const passagesAsked = 8;

interface Pair {
  readonly id: string;
  readonly kind: "new" | "follow-up";
  readonly workspace: keyof typeof workspaces;
  /** Written after the rule had been chosen on the others. */
  readonly isHeldOut?: true;
  readonly before: readonly (string | { readonly question: string; readonly selection: Selection })[];
  readonly question: string;
  readonly selection?: Selection;
  /** The right files; one of them is enough. */
  readonly paths: readonly string[];
}

/** What is indexed; of this repository not what would answer with the questions themselves. */
const workspaces = {
  sample: { dir: join(root, "sample"), exclude: [] },
  carrel: { dir: root, exclude: ["/test/", "/sample/", "/dist/", "/scripts/train/"] },
} as const;

const ways = ["before", "alone", "now"] as const;
/** At which place the first right file stands, by each way; files count once. */
type Places = Record<(typeof ways)[number], number>;

/** A pair, and where its right file was found. */
interface Judged {
  readonly pair: Pair;
  readonly places: Places;
}

/** Runs the evaluation and prints it. */
export async function evaluateFollowUps(asJson: boolean): Promise<void> {
  const judged = await judgeFollowUps(["sample", "carrel"], await readPairs());
  if (asJson)
    console.log(
      JSON.stringify(
        judged.map(({ pair, places }) => ({ ...pair, places })),
        null,
        1,
      ),
    );
  else print(judged);
}

/** Indexes these workspaces and asks the pairs that belong to them. */
export async function judgeFollowUps(
  names: readonly (keyof typeof workspaces)[],
  pairs: readonly Pair[],
): Promise<Judged[]> {
  const storage = await mkdtemp(join(tmpdir(), "carrel-eval-"));
  const entry = join(root, "indexer/read/main.ts");
  const parser = createParser({ entry, memoryMb: 512, timeoutMs: 30_000 });
  const model = await openEmbeddingModel("bundled", {
    bundledDir: join(root, "models/bundled"),
    url: "",
    fetch: () => Promise.reject(new Error("The evaluation opens no connection.")),
  });
  const judged: Judged[] = [];
  try {
    for (const name of names) {
      const index = await openIndex(name, join(storage, name), parser, model);
      for (const pair of pairs.filter(({ workspace }) => workspace === name)) {
        judged.push({ pair, places: await ask(pair, index.search) });
      }
      await index.close();
    }
  } finally {
    await parser.close();
    await model.close?.();
    await rm(storage, { recursive: true, force: true });
  }
  return judged;
}

/** All pairs. */
export async function readPairs(): Promise<Pair[]> {
  const lines = (await readFile(join(root, "test/eval/followUps.jsonl"), "utf8")).trim().split("\n");
  const pairs = lines.map((line) => JSON.parse(line) as Pair);
  for (const { id, workspace, paths } of pairs) {
    if (paths.some((path) => existsSync(join(workspaces[workspace].dir, path)))) continue;
    throw new Error(`${id}: none of ${paths.join(", ")} is there any more.`);
  }
  return pairs;
}

async function openIndex(
  name: keyof typeof workspaces,
  storage: string,
  parser: Parser,
  embedding: EmbeddingModel,
): Promise<{ search: Search; close: () => Promise<void> }> {
  const { dir, exclude } = workspaces[name];
  const models = { key: "bundled", embedding, refining: undefined };
  const { entry, index } = await indexFolder(dir, storage, models, parser, exclude);
  const { store } = index;
  if (!store) throw new Error(`The index of ${name} is not open.`);
  return {
    async search(query, k) {
      const [plain] = await embedding.embed([query], "query");
      const knownShare = embedding.knownShare?.(query);
      return search([{ folder: dir, store }], query, { plain, knownShare }, k, "hybrid");
    },
    close: () => entry.close(),
  };
}

async function ask({ before, question, selection, paths }: Pair, find: Search): Promise<Places> {
  const history = before.map((one): Turn => {
    return typeof one === "string" ? { question: one, answer: "" } : { ...one, answer: "" };
  });
  const { signal } = new AbortController();
  const now = async (turns: readonly Turn[]): Promise<number> => {
    const found = await findPassages({ question, history: turns, selection }, find, passagesAsked, signal);
    return place(found.passages);
  };
  const place = (hits: readonly { readonly path: string }[]): number => {
    const files = [...new Set(hits.map(({ path }) => path))];
    const at = files.findIndex((path) => paths.includes(path));
    return at < 0 ? Number.POSITIVE_INFINITY : at + 1;
  };
  const glued = await find(gluedQuery(question, history, selection), passagesAsked, signal);
  return { before: place(glued), alone: await now([]), now: await now(history) };
}

const opening =
  /^\s*(?:and|but|or|so|also|then|what about|how about|what else|why(?: not)?\s*\?|und|aber|oder|auch|wie sieht|et|mais|y|pero|e|ma|en|maar)(?![\p{L}\p{N}])/iu;
const pronoun =
  /(?<![\p{L}\p{N}])(?:it|its|they|them|their|that|this|those|these|he|she|his|her|him|there|one|er|sie|es|dies|dieser|diese|dieses|davon|dazu|dafür|damit|il|elle|ils|elles|cela|ça|eso|esto|ella)(?![\p{L}\p{N}])/iu;

/** The rule that was in place before, kept to compare with. */
function gluedQuery(question: string, history: readonly Turn[], selection?: Selection): string {
  const parts = [question];
  for (const turn of history.slice(-3).reverse()) {
    const asked = parts[0] ?? "";
    const content = questionTerms(asked).size;
    if (!(opening.test(asked) || content <= 1 || (content <= 5 && pronoun.test(asked)))) break;
    parts.unshift(turn.question);
  }
  if (selection) parts.push(selection.text.slice(0, 400));
  return parts.join("\n");
}

function print(judged: readonly Judged[]): void {
  const line = (cells: readonly (string | number)[]): void => console.log(`| ${cells.join(" | ")} |`);
  line(["right file", "pairs", ...ways.flatMap((way) => [`${way}: first`, "first five"]), "lost", "gained"]);
  line(["---", ...Array.from({ length: 9 }, () => "---:")]);
  for (const kind of ["new", "follow-up"] as const) {
    for (const isHeldOut of [false, true]) {
      const some = judged.filter(({ pair }) => pair.kind === kind && (pair.isHeldOut ?? false) === isHeldOut);
      const cells = ways.flatMap((way) =>
        [1, 5].map((most) => some.filter(({ places }) => places[way] <= most).length),
      );
      const lost = some.filter(({ places }) => isWorse(places.now, places.alone));
      const gained = some.filter(({ places }) => isWorse(places.alone, places.now));
      line([`${kind}${isHeldOut ? ", held out" : ""}`, some.length, ...cells, lost.length, gained.length]);
    }
  }
  console.log(
    "\nLost and gained: out of, and into, first place or the first five, against being asked alone.",
  );
  for (const { pair, places } of judged) {
    if (!isWorse(places.now, places.alone)) continue;
    console.log(`Lost: ${pair.id}, ${JSON.stringify(pair.question)}: ${places.alone} → ${places.now}`);
  }
}

/** Whether a place is out of first place, or of the first five, and another one is not. */
export function isWorse(place: number, than: number): boolean {
  return [1, 5].some((most) => place > most && than <= most);
}
