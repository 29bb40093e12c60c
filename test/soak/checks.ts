import { readdirSync } from "node:fs";
import { isAbsolute, join, relative } from "node:path";
import { CarrelError } from "../../protocol/channel.ts";
import type { Hit, IndexStatus, SearchMode, Skipped } from "../../protocol/data.ts";
import { everywhere, wordOf } from "./files.ts";
import { keyOf, placeOf, repeated } from "./hits.ts";
import type { Expected, ExpectedFile } from "./model.ts";
import { openFiles } from "./processes.ts";
import type { Engine, World } from "./world.ts";

/** More than any soak's index has chunks. */
const all = 6_000;
/** Open files come and go with caches; an engine that leaks has more at each rest. */
const moreFiles = 40;
const searchedWords = 3;

/** What an engine shows: its own words, and all that it finds. */
export interface Shown {
  readonly status: IndexStatus;
  readonly skipped: readonly Skipped[];
  readonly lexical: readonly Hit[];
  readonly vector: readonly Hit[];
}

export async function look(world: World, engine: Engine): Promise<Shown> {
  const { channel } = engine.process;
  const { folders } = world.model.expected(engine.slot);
  const search = (mode: SearchMode): Promise<{ hits: Hit[] }> => {
    const found = channel.request("search", { query: everywhere, k: all, mode });
    return folders.length === 0 ? found.catch(noHitsIfTold) : found;
  };
  const [{ status, skipped }, lexical, vector] = await Promise.all([
    channel.request("status", {}),
    search("lexical"),
    search("vector"),
  ]);
  return { status, skipped, lexical: lexical.hits, vector: vector.hits };
}

/** Where there is nothing to search, an engine may say so instead of finding nothing. */
export function noHitsIfTold(error: unknown): { hits: Hit[] } {
  if (error instanceof CarrelError && error.remedy !== "") return { hits: [] };
  throw error;
}

/** How what is found differs from what lies on the disk: each file whole and once, and nothing else. */
export function checkContents(world: World, engine: Engine, shown: Shown): string[] {
  const expected = world.model.expected(engine.slot);
  return [
    ...checkList(world, expected, shown, "lexical"),
    ...checkList(world, expected, shown, "vector"),
    ...sameKeys(world, shown),
  ].map((problem) => `engine ${engine.slot}: ${problem}`);
}

/** How its status differs from the truth. */
export function checkStatus(world: World, engine: Engine, { status, skipped, lexical }: Shown): string[] {
  const expected = world.model.expected(engine.slot);
  const found = new Set(lexical.map((hit) => keyOf(world, hit).replace(/:.*$/, "")));
  const problems = [
    ...checkState(expected, status),
    ...checkSkipped(expected, status, skipped),
    ...checkTold(engine, status),
  ];
  if (status.files !== found.size)
    problems.push(`status says ${status.files} files, ${found.size} are found`);
  if (status.chunks !== lexical.length) {
    problems.push(`status says ${status.chunks} chunks, ${lexical.length} are found`);
  }
  if (!embeddingName(world).test(status.embedding))
    problems.push(`the embedding model is ${status.embedding}`);
  return problems.map((problem) => `engine ${engine.slot}: ${problem}`);
}

/** One engine alone writes; of two that share an index, never both, and one of them if all is shared. */
export function checkWriters(
  world: World,
  shown: readonly { engine: Engine; status: IndexStatus }[],
): string[] {
  const listed = shown.map(({ engine, status }) => ({
    status,
    folders: world.model.expected(engine.slot).folders,
  }));
  const [one, other] = listed;
  if (!one) return [];
  if (!other) return one.status.writer || one.folders.length === 0 ? [] : ["the only engine does not write"];
  const shared = one.folders.filter((folder) => other.folders.includes(folder));
  if (shared.length === 0 || one.status.embedding !== other.status.embedding) return [];
  if (one.status.writer && other.status.writer) return ["both engines write"];
  const alike = one.folders.length === 1 && other.folders.length === 1;
  return alike && !one.status.writer && !other.status.writer ? ["neither engine writes"] : [];
}

/**
 * Searches for words that are there and for one that no longer is, opens documents, and leaves out a passage as
 * Find Related does.
 */
export async function checkWords(world: World, engine: Engine): Promise<string[]> {
  const { files } = world.model.expected(engine.slot);
  const certain = [...files.values()].filter((file) => file.contents.length === 1);
  const problems: string[] = [];
  for (const file of spread(certain, searchedWords)) problems.push(...(await checkWord(world, engine, file)));
  const [first] = certain;
  if (first) problems.push(...(await checkExcept(world, engine, first)));
  const word = staleWord(world);
  if (word) {
    const { hits } = await engine.process.channel.request("search", { query: word, k: 10, mode: "lexical" });
    if (hits.length > 0) problems.push(`the word ${word}, which is gone, is found in ${hits[0]?.path}`);
  }
  return problems.map((problem) => `engine ${engine.slot}: ${problem}`);
}

/** Files that an engine has open: none that were deleted, and not more at each rest. */
export function checkOpenFiles(world: World, engine: Engine): string[] {
  const open = openFiles(engine.process.pid);
  engine.firstFiles ??= open.length;
  const problems: string[] = [];
  const deleted = open.filter((path) => path.startsWith(world.storage) && path.endsWith(" (deleted)"));
  if (deleted.length > 0) problems.push(`${deleted.length} deleted files are open, ${deleted[0]} for one`);
  if (open.length > engine.firstFiles + moreFiles) {
    problems.push(`${open.length} files are open, ${engine.firstFiles} were at the first rest`);
  }
  return problems.map((problem) => `engine ${engine.slot}: ${problem}`);
}

/**
 * Folders of indexes beyond those of the models and folders that were ever in use; beyond the model that is in use
 * now, as long as nothing has happened by which an older one may stay.
 */
export function checkStorage(
  world: World,
  models: ReadonlySet<string>,
  folders: ReadonlySet<string>,
): string[] {
  const indexes = join(world.storage, "indexes");
  const found = list(indexes);
  const problems: string[] = [];
  const most = world.excuses.isTidy ? 1 : models.size;
  if (found.length > most) problems.push(`${found.length} models have indexes, of at most ${most}`);
  for (const model of found) {
    const count = list(join(indexes, model)).length;
    if (count > folders.size) problems.push(`${count} folders have an index, ${folders.size} were opened`);
  }
  return problems;
}

function checkList(world: World, expected: Expected, shown: Shown, how: "lexical" | "vector"): string[] {
  const hits = shown[how];
  const problems = repeated(world, hits);
  const byFile = new Map<string, Hit[]>();
  for (const hit of hits) {
    const { folder, path } = placeOf(world, hit);
    const key = `${folder}|${path}`;
    byFile.set(key, [...(byFile.get(key) ?? []), hit]);
  }
  const missing = [...expected.files].filter(([key, file]) => !file.optional && !byFile.has(key));
  const [first] = missing;
  if (first) {
    const reason = shown.skipped.find(({ path }) => path === first[1].path)?.reason ?? "not listed";
    problems.push(`${missing.length} files are missing, ${first[0]} for one (${reason})`);
  }
  for (const [key, found] of byFile) {
    const file = expected.files.get(key);
    if (!file) problems.push(`${key} should not be found`);
    else if (!file.contents.some((content) => isWhole(content, found))) {
      problems.push(`${key} is not as on the disk: ${JSON.stringify(found[0]?.text.slice(0, 90))}`);
    }
  }
  return problems.map((problem) => `${how === "lexical" ? "by words" : "by vectors"}: ${problem}`);
}

/** Whether the hits are the content: each text stands at its lines, and no line that says something is left out. */
function isWhole(content: string, hits: readonly Hit[]): boolean {
  const lines = content.split("\n");
  const covered = new Set<number>();
  for (const { startLine, endLine, text } of hits) {
    if (
      lines
        .slice(startLine - 1, endLine)
        .join("\n")
        .trimEnd() !== text.trimEnd()
    )
      return false;
    for (let line = startLine; line <= endLine; line++) {
      if (covered.has(line)) return false;
      covered.add(line);
    }
  }
  return lines.every((line, i) => line.trim() === "" || covered.has(i + 1));
}

function sameKeys(world: World, { lexical, vector }: Shown): string[] {
  const keys = (hits: readonly Hit[]): string[] =>
    hits.map((hit) => `${keyOf(world, hit)} ${hit.text}`).sort();
  const words = keys(lexical);
  const vectors = keys(vector);
  if (words.join("\n") === vectors.join("\n")) return [];
  return [`words find ${words.length} passages, vectors ${vectors.length}, and they are not the same`];
}

function checkState({ missing, emptyFolders, files }: Expected, status: IndexStatus): string[] {
  const said = `state ${status.state}, problem ${JSON.stringify(status.problem)}`;
  if ((status.state === "problem") !== (status.problem !== undefined)) return [`${said}: they disagree`];
  if (status.problem !== undefined && !status.remedy) return [`${said}: no remedy`];
  const unnamed = missing.filter((folder) => !status.problem?.includes(folder.split("/").at(-1) ?? folder));
  if (unnamed.length > 0) return [`${said}: ${unnamed.join(", ")} is missing and not named`];
  if (missing.length > 0) return [];
  if (status.state === "problem") return emptyFolders.length > 0 ? [] : [`${said}: nothing is wrong`];
  if (status.state === "ready") return [];
  return status.state === "empty" && files.size === 0 ? [] : [said];
}

function checkSkipped({ skipped }: Expected, status: IndexStatus, listed: readonly Skipped[]): string[] {
  const problems: string[] = [];
  if (status.skipped !== listed.length) {
    problems.push(`status says ${status.skipped} skipped, ${listed.length} are listed`);
  }
  // A missing folder is listed by its whole path, while it is a problem; all else by its path in its folder.
  const isMissing = (path: string): boolean => status.state === "problem" && isAbsolute(path);
  const left = listed.map((one) => one.path).filter((path) => !isMissing(path));
  const take = (file: ExpectedFile): boolean => {
    const at = left.indexOf(file.path);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  };
  for (const file of [...skipped.values()].sort((a, b) => Number(a.optional) - Number(b.optional))) {
    if (!take(file) && !file.optional) problems.push(`${file.folder}|${file.path} is not listed as skipped`);
  }
  for (const path of left) problems.push(`${path} is listed as skipped`);
  return problems;
}

/** What the window was told last must be what is so. */
function checkTold({ told }: Engine, status: IndexStatus): string[] {
  if (!told) return [];
  const differ = (["state", "files", "chunks", "skipped", "writer", "embedding", "problem"] as const).filter(
    (key) => told[key] !== status[key],
  );
  return differ.map(
    (key) => `told ${key} ${JSON.stringify(told[key])}, status says ${JSON.stringify(status[key])}`,
  );
}

function embeddingName(world: World): RegExp {
  const name = world.model.settings.embeddingModel;
  if (name === "bundled") return /^carrel-static/;
  return name === "tiny" ? /^tinyModel/ : new RegExp(`^${name}\\b`);
}

async function checkWord(world: World, engine: Engine, file: ExpectedFile): Promise<string[]> {
  const word = /zq\w{5}x/.exec(file.contents[0] ?? "")?.[0];
  if (!word) return [];
  const { channel } = engine.process;
  const { hits } = await channel.request("search", { query: word, k: 10, mode: "lexical" });
  const [best] = hits;
  const place = best && placeOf(world, best);
  const absolute = place && `${place.folder}/${place.path}`;
  const problems = repeated(world, hits);
  if (absolute !== `${file.folder}/${file.path}`)
    problems.push(`${word} of ${file.path} finds ${absolute} first`);
  if (!best) return problems;
  const { text } = await channel.request("document", { folder: best.folder, path: best.path });
  if (text.trimEnd() !== file.contents[0]?.trimEnd()) problems.push(`document ${file.path} is not the file`);
  const document = relative(world.disk.base, best.folder);
  return problems.map((problem) => `${document}: ${problem}`);
}

/** All but the passages of a file that overlap its first lines. */
async function checkExcept(world: World, engine: Engine, file: ExpectedFile): Promise<string[]> {
  const { channel } = engine.process;
  const params = { query: everywhere, k: all, mode: "lexical" } as const;
  const { hits } = await channel.request("search", params);
  const one = hits.find((hit) => placeOf(world, hit).folder === file.folder && hit.path === file.path);
  if (!one) return [`${file.path} is not found`];
  const { startLine, endLine } = one;
  const except = { path: join(one.folder, one.path), startLine, endLine };
  const others = await channel.request("search", { ...params, except });
  const left = others.hits.map((hit) => keyOf(world, hit));
  if (left.includes(keyOf(world, one))) return [`${keyOf(world, one)} is found though it was left out`];
  return left.length === hits.length - 1
    ? []
    : [`leaving out one of ${hits.length} passages gives ${left.length}`];
}

/** A word of a version that no file has any more. */
function staleWord(world: World): string | undefined {
  const now = new Set<string>();
  for (const file of world.model.files.values()) {
    now.add(wordOf(file.version));
    for (const older of file.alsoRight) now.add(wordOf(older.version));
  }
  const past = [...world.model.history.values()].flatMap((texts) => [...texts].slice(0, -1));
  const words = past.map((text) => /zq\w{5}x/.exec(text)?.[0] ?? "");
  return words.findLast((word) => word !== "" && !now.has(word));
}

/** Some members from all over a list. */
function spread<T>(list: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(list.length / count));
  return list.filter((_, i) => i % step === 0).slice(0, count);
}

function list(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
