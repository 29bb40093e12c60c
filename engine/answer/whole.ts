import { floor } from "../../indexer/search/matchScore.ts";
import type { SearchHit } from "../../indexer/search/search.ts";
import type { StoredChunk } from "../../indexer/store/store.ts";
import { CarrelError } from "../../protocol/channel.ts";
import type { Filter, Folder, Hit, OverviewText, Selection, Turn } from "../../protocol/data.ts";
import { firstChunks, type IndexedFile } from "../overview/contents.ts";
import { tellingLines } from "../overview/manifests.ts";
import { makeOverviews, type Overview } from "../overview/overview.ts";
import type { FolderContents } from "../workspace/folderContents.ts";
import type { Workspace } from "../workspace/workspace.ts";
import { aboutTheWhole } from "./aboutTheWhole.ts";
import { mayFollow } from "./followUp.ts";
import { markSentences } from "./marks.ts";

/** How many passages stand behind the overviews: fixed ones, with those found in files that tell of the whole, and all. */
const most = { fixed: 4, told: 6, all: 8 } as const;
/** Chunks among which the one is taken that says most. */
const read = { readme: 14, manifest: 24 } as const;
/** A README begins to speak where so many letters stand in lines that are no tag, picture or link. */
const leastLetters = 120;

interface Asked {
  readonly question: string;
  readonly history: readonly Turn[];
  readonly selection?: Selection | undefined;
  readonly filter?: Filter | undefined;
}

/** What a question about the files as a whole is answered from. */
export interface Whole {
  /** The overviews, and the beginning of README and manifest. */
  readonly first: readonly Hit[];
  /** What a search finds in the files that tell most of the whole. */
  readonly found: readonly Hit[];
  /** Whether the question can't be about anything else: then what a search finds in all files is chance. */
  readonly alone: boolean;
}

/** What tells of the whole in one folder. */
interface Told {
  readonly overview: Overview;
  readonly readme: SearchHit[];
  readonly manifest: SearchHit[];
}

/**
 * For a question about the files as a whole: the folders' overviews, then passages of what tells most of the whole,
 * README and manifest first. Undefined for another question, and where there is nothing.
 */
export async function wholeOf(
  workspace: Workspace,
  folders: readonly Folder[],
  { question, history, selection, filter = {} }: Asked,
  signal: AbortSignal,
): Promise<Whole | undefined> {
  if (selection || (history.length > 0 && mayFollow(question))) return undefined;
  const about = aboutTheWhole(
    question,
    folders.map(({ name }) => name),
  );
  if (about === "no") return undefined;
  const told = await workspace.readContents(filter, signal, (contents) => tell(contents, filter));
  if (told.length === 0) return undefined;
  const paths = told.flatMap(({ overview: { documents, manifests } }) =>
    [...documents, ...manifests].map(({ path }) => literal(path)),
  );
  const found =
    paths.length === 0
      ? []
      : await workspace.search(question, most.told + most.fixed, "hybrid", signal, {
          filter: { ...filter, paths },
        });
  const marked = (hit: SearchHit): Hit => ({ ...hit, marks: markSentences(question, hit.text, hit.kind) });
  const fixed = [...told.flatMap(({ readme }) => readme), ...told.flatMap(({ manifest }) => manifest)];
  return {
    first: [
      ...told.map(({ overview }) => hitOf(overview, filter)),
      ...fixed.slice(0, most.fixed).map(marked),
    ],
    found: found.map(marked),
    alone: about === "surely",
  };
}

/** All that a question about the whole is answered from, with what was found for it in all files. */
export function withTheWhole({ first, found, alone }: Whole, elsewhere: readonly Hit[]): Hit[] {
  const overviews = first.filter(({ overview }) => overview).length;
  const told = distinct([...first, ...found]).slice(0, most.told + overviews);
  if (alone) return told;
  const matching = elsewhere.filter(({ score }) => score >= floor);
  // Where it may be about one thing as well, both have a place.
  const both = [...told.slice(0, first.length + 2), ...matching, ...told];
  return distinct(both).slice(0, most.all + overviews);
}

/** The overview of the folder at this path as it is now. @throws CarrelError when nothing of it is indexed. */
export async function overviewText(
  workspace: Workspace,
  folder: string,
  filter: Filter,
  signal: AbortSignal,
): Promise<OverviewText> {
  const made = await workspace.readContents(filter, signal, (contents) => makeOverviews(contents, filter));
  const overview = made.find((one) => one.folder.path === folder);
  if (!overview) {
    throw new CarrelError(
      `Of ${folder} nothing is indexed that an overview could show.`,
      "Its files were removed or left out since the answer was given; ask again.",
    );
  }
  const { text, files } = overview;
  return { text, files: [...files] };
}

/** The overview as a passage. It names no file: its path is the folder's own, and its filter tells it from others. */
function hitOf({ folder, text }: Overview, filter: Filter): Hit {
  return {
    folder: folder.path,
    path: ".",
    kind: "prose",
    language: "markdown",
    startLine: 1,
    endLine: text.split("\n").length,
    heading: `Overview of ${folder.name}`,
    score: 1,
    text,
    marks: [],
    overview: filter,
  };
}

async function tell(contents: readonly FolderContents[], filter: Filter): Promise<Told[]> {
  const told: Told[] = [];
  for (const overview of await makeOverviews(contents, filter)) {
    const { folder, documents, manifests } = overview;
    const store = contents.find((one) => one.folder === folder)?.store;
    const [document] = documents;
    // One that lies deeper speaks of a part.
    const manifest = manifests.find(({ depth }) => depth <= 1);
    const wanted: [IndexedFile, number][] = [
      ...(document ? [[document, read.readme] satisfies [IndexedFile, number]] : []),
      ...(manifest ? [[manifest, read.manifest] satisfies [IndexedFile, number]] : []),
    ];
    const chunks = store ? await firstChunks(store, wanted) : new Map<string, StoredChunk[]>();
    const opening = openingOf(chunks.get(document?.path ?? "") ?? []);
    const best = mostTelling(chunks.get(manifest?.path ?? "") ?? []);
    told.push({
      overview,
      readme: opening ? [asHit(folder, opening)] : [],
      manifest: best ? [asHit(folder, best)] : [],
    });
  }
  return told;
}

/** Where a README begins to speak: sponsors, badges and a table of contents, lines of tags and links, may stand above. */
function openingOf(chunks: readonly StoredChunk[]): StoredChunk | undefined {
  const speaks = ({ text }: StoredChunk): boolean => {
    const lines = text.split("\n").filter((line) => !/^\s*(?:(?:[-*+]|\d+\.)\s+)?[<[!]/.test(line));
    return (lines.join("").match(/\p{L}/gu)?.length ?? 0) >= leastLetters;
  };
  return chunks.find(speaks) ?? chunks[0];
}

/** The chunk of a manifest that has the most lines which say how a project is built and run. */
function mostTelling(chunks: readonly StoredChunk[]): StoredChunk | undefined {
  const counted = chunks.map((chunk) => ({ chunk, lines: tellingLines(chunk.path, chunk.text).length }));
  return counted.sort((a, b) => b.lines - a.lines)[0]?.chunk;
}

function asHit(
  folder: Folder,
  { path, kind, language, startLine, endLine, page, heading, text }: StoredChunk,
): SearchHit {
  return {
    folder: folder.path,
    path,
    kind,
    language,
    startLine,
    endLine,
    ...(page === null ? {} : { page }),
    ...(heading === null ? {} : { heading }),
    score: 1,
    text,
  };
}

/** Each passage once; one that lies in an earlier one is that one. */
function distinct<H extends SearchHit>(hits: readonly H[]): H[] {
  const kept: H[] = [];
  for (const hit of hits) {
    const isThere = kept.some(
      (one) =>
        one.folder === hit.folder &&
        one.path === hit.path &&
        one.startLine <= hit.startLine &&
        one.endLine >= hit.endLine,
    );
    if (!isThere) kept.push(hit);
  }
  return kept;
}

/** A path as a filter that stands for this path alone: what has a meaning in filters fits any character. */
function literal(path: string): string {
  return path.replace(/[*{}]/g, "?");
}
