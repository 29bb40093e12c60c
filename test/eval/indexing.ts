import { mkdir, realpath } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { FolderEntry } from "../../engine/workspace/folderEntry.ts";
import type { Models } from "../../engine/workspace/wantedModel.ts";
import { scanWish } from "../../engine/workspace/wish.ts";
import type { FolderIndex } from "../../indexer/folderIndex.ts";
import type { Parser } from "../../indexer/read/pool.ts";
import { createRecogniser } from "../../indexer/scans/recogniser.ts";
import { defaultSettings } from "../../protocol/data.ts";

const readerEntry = fileURLToPath(new URL("../../indexer/read/main.ts", import.meta.url));

/** Brings the index of `dir`, kept under `storage`, up to date, by the same steps as the engine's loop. */
export async function indexFolder(
  dir: string,
  storage: string,
  models: Models,
  parser: Parser,
  exclude: readonly string[] = [],
): Promise<{ entry: FolderEntry; index: FolderIndex }> {
  await mkdir(storage, { recursive: true });
  const recogniser = createRecogniser({ entry: readerEntry, memoryMb: 512, timeoutMs: 600_000 });
  const entry = new FolderEntry(
    { folder: { path: dir, name: dir }, realPath: await realpath(dir) },
    {
      storage: () => storage,
      models: () => models,
      parser,
      recogniser,
      onProgress: () => undefined,
      log: (_, message) => console.error(message),
      wake: () => undefined,
    },
  );
  await entry.open();
  const { signal } = new AbortController();
  const { maxFileBytes } = defaultSettings;
  const walk = { exclude: [...defaultSettings.exclude, ...exclude], maxFileBytes };
  const stop = { signal, isYielding: () => false };
  await entry.lookAtAll(walk, 0, signal);
  await entry.readFiles(maxFileBytes, stop);
  const index = entry.index?.value;
  if (!index) throw new Error(`The index of ${dir} is not open.`);
  const wish = scanWish(defaultSettings);
  while (index.scans.hasWaiting(wish)) {
    await entry.readScans(wish, signal);
    await entry.lookAtTold(walk, Date.now());
    await entry.readFiles(maxFileBytes, stop);
  }
  await recogniser.close();
  await entry.finish(signal);
  return { entry, index };
}
