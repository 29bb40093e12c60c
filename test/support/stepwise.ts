import { readdir } from "node:fs/promises";
import { basename } from "node:path";
import type { TestContext } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { FolderEntry } from "../../engine/workspace/folderEntry.ts";
import type { Step } from "../../engine/workspace/loop.ts";
import { Reconciler } from "../../engine/workspace/reconciler.ts";
import { statusOf } from "../../engine/workspace/status.ts";
import { WantedModel } from "../../engine/workspace/wantedModel.ts";
import { emptyWish, type Wish } from "../../engine/workspace/wish.ts";
import { parseFile } from "../../indexer/read/parseFile.ts";
import type { ParseResult } from "../../indexer/read/pool.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { defaultSettings, type IndexStatus, type Settings } from "../../protocol/data.ts";
import { testModel } from "./inProcess.ts";
import { noRecogniser } from "./noRecogniser.ts";
import { testParser } from "./testParser.ts";
import type { Workspace } from "./workspace.ts";

/** A reconciler without its loop: the test does the steps, and says what time it is. Files are parsed right here. */
export interface Stepwise {
  readonly wish: Wish;
  readonly model: WantedModel;
  readonly reconciler: Reconciler;
  readonly logged: string[];
  /** How often the loop would have been woken, and how often progress was told. */
  readonly woken: () => number;
  readonly told: () => number;
  /** Called before a file is parsed; what it returns is taken for the result. */
  onParse: (path: string) => ParseResult | undefined | Promise<ParseResult | undefined>;
  /** Paths in the order in which they were parsed. */
  readonly parsed: string[];
  /** Asks for an index of all folders as they are now. */
  ask(): void;
  choose(settings: Partial<Settings>): Promise<void>;
  /** Does the next step, if there is one. */
  step(now?: number, signal?: AbortSignal): Promise<Step | undefined>;
  /** Does steps until there is none; returns how many there were. */
  settle(now?: number): Promise<number>;
  /** The only entry of what serves. */
  entry(): FolderEntry;
  status(): IndexStatus;
  /** Paths that a search by words finds. */
  paths(query: string): Promise<string[]>;
}

export interface StepwiseOptions {
  readonly open: (settings: Settings) => Promise<EmbeddingModel> | EmbeddingModel;
  readonly openRefining?: () => Promise<EmbeddingModel | undefined>;
  readonly folders?: readonly string[];
  readonly settings?: Partial<Settings>;
}

const mostSteps = 200;
const never = new AbortController().signal;

/** Wants the workspace's folder with the model that `open` gives; nothing is asked for yet. Closed with the test. */
export async function stepwise(
  t: TestContext,
  workspace: Workspace,
  options: StepwiseOptions,
): Promise<Stepwise> {
  const logged: string[] = [];
  let [woken, told] = [0, 0];
  const wish = emptyWish();
  const log = (level: string, message: string): void => void logged.push(`${level}: ${message}`);
  const model = new WantedModel(
    {
      openEmbedding: async (settings) => options.open(settings),
      openRefining: async () => options.openRefining?.(),
      log,
    },
    () => undefined,
  );
  const parser = testParser(async (folder, path, maxFileBytes) => {
    made.parsed.push(path);
    return (await made.onParse(path)) ?? parseFile(folder, path, maxFileBytes);
  });
  const reconciler = new Reconciler({
    wish,
    model,
    parser,
    recogniser: noRecogniser,
    storage: () => wish.storage,
    onProgress: () => {
      told += 1;
    },
    log,
    wake: () => {
      woken += 1;
    },
  });
  const made: Stepwise = {
    wish,
    model,
    reconciler,
    logged,
    woken: () => woken,
    told: () => told,
    onParse: () => undefined,
    parsed: [],
    ask() {
      wish.asked = true;
      wish.paused = false;
      wish.deleted = false;
      wish.revision += 1;
    },
    async choose(settings) {
      wish.settings = { ...defaultSettings, refine: false, ...settings };
      model.want(wish.settings);
      await nextTurn();
    },
    async step(now = Date.now(), signal = never) {
      const step = reconciler.next(now);
      await step?.run(signal, () => false);
      return step;
    },
    async settle(now) {
      for (let steps = 0; steps < mostSteps; steps++) {
        if (!(await made.step(now ?? Date.now()))) return steps;
      }
      throw new Error(`There is no end to the steps: ${reconciler.next(now ?? Date.now())?.what}`);
    },
    entry() {
      const [entry, ...others] = reconciler.serving?.entries ?? [];
      if (!entry || others.length > 0) throw new Error("There is not one entry.");
      return entry;
    },
    status: () => statusOf({ wish, reconciler, modelProblem: model.fatalProblem ?? model.problem }),
    async paths(query) {
      const hits = (await reconciler.generation?.value.search(query, 50, "lexical")) ?? [];
      return hits.map(({ path }) => path).sort();
    },
  };
  t.after(async () => {
    await model.close();
    await reconciler.close();
  });
  wish.storage = workspace.storage;
  wish.folders = (options.folders ?? [workspace.dir]).map((path) => ({ path, name: basename(path) }));
  await made.choose(options.settings ?? {});
  return made;
}

/** The same with an index of the workspace's folder that is whole. */
export async function indexedStepwise(
  t: TestContext,
  workspace: Workspace,
  options: StepwiseOptions,
): Promise<Stepwise> {
  const made = await stepwise(t, workspace, options);
  made.ask();
  await made.settle();
  return made;
}

export const fruit = { "a.md": "apples\n", "b.md": "bananas\n" };
export const one = { open: () => testModel("m") };
export const later = (ms: number): number => Date.now() + ms;

/** The folders in which there is an index now. */
export async function indexes({ storage }: Workspace): Promise<string[]> {
  const names = await readdir(storage, { recursive: true });
  return names.filter((name) => basename(name) === "index.json");
}
