import { testPath } from "../../indexer/files/testPath.ts";
import { counted } from "../../protocol/counted.ts";
import type { Filter, Folder } from "../../protocol/data.ts";
import { filterLabels } from "../../protocol/filters.ts";
import { languageLabel } from "../../protocol/formats.ts";
import type { FolderContents } from "../workspace/folderContents.ts";
import { byCount, filesIn, firstChunks, type IndexedFile, tally } from "./contents.ts";
import { documentsIn, type Outline, outlineOf, tierOf } from "./documentOutline.ts";
import { foldersIn, largestIn } from "./folderTree.ts";
import { isAside, manifestsIn, tellingLines } from "./manifests.ts";
import { type NamedFile, Page, type Part } from "./page.ts";

/** What a folder holds, in a page of text that is made from its index. */
export interface Overview {
  readonly folder: Folder;
  readonly text: string;
  /** The files that it names. */
  readonly files: readonly NamedFile[];
  /** The files that tell most of the whole: README and what leads into the rest, and the manifests. */
  readonly documents: readonly IndexedFile[];
  readonly manifests: readonly IndexedFile[];
}

/** In characters: of one overview, and of all together. */
const longest = 4_000;
const longestOfAll = 7_000;
/** More folders are named, and have none. */
const mostFolders = 6;
const most = { manifests: 6, outlines: 12, titles: 40, leading: 4 } as const;
/** Chunks that are read of a file: of one whose sections are listed, and of a manifest. */
const read = { outline: 20, manifest: 24 } as const;

const entryPoint = /(^|\/)(main|__main__|cli|app|server|program|manage|index|lib|mod)\.\w+$/i;
const deepestEntry = 4;

/** Overviews of these folders, as the filter leaves them; none of one that has nothing. */
export async function makeOverviews(folders: readonly FolderContents[], filter: Filter): Promise<Overview[]> {
  const size = Math.min(longest, Math.floor(longestOfAll / Math.min(mostFolders, folders.length)));
  const names = folders.map(({ folder }) => folder.name);
  const made: Overview[] = [];
  for (const contents of folders) {
    if (made.length === mostFolders) break;
    const overview = await makeOverview(contents, filter, names, size);
    if (overview) made.push(overview);
  }
  return made;
}

async function makeOverview(
  contents: FolderContents,
  filter: Filter,
  names: readonly string[],
  size: number,
): Promise<Overview | undefined> {
  const { files, reasons } = filesIn(contents, filter);
  if (files.length === 0) return undefined;
  const documents = documentsIn(files);
  const manifests = manifestsIn(files);
  const titled = documents.slice(0, most.titles);
  const shown = manifests.slice(0, most.manifests);
  const chunks = await firstChunks(contents.store, [
    ...titled.map((file, index) => [file, index < most.outlines ? read.outline : 1] as const),
    ...shown.map((file) => [file, read.manifest] as const),
  ]);
  const page = new Page(size);
  addHead(page, contents, files, filter, names);
  addReasons(page, reasons);
  page.section("Folders and files at the top:", foldersIn(files), size / 4);
  page.section(
    "How it is built, run and tested, from its manifests:",
    shown.flatMap(({ path }) => {
      const lines = tellingLines(path, (chunks.get(path) ?? []).map(({ text }) => text).join("\n"));
      return [[{ path }, lines.length > 0 ? `: ${lines.join("; ")}` : ""]];
    }),
    size / 3,
  );
  addCode(page, files);
  const outlines = titled.map((file) => ({ file, outline: outlineOf(chunks.get(file.path) ?? []) }));
  page.section(
    "Documents, with their titles and sections:",
    [
      ...outlines.map(({ file, outline }, index) => documentLine(file, outline, index < most.outlines)),
      ...documents.slice(most.titles).map(({ path }) => [{ path }]),
    ],
    size,
  );
  page.section(
    "The largest other files:",
    largestIn(files.filter(({ kind }) => kind === "code" || kind === "data")),
    size / 4,
  );
  return {
    folder: contents.folder,
    text: page.text.trimEnd(),
    files: page.files,
    documents: titled.filter((file) => tierOf(file) < 2).slice(0, most.leading),
    manifests: shown,
  };
}

function addHead(
  page: Page,
  { folder, isComplete }: FolderContents,
  files: readonly IndexedFile[],
  filter: Filter,
  names: readonly string[],
): void {
  const labels = filterLabels({ ...filter, folders: [] });
  const which = labels.length > 0 ? ` that ${labels.join(" ")} lets through` : "";
  page.line([`Overview of the folder ${folder.name}, made by Carrel from its index.`]);
  if (names.length > 1) page.line([`One of ${names.length} folders: ${shortList(names, 8)}.`]);
  const count = `${counted(files.length, "file is", "files are")} indexed${which}`;
  page.line([isComplete ? `${count}.` : `${count} by now; the index is still being built.`]);
  const groups: [string, (file: IndexedFile) => boolean][] = [
    ["Code", ({ kind }) => kind === "code"],
    ["Documents and texts", ({ kind }) => kind === "prose" || kind === "document"],
    ["Data and settings", ({ kind }) => kind === "data"],
  ];
  for (const [name, isOne] of groups) {
    const some = files.filter(isOne);
    if (some.length === 0) continue;
    page.line([`${name}: ${counted(some.length, "file")} (${languagesOf(some)}).`]);
  }
}

function languagesOf(files: readonly IndexedFile[]): string {
  const counts = new Map<string, number>();
  for (const [language, count] of tally(files.map(({ language }) => language))) {
    const label = languageLabel(language);
    counts.set(label, (counts.get(label) ?? 0) + count);
  }
  const named = byCount(counts).map(([label, count]) => `${count} ${label}`);
  return shortList(named, 8);
}

function addReasons(page: Page, reasons: ReadonlyMap<string, number>): void {
  const all = byCount(reasons);
  if (all.length === 0) return;
  const count = all.reduce((sum, [, count]) => sum + count, 0);
  const named = all.slice(0, 3).map(([reason, count]) => `${reason.replace(/\.$/, "")}: ${count}`);
  page.line([`Not indexed: ${counted(count, "file")} (${named.join("; ")}).`], { room: 400 });
}

/** Where the code begins, and where its tests are. */
function addCode(page: Page, files: readonly IndexedFile[]): void {
  const entries = files
    .filter(
      ({ path, kind, depth }) =>
        kind === "code" &&
        depth < deepestEntry &&
        entryPoint.test(path) &&
        !isAside(path) &&
        !testPath.test(path),
    )
    .sort((a, b) => a.depth - b.depth || (a.path < b.path ? -1 : 1))
    .slice(0, 8);
  if (entries.length > 0) {
    const named = entries.flatMap(({ path }, i) => [i > 0 ? ", " : "", { path }]);
    page.line(["Entry points of the code: ", ...named], { apart: true });
  }
  const tests = files.filter(({ kind, path }) => kind === "code" && testPath.test(path));
  if (tests.length === 0) return;
  const places = tally(tests.map(({ path }) => directoryOf(path))).map(
    ([place, count]) => `${place} (${count})`,
  );
  page.line([`Tests: ${counted(tests.length, "file")}, in ${shortList(places, 5)}`], {
    apart: entries.length === 0,
  });
}

function documentLine(file: IndexedFile, { title, sections }: Outline, isWhole: boolean): Part[] {
  const listed = isWhole && sections.length > 0 ? ` — ${cut(sections.join(", "), 220)}` : "";
  return [{ path: file.path }, title === undefined ? listed : `: ${title}${listed}`];
}

/** The two outer folders that a file lies in. */
function directoryOf(path: string): string {
  const first = path.indexOf("/");
  if (first < 0) return "the folder itself";
  const second = path.indexOf("/", first + 1);
  return path.slice(0, (second < 0 ? first : second) + 1);
}

function shortList(all: readonly string[], most: number): string {
  const rest = all.length - most;
  return rest > 0 ? `${all.slice(0, most).join(", ")} and ${rest} more` : all.join(", ");
}

function cut(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
