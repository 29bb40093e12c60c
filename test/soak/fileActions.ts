import type { Action, Notify, WrittenFile } from "./actions.ts";
import { extensionOf, type FileKind } from "./files.ts";
import type { Model } from "./model.ts";
import type { Maker } from "./plan.ts";
import type { Random } from "./random.ts";

const directories = ["", "", "docs/", "src/", "gen-1/", "src/deep/er/"];
const patterns = ["*.txt", "docs/", "gen-*/", "*.py", "src/"];

export function newFile(random: Random, top: string, version: number): WrittenFile {
  const kind = random.weighted<FileKind>([
    [8, "md"],
    [2, "long"],
    [3, "txt"],
    [3, "py"],
    [0.5, "secret"],
    [0.5, "image"],
  ]);
  const name = kind === "secret" ? `gen-${version}/.env` : `f${version}.${extensionOf(kind)}`;
  return { path: `${top}/${random.pick(directories)}${name}`, kind, version };
}

/**
 * What a person, a tool or git does to files. Nothing where no folder is there.
 * @param missed Whether the engines may fail to hear of it.
 */
export function changeFiles(maker: Maker, missed: boolean): Action[] {
  const { random, model } = maker;
  const here = topsHere(model);
  if (here.length === 0) return [];
  const notify = random.weighted<Notify>([
    [5, "now"],
    [1, "late"],
    [1, "twice"],
    [missed ? 2 : 0, "none"],
  ]);
  const made = random.weighted<(maker: Maker, here: readonly string[], notify: Notify) => Action[]>([
    [5, writeNew],
    [8, edit],
    [2, editUnseen],
    [1, touch],
    [4, remove],
    [4, move],
    [2, toFolder],
    [2, rules],
    [0.35, thousand],
    [1, ignoredFolders],
  ]);
  return made(maker, here, notify);
}

/** Folders that are there; their names begin with the letters of `tops`. */
function topsHere(model: Model): string[] {
  const all = new Set([...model.files.keys()].map((path) => path.split("/")[0] ?? ""));
  return [...all].filter((top) => !model.away.has(top));
}

/** Files that may change: not the anchors, not ignore files, which have actions of their own. */
function changeable({ model }: Maker, here: readonly string[]): string[] {
  return [...model.files.keys()].filter(
    (path) => here.includes(path.split("/")[0] ?? "") && !/(anchor\.md|ignore)$/.test(path),
  );
}

function writeNew({ random, nextVersion }: Maker, here: readonly string[], notify: Notify): Action[] {
  const files = Array.from({ length: random.chance(0.2) ? 12 : 1 }, () =>
    newFile(random, random.pick(here), nextVersion()),
  );
  return [{ do: "write", files, notify }];
}

function edit(maker: Maker, here: readonly string[], notify: Notify): Action[] {
  const { random } = maker;
  const paths = random.some(changeable(maker, here), random.chance(0.2) ? 10 : 1);
  const files = paths.map((path) => nextOf(maker, path));
  return files.length === 0 ? [] : [{ do: "write", files, notify }];
}

function editUnseen(maker: Maker, here: readonly string[], notify: Notify): Action[] {
  const [path] = maker.random.some(changeable(maker, here), 1);
  return path === undefined ? [] : [{ do: "edit-unseen", file: nextOf(maker, path), notify }];
}

function nextOf({ model, nextVersion }: Maker, path: string): WrittenFile {
  return { path, kind: model.files.get(path)?.kind ?? "md", version: nextVersion() };
}

function touch(maker: Maker, here: readonly string[], notify: Notify): Action[] {
  const [path] = maker.random.some(changeable(maker, here), 1);
  return path === undefined ? [] : [{ do: "touch", path, notify }];
}

function remove(maker: Maker, here: readonly string[], notify: Notify): Action[] {
  const path = fileOrFolder(maker, here);
  return path === undefined ? [] : [{ do: "remove", path, notify }];
}

function move(maker: Maker, here: readonly string[], notify: Notify): Action[] {
  const { random, nextVersion } = maker;
  const from = fileOrFolder(maker, here);
  if (from === undefined) return [];
  const dot = from.lastIndexOf(".");
  const extension = dot > from.lastIndexOf("/") ? from.slice(dot) : "";
  const name = extension === ".env" ? `m${nextVersion()}/.env` : `m${nextVersion()}${extension}`;
  return [{ do: "move", from, to: `${random.pick(here)}/${name}`, notify }];
}

/** A file that may change, or a folder with nothing else in it. */
function fileOrFolder(maker: Maker, here: readonly string[]): string | undefined {
  const files = changeable(maker, here);
  const [file] = maker.random.some(files, 1);
  const folder = file?.slice(0, file.lastIndexOf("/"));
  if (folder?.includes("/") && folder !== "a/inner" && maker.random.chance(0.3)) return folder;
  return file;
}

function toFolder(maker: Maker, here: readonly string[], notify: Notify): Action[] {
  const [path] = maker.random.some(
    changeable(maker, here).filter((one) => one.endsWith(".md")),
    1,
  );
  if (path === undefined) return [];
  const version = maker.nextVersion();
  return [{ do: "to-folder", path, file: { path: `${path}/f${version}.md`, kind: "md", version }, notify }];
}

function rules({ random, nextVersion }: Maker, here: readonly string[], notify: Notify): Action[] {
  const name = random.pick([".gitignore", ".gitignore", ".carrelignore"]);
  const lines = random.some(patterns, random.int(3));
  if (name === ".carrelignore" && random.chance(0.5)) lines.push("!*.txt");
  const path = `${random.pick(here)}/${name}`;
  return [{ do: "write", files: [{ path, kind: "rules", version: nextVersion(), lines }], notify }];
}

/** A checkout, or an unpacked archive. */
function thousand({ random, nextVersion }: Maker, here: readonly string[], notify: Notify): Action[] {
  const folder = `${random.pick(here)}/bulk-${nextVersion()}`;
  const files = Array.from({ length: 1_000 }, (_, i): WrittenFile => {
    return { path: `${folder}/${i % 7}/f${i}.md`, kind: "md", version: nextVersion() };
  });
  return [{ do: "write", files, notify }];
}

/** What a package manager does: many folders that no index wants. */
function ignoredFolders({ random, nextVersion }: Maker, here: readonly string[], notify: Notify): Action[] {
  const top = random.pick(here);
  const files = Array.from({ length: 40 }, (_, i): WrittenFile => {
    return { path: `${top}/node_modules/p${i}/readme.md`, kind: "md", version: nextVersion() };
  });
  return [{ do: "write", files, notify }];
}
