import type { FolderIndex } from "../../indexer/folderIndex.ts";
import { withNeighbours } from "../../indexer/search/neighbours.ts";
import { type QueryVectors, type SearchHit, search } from "../../indexer/search/search.ts";
import type { RefinedRow } from "../../indexer/store/refinedVectors.ts";
import type { Store } from "../../indexer/store/store.ts";
import type { Filter, Folder, SearchMode } from "../../protocol/data.ts";
import type { FolderContents } from "./folderContents.ts";
import type { IndexSet } from "./indexSet.ts";
import { nestedIn } from "./nested.ts";
import { type Release, Shared } from "./shared.ts";
import type { Models } from "./wantedModel.ts";

/** How long a question waits for the better model to read candidates: a chat model takes longer to begin. */
const readNowMs = 1_000;

interface SearchedIndex {
  readonly folder: Folder;
  readonly realPath: string;
  readonly index: FolderIndex;
}

interface OpenIndex {
  readonly folder: Folder;
  readonly index: FolderIndex;
  readonly store: Store;
  readonly nested: readonly string[];
}

/** What a search asks for beside its words. */
export interface SearchDetails {
  readonly filter?: Filter | undefined;
  /** How many chunks before and after each hit come with it. */
  readonly neighbours?: number | undefined;
  /**
   * A question is worth waiting a second for: candidates that the second pass has not come to are read for it.
   */
  readonly isQuestion?: boolean;
}

interface Limits extends SearchDetails {
  /** The paths of the folders to look in; all when it is not there. */
  readonly wanted?: readonly string[] | undefined;
  /** Whether the better model reads, within a second, the candidates that it has not read yet. */
  readonly readNow?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The indexes that serve at one moment. It does not change: a search that has borrowed it goes on with what it
 * began with, whatever becomes of folders and models meanwhile.
 */
export class Generation {
  readonly models: Models;
  readonly indexes: readonly SearchedIndex[];
  private readonly releases: readonly Release[];
  private refiningFailed = false;
  private readonly log: (message: string) => void;

  private constructor(set: IndexSet, log: (message: string) => void) {
    this.log = log;
    this.models = set.models.value;
    const open = set.entries.flatMap(({ folder, realPath, index }) =>
      index ? [{ folder, realPath, shared: index }] : [],
    );
    this.releases = [set.models.hold(), ...open.map(({ shared }) => shared.hold())];
    this.indexes = open.map(({ folder, realPath, shared }) => ({ folder, realPath, index: shared.value }));
  }

  /** What the set consists of now, for borrowers to hold. */
  static of(set: IndexSet, log: (message: string) => void): Shared<Generation> {
    return new Shared(
      new Generation(set, log),
      async (generation) => generation.release(),
      () => undefined,
    );
  }

  private release(): void {
    for (const release of this.releases) release();
  }

  get chunks(): number {
    return this.indexes.reduce((sum, { index }) => sum + index.counts().chunks, 0);
  }

  /**
   * The `k` best chunks of all folders, or of those that are `wanted`, by their paths.
   * @throws CarrelError when the model fails or an index is damaged.
   */
  async search(
    query: string,
    k: number,
    mode: SearchMode,
    { filter, wanted, neighbours = 0, readNow = false, signal }: Limits = {},
  ): Promise<SearchHit[]> {
    const folders = this.opened(wanted).map(({ folder, store, index, nested }) => ({
      folder: folder.path,
      store,
      refined: index.refined,
      nested,
      keepRefined: (rows: readonly RefinedRow[]) => this.keep(index, rows),
      filter,
    }));
    const vectors = await this.queryVectors(query, mode, readNow, signal);
    const found = search(folders, query, vectors, k, mode);
    return neighbours > 0 ? withNeighbours(folders, await found, neighbours) : found;
  }

  /** What is in all folders, or in those that are `wanted`, by their paths. */
  contents(wanted?: readonly string[]): FolderContents[] {
    return this.opened(wanted).map(({ folder, store, index, nested }) => ({
      folder,
      store,
      rows: index.files.values(),
      nested,
      isComplete: index.isComplete,
    }));
  }

  /** The indexes that can be read, of the folders that are wanted. */
  private opened(wanted: readonly string[] | undefined): OpenIndex[] {
    const places = this.indexes.map(({ realPath }) => realPath);
    return this.indexes.flatMap(({ folder, realPath, index }) =>
      index.store && (wanted?.includes(folder.path) ?? true)
        ? [{ folder, index, store: index.store, nested: nestedIn(realPath, places) }]
        : [],
    );
  }

  private async queryVectors(
    query: string,
    mode: SearchMode,
    readNow: boolean,
    signal?: AbortSignal,
  ): Promise<QueryVectors> {
    if (mode === "lexical") return {};
    const { embedding } = this.models;
    const [plain] = await embedding.embed([query], "query", signal);
    const refined = this.refinedQuery(query, readNow);
    const knownShare = embedding.knownShare?.(query);
    return {
      plain,
      refined,
      knownShare,
      ...(readNow ? { readNow: (texts: readonly string[]) => this.readInTime(texts, signal) } : {}),
    };
  }

  /** Vectors by the better model of as many of these texts as it can read within a second. */
  private async readInTime(
    texts: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<Float32Array[]> {
    const { refining } = this.models;
    const vectors: Float32Array[] = [];
    const until = performance.now() + readNowMs;
    for (const text of texts) {
      if (!refining || signal?.aborted || performance.now() > until) break;
      try {
        const [vector] = await refining.embed([text], "passage", signal);
        if (!vector) break;
        vectors.push(vector);
      } catch (error) {
        if (!signal?.aborted) this.log(String(error));
        break;
      }
    }
    return vectors;
  }

  /** What can't be kept is made again by the second pass. */
  private async keep(index: FolderIndex, rows: readonly RefinedRow[]): Promise<void> {
    await index.keepRefined(rows).catch((error: unknown) => this.log(String(error)));
  }

  /** The better model's vector of a query, if there is anything to compare it with. */
  private async refinedQuery(query: string, readNow: boolean): Promise<Float32Array | undefined> {
    const { refining } = this.models;
    if (!refining || this.refiningFailed) return undefined;
    if (!readNow && this.indexes.every(({ index }) => index.counts().refined === 0)) return undefined;
    try {
      return (await refining.embed([query], "query"))[0];
    } catch (error) {
      // Search does without it, and says so once.
      this.refiningFailed = true;
      this.log(String(error));
      return undefined;
    }
  }
}
