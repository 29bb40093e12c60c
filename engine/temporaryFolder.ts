import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * Gives this process and its children a folder of their own for temporary files, which goes when the process
 * ends: LanceDB makes folders there and leaves some behind. Only this user can look into it. Must run before
 * LanceDB is loaded.
 */
export function useOwnTemporaryFolder(): void {
  let folder: string;
  try {
    folder = mkdtempSync(join(tmpdir(), "carrel-engine-"));
  } catch {
    // Without a place for temporary files Carrel works as far as LanceDB does.
    return;
  }
  // The first is read on Linux and macOS, the others on Windows.
  for (const name of ["TMPDIR", "TMP", "TEMP"]) process.env[name] = folder;
  process.once("exit", () => {
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // On Windows a file that native code still has open can't be deleted.
    }
  });
}
