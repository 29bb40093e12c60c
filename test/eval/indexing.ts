import { mkdir, realpath } from "node:fs/promises";
import { FolderEntry } from "../../engine/workspace/folderEntry.ts";
import type { Models } from "../../engine/workspace/wantedModel.ts";
import type { FolderIndex } from "../../indexer/folderIndex.ts";
import type { Parser } from "../../indexer/read/pool.ts";
import { defaultSettings } from "../../protocol/data.ts";
import { noRecogniser } from "../support/noRecogniser.ts";

/** Brings the index of `dir`, kept under `storage`, up to date, by the same steps as the engine's loop. */
export async function indexFolder(
  dir: string,
  storage: string,
  models: Models,
  parser: Parser,
  exclude: readonly string[] = [],
): Promise<{ entry: FolderEntry; index: FolderIndex }> {
  await mkdir(storage, { recursive: true });
  const entry = new FolderEntry(
    { folder: { path: dir, name: dir }, realPath: await realpath(dir) },
    {
      storage: () => storage,
      models: () => models,
      parser,
      recogniser: noRecogniser,
      onProgress: () => undefined,
      log: (_, message) => console.error(message),
      wake: () => undefined,
    },
  );
  await entry.open();
  const { signal } = new AbortController();
  const { maxFileBytes } = defaultSettings;
  await entry.lookAtAll({ exclude: [...defaultSettings.exclude, ...exclude], maxFileBytes }, 0, signal);
  await entry.readFiles(maxFileBytes, { signal, isYielding: () => false });
  await entry.finish(signal);
  const index = entry.index?.value;
  if (!index) throw new Error(`The index of ${dir} is not open.`);
  return { entry, index };
}
