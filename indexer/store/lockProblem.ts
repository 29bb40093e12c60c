import { accessSync, constants } from "node:fs";
import { dirname } from "node:path";
import { CarrelError } from "../../protocol/channel.ts";

/** What SQLite's primary result codes mean for a lock file. */
const sqliteCodes: Readonly<Record<number, string>> = {
  5: "busy",
  6: "busy",
  8: "cannotOpen",
  10: "noLocks",
  11: "notALock",
  13: "full",
  14: "cannotOpen",
  26: "notALock",
};

/** The meaning of an error that SQLite raised over a lock file; undefined for any other error. */
export function sqliteCode(error: unknown): string | undefined {
  if (!(error instanceof Error && "errcode" in error && typeof error.errcode === "number")) return undefined;
  // The primary code stands in the low byte, more detail above it.
  return sqliteCodes[error.errcode & 0xff];
}

/**
 * Why a write lock can't be had, though nobody holds it, and what to do about it.
 * @param file The lock file.
 * @param error What the file system, SQLite or the import of it raised.
 */
export function lockProblem(file: string, error: unknown): CarrelError {
  const place = dirname(file);
  const problem = (why: string, remedy: string): CarrelError =>
    new CarrelError(`The index can't be written to: ${why}.`, remedy);
  const code = sqliteCode(error) ?? systemCode(error);
  switch (code === "cannotOpen" ? (accessProblem(file) ?? code) : code) {
    case "EROFS":
      return problem(`${place} is on a read-only disk`, "Make that disk writable.");
    case "EACCES":
    case "EPERM":
      return problem(
        `there is no permission to write to ${place}`,
        "Give your user write access to that folder and to what is in it.",
      );
    case "cannotOpen":
      return problem(`${file} can't be opened for writing`, `See that ${place} can be written to.`);
    case "ENOSPC":
    case "EDQUOT":
    case "full":
      return problem(`there is no space left for ${place}`, "Free some disk space.");
    case "noLocks":
      return problem(`the file system of ${place} can't lock files`, "Keep the index on a local disk.");
    case "notALock":
      return problem(`${file} is not a lock file`, "Delete that file.");
    case "ERR_UNKNOWN_BUILTIN_MODULE":
      return problem(
        `Node.js ${process.version} has no node:sqlite`,
        "Use Node.js 22.13 or later, or VS Code 1.105 or later.",
      );
    default:
      return problem(
        error instanceof Error ? error.message : String(error),
        `See that ${place} is a folder that your user can write to.`,
      );
  }
}

/** The system's reason why a file can't be written to, which SQLite does not tell. */
function accessProblem(file: string): string | undefined {
  try {
    accessSync(file, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return systemCode(error);
  }
}

function systemCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}
