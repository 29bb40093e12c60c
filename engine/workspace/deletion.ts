import { deleteIndex, indexesOf } from "../../indexer/store/unusedIndexes.ts";
import { CarrelError } from "../../protocol/channel.ts";
import type { Folder } from "../../protocol/data.ts";
import { findFolders, type MissingFolder, type PresentFolder } from "./folders.ts";
import { errorOf, problemOf } from "./problem.ts";

/** A deletion of several indexes. What can't be deleted is told when all others have been. */
export class Deletion {
  /** Why something has been left behind. */
  failure: CarrelError | undefined;

  async of(what: string, remove: () => Promise<void>): Promise<void> {
    try {
      await remove();
    } catch (error) {
      const remedy = "Check that its files may be deleted, then delete it again.";
      this.failure ??= errorOf(problemOf(`${what} can't be deleted:`, error, remedy));
    }
  }

  ofFolder({ name }: Folder, remove: () => Promise<void>): Promise<void> {
    return this.of(`The index of "${name}"`, remove);
  }

  /**
   * Deletes the indexes of these folders that are not open: of other models, of folders that are missing, and of
   * all while no model has come.
   * @param open The places of those that are.
   */
  async ofOthers(storage: string, folders: readonly Folder[], open: ReadonlySet<string>): Promise<void> {
    const { present, missing } = await findFolders(folders);
    for (const { folder, realPath } of [...present, ...missing.map(asNamed)]) {
      let found: string[] = [];
      await this.ofFolder(folder, async () => {
        found = await indexesOf(storage, realPath);
      });
      for (const dir of found) if (!open.has(dir)) await this.ofFolder(folder, () => deleteFree(dir));
    }
  }
}

/** A folder that is missing can't say where its links lead. */
function asNamed({ folder }: MissingFolder): PresentFolder {
  return { folder, realPath: folder.path };
}

async function deleteFree(dir: string): Promise<void> {
  if (await deleteIndex(dir)) return;
  const remedy = "Close its window or command, then delete it again.";
  throw new CarrelError("Another Carrel process writes it.", remedy);
}
