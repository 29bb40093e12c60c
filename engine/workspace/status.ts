import type { FolderIndex } from "../../indexer/folderIndex.ts";
import { defaultSettings, type IndexStatus, type Skipped, type Withheld } from "../../protocol/data.ts";
import { foreignLanguages } from "../../text/foreignLanguages.ts";
import type { FolderEntry } from "./folderEntry.ts";
import type { IndexSet } from "./indexSet.ts";
import { nestedIn } from "./nested.ts";
import type { Problem } from "./problem.ts";
import type { Reconciler } from "./reconciler.ts";
import type { Wish } from "./wish.ts";

/** Places of secrets that a person is shown. */
const mostWithheld = 500;

export interface StatusSource {
  readonly wish: Wish;
  readonly reconciler: Reconciler;
  /** Of the embedding model: why it is not used, or why nothing can be done at all. */
  readonly modelProblem: Problem | undefined;
}

/** What a person is told of the index: of the one that is being built while one is, else of the one that serves. */
export function statusOf({ wish, reconciler, modelProblem }: StatusSource): IndexStatus {
  const works = wish.asked && !wish.paused;
  const isBusy = (set: IndexSet | undefined): boolean =>
    works && (set?.entries ?? []).some((entry) => isWorkedOn(reconciler, entry));
  const set = isBusy(reconciler.successor) ? reconciler.successor : reconciler.serving;
  const { scans, ...sum } = countsOf(set);
  sum.skipped += reconciler.missing.length;
  const problem = problemsOf(reconciler, modelProblem);
  const isIndexing = isBusy(set) && (sum.total > 0 || sum.files === 0);
  const isKnown = sum.files > 0 || (works && set?.isComplete);
  const languages = languagesOf(set, wish);
  const emptyReason = set?.entries.find((entry) => entry.emptyReason !== undefined)?.emptyReason;
  const { scansProblem } = reconciler.quiet;
  const scanNotice = scansProblem && `${scansProblem.message} ${scansProblem.remedy}`;
  const notice = sum.files === 0 ? emptyReason : scanNotice;
  return {
    ...sum,
    ...(scans.pages > 0 && { scans }),
    state: problem
      ? "problem"
      : wish.paused
        ? "paused"
        : isIndexing
          ? "indexing"
          : isKnown
            ? "ready"
            : "empty",
    writer: set?.entries.every((entry) => entry.isWriter) ?? false,
    embedding: set?.models.value.embedding.id ?? "",
    ...(problem ? { problem: problem.message, remedy: problem.remedy } : {}),
    ...(notice !== undefined ? { notice } : {}),
    ...(languages.length > 0 ? { languages } : {}),
  };
}

/** With a model that the person chose there is nothing to be said about languages. */
function languagesOf(set: IndexSet | undefined, { settings }: Wish): string[] {
  if (settings.embeddingModel !== defaultSettings.embeddingModel) return [];
  const sample = set?.entries.flatMap(({ realPath, languages }) =>
    languages.map(({ file, language }) => ({ file: `${realPath}/${file}`, language })),
  );
  return foreignLanguages(sample ?? []);
}

/** The files that are not in the index, with the reason; folders that are missing first. */
export function skippedOf(reconciler: Reconciler): Skipped[] {
  const missing = reconciler.missing.map(({ folder, problem }) => ({
    path: folder.path,
    reason: problem.message,
  }));
  return [...missing, ...listedIn(reconciler, (index) => index.skipped(reconciler.quiet.readsScans))];
}

/** What was held back of the files that are searched; a bounded number, since a status is read often. */
export function withheldOf(reconciler: Reconciler): Withheld[] {
  return listedIn(reconciler, (index) => index.withheld()).slice(0, mostWithheld);
}

/** What all indexes list, without what lies in a folder with an index of its own. */
function listedIn<T extends { readonly path: string }>(
  reconciler: Reconciler,
  list: (index: FolderIndex) => T[],
): T[] {
  const entries = reconciler.serving?.entries ?? [];
  const places = entries.map(({ realPath }) => realPath);
  return entries.flatMap((entry) => {
    const nested = nestedIn(entry.realPath, places);
    const all = entry.index ? list(entry.index.value) : [];
    return all.filter(({ path }) => !nested.some((prefix) => path.startsWith(prefix)));
  });
}

/** Whether an update is under way; looking for damage and putting in order is none that a person would see. */
function isWorkedOn(reconciler: Reconciler, entry: FolderEntry): boolean {
  return (
    entry.problem === undefined && reconciler.isToDo(entry) && (entry.isVerified || entry.queue.size > 0)
  );
}

type Counts = Pick<IndexStatus, "files" | "chunks" | "refined" | "skipped" | "done" | "total"> & {
  scans: { read: number; pages: number };
};

export function countsOf(set: IndexSet | undefined): Counts {
  const scans = { read: 0, pages: 0 };
  const sum = { files: 0, chunks: 0, refined: 0, skipped: 0, done: 0, total: 0, scans };
  const places = set?.entries.map(({ realPath }) => realPath) ?? [];
  for (const entry of set?.entries ?? []) {
    const { done, total } = entry.queue.progress;
    sum.done += done;
    sum.total += total;
    const counts = entry.index?.value.counts(nestedIn(entry.realPath, places));
    if (!counts) continue;
    sum.files += counts.files;
    sum.chunks += counts.chunks;
    sum.refined += counts.refined;
    sum.skipped += counts.skipped;
    scans.read += counts.scans.read;
    scans.pages += counts.scans.pages;
  }
  return sum;
}

/** A status names this many problems; of more it gives the number. */
const mostNamed = 3;

/** All problems as one, with what to do about the first. */
function problemsOf(reconciler: Reconciler, modelProblem: Problem | undefined): Problem | undefined {
  const entries = [...(reconciler.successor?.entries ?? []), ...(reconciler.serving?.entries ?? [])];
  const all = [
    ...reconciler.missing.map(({ problem }) => problem),
    ...entries.flatMap((entry) => entry.problem ?? entry.readOnly ?? []),
    ...(modelProblem ? [modelProblem] : []),
  ];
  const distinct = [...new Map(all.map((problem) => [problem.message, problem])).values()];
  const [first] = distinct;
  if (!first || distinct.length === 1) return first;
  const named = distinct.slice(0, mostNamed).map(({ message }) => message);
  const more = distinct.length - named.length;
  return { ...first, message: `${named.join(" ")}${more > 0 ? ` (And ${more} more.)` : ""}` };
}
