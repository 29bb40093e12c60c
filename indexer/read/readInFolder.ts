import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { isWithinLimit, tooLargeReason } from "../files/limits.ts";
import { errorCode, errorText, mayPass } from "../files/systemErrors.ts";

export type ReadFile =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly reason: string; readonly mayPass?: true };

const outside: ReadFile = {
  ok: false,
  reason: "A link to a place outside the folder, which is not followed.",
};

/**
 * Reads a file of a folder. The file is opened first and then found to be inside the folder, so that a link
 * put in its place between two looks leads nowhere; pipes and devices are not read. It blocks, which is right
 * in a process that does nothing else and saves a tenth of its time.
 * @param folder The folder's real path. It is not looked at itself: Node's permission model may refuse that where
 *   it allows all that is in it, when another folder that may be read has a path that begins with this one's.
 * @param path Relative to the folder, with "/".
 */
export function readInFolder(folder: string, path: string, maxFileBytes: number): ReadFile {
  let file: number | undefined;
  try {
    const absolute = join(folder, path);
    // O_NONBLOCK: opening a pipe that nobody writes to must not wait for ever.
    const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
    file = openSync(absolute, flags);
    const opened = fstatSync(file, { bigint: true });
    if (!opened.isFile())
      return { ok: false, reason: "Not a regular file (a pipe, socket, device or folder)." };
    const real = realpathSync.native(absolute);
    const inside = relative(folder, real);
    if (inside === "" || inside.split(sep)[0] === "..") return outside;
    const named = statSync(real, { bigint: true });
    if (named.ino !== opened.ino || named.dev !== opened.dev) return outside;
    const size = Number(opened.size);
    if (!isWithinLimit(path, size, maxFileBytes)) {
      return { ok: false, reason: tooLargeReason(path, size, maxFileBytes) };
    }
    return { ok: true, bytes: readUpTo(file, size) };
  } catch (error) {
    return { ok: false, reason: reasonOf(error), ...mayPass(error) };
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

/** Reads `size` bytes, or fewer when the file has shrunk; what it has grown by is met at its next change. */
function readUpTo(file: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const count = readSync(file, bytes, length, size - length, length);
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

function reasonOf(error: unknown): string {
  const code = errorCode(error);
  if (code === "ELOOP" || code === "EMLINK") return "A link, which is not followed.";
  if (code === "ENOENT" || code === "ENOTDIR") return "The file is gone.";
  return `The file can't be read: ${errorText(error)}.`;
}
