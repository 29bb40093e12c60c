import { CarrelError } from "../../protocol/channel.ts";

/** What is stored can't be read, or is not what was written. The index is a cache: it can be built again. */
export class DamagedStoreError extends CarrelError {
  /** What LanceDB said, for the log. */
  readonly detail: string;

  constructor(detail: string) {
    super(
      "The index is damaged, so that parts of it can't be read.",
      "Run “Carrel: Index Workspace Now” to build it again. If this happens often, check the disk.",
    );
    this.name = "DamagedStoreError";
    this.detail = detail;
  }
}

interface Known {
  readonly sign: RegExp;
  readonly what: string;
  readonly remedy: string;
}

/** What operating systems say through Node ("ENOSPC"), Rust ("os error 28") and Windows. */
const known: readonly Known[] = [
  {
    sign: /ENOSPC|EDQUOT|no space left|disk quota|not enough space on the disk|os error (28|122|112)\b/i,
    what: "There is no space left on the disk of the index.",
    remedy: "Free some space, then run “Carrel: Index Workspace Now”. What was indexed before is kept.",
  },
  {
    sign: /EROFS|read-only file system|os error 30\b/i,
    what: "The disk of the index is read-only, so that the index can't be brought up to date.",
    remedy: "Make it writable. What was indexed before can be searched.",
  },
  {
    sign: /EACCES|EPERM|permission denied|operation not permitted|access is denied|os error (13|1)\b/i,
    what: "Carrel may not read or write the folder of the index.",
    remedy: "Give your user read and write permission for that folder and all that is in it.",
  },
  {
    sign: /EMFILE|ENFILE|too many open files|os error (23|24)\b/i,
    what: "Too many files are open on this machine, so that the index can't be used.",
    remedy: "Close some programs or raise the limit of open files (ulimit -n), then try again.",
  },
  {
    // Node says so, too, when the disk is read-only.
    sign: /ENOENT\b.*\bmkdir\b/,
    what: "The folder of the index can't be made: its disk is read-only or has gone.",
    remedy: "Make the disk writable, or bring it back.",
  },
  {
    sign: /\bEIO\b|input\/output error/i,
    what: "The disk of the index reports an error.",
    remedy: "Check the disk. The index can be built again on another one.",
  },
];

/**
 * What went wrong with the store, in words for a person. Whatever LanceDB reports that is not the operating
 * system's is taken for damage, since a store that is whole gives no such errors.
 * @param dir The store's folder.
 */
export function storeProblem(error: unknown, dir: string): CarrelError {
  if (error instanceof CarrelError) return error;
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const problem = known.find(({ sign }) => sign.test(detail));
  if (problem) return withCause(new CarrelError(`${problem.what} (${dir})`, problem.remedy), error);
  if (/is closed$/.test(detail)) {
    return withCause(new CarrelError("The index has been closed meanwhile.", "Try again."), error);
  }
  return withCause(new DamagedStoreError(detail), error);
}

/** Runs a task of the store; whatever it throws becomes a `CarrelError`. */
export async function withProblems<T>(dir: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw storeProblem(error, dir);
  }
}

function withCause(problem: CarrelError, cause: unknown): CarrelError {
  problem.cause = cause;
  return problem;
}
