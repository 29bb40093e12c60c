import { basename } from "node:path";
import type { TestContext } from "node:test";
import { Workspace as Indexes } from "../../engine/workspace/workspace.ts";
import { createParser } from "../../indexer/read/pool.ts";
import type { Recogniser } from "../../indexer/scans/recogniser.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { defaultSettings, type IndexStatus, type Settings } from "../../protocol/data.ts";
import { noRecogniser } from "./noRecogniser.ts";
import { parserEntry } from "./parserEntry.ts";
import type { Workspace } from "./workspace.ts";

/** An embedding model that does what a test tells it to. */
export interface TestModel extends EmbeddingModel {
  /** Called before each embedding; may wait or throw. */
  onEmbed: (texts: readonly string[], input: string) => Promise<void> | void;
  closed: number;
}

export function testModel(id: string, dimension = 4): TestModel {
  const model: TestModel = {
    id,
    dimension,
    closed: 0,
    onEmbed: () => undefined,
    async embed(texts, input) {
      await model.onEmbed(texts, input);
      return texts.map((text) => {
        const vector = new Float32Array(dimension).fill(0.1);
        vector[text.length % dimension] = 1;
        const length = Math.hypot(...vector);
        return vector.map((value) => value / length);
      });
    },
    async close() {
      model.closed += 1;
    },
  };
  return model;
}

/** The settings that `openInProcess` begins with, with these changes. */
export const settingsFor = (changes: Partial<Settings>): Settings => ({
  ...defaultSettings,
  refine: false,
  ...changes,
});

export interface InProcess {
  readonly indexes: Indexes;
  readonly statuses: IndexStatus[];
  readonly logged: string[];
  index(refine?: boolean): ReturnType<Indexes["index"]>;
  /** Paths that lexical search finds, each as often as it is found. */
  paths(query: string): Promise<string[]>;
}

export interface InProcessOptions {
  readonly settings?: Partial<Settings>;
  readonly open: (settings: Settings) => Promise<EmbeddingModel>;
  readonly openRefining?: (embedding: EmbeddingModel) => Promise<EmbeddingModel | undefined>;
  readonly folders?: readonly string[];
  readonly recogniser?: Recogniser;
}

export const signal = new AbortController().signal;

/** The same as `openInProcess`, which the test opens itself. */
export function inProcess(
  t: TestContext,
  workspace: Workspace,
  options: InProcessOptions,
): InProcess & { open(): Promise<void> } {
  const parser = createParser({ entry: parserEntry, memoryMb: 256, timeoutMs: 20_000 });
  const statuses: IndexStatus[] = [];
  const logged: string[] = [];
  const indexes = new Indexes({
    parser,
    recogniser: options.recogniser ?? noRecogniser,
    openEmbedding: options.open,
    openRefining: options.openRefining ?? (() => Promise.resolve(undefined)),
    onStatus: (status) => statuses.push(status),
    log: (level, message) => logged.push(`${level}: ${message}`),
  });
  t.after(async () => {
    await indexes.close();
    await parser.close();
    await workspace.remove();
  });
  const folders = (options.folders ?? [workspace.dir]).map((path) => ({ path, name: basename(path) }));
  return {
    indexes,
    statuses,
    logged,
    open: () => indexes.open(workspace.storage, folders, settingsFor(options.settings ?? {})),
    index: (refine = false) => indexes.index(signal, () => undefined, { refine }),
    async paths(query) {
      return (await indexes.search(query, 50, "lexical", signal)).map(({ path }) => path).sort();
    },
  };
}

/**
 * The engine's indexes in this process: real files, a real parser and a real store, and models of the test's own.
 * The workspace is removed when the test ends.
 */
export async function openInProcess(
  t: TestContext,
  workspace: Workspace,
  options: InProcessOptions,
): Promise<InProcess> {
  const made = inProcess(t, workspace, options);
  await made.open();
  return made;
}
