/** Failures of the system that may be gone in a while: what is locked, busy, short, or waits for a permission. */
const passing = new Set([
  "EACCES",
  "EPERM",
  "EBUSY",
  "EAGAIN",
  "EINTR",
  "EMFILE",
  "ENFILE",
  "ENOMEM",
  "EIO",
  "ETXTBSY",
  "ETIMEDOUT",
  "ESTALE",
  // What was there a moment ago may come back, as with programs that save by renaming.
  "ENOENT",
  "ENOTDIR",
]);

const words: Readonly<Record<string, string>> = {
  ENOENT: "it does not exist",
  ENOTDIR: "it is not a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EBUSY: "another program holds it",
  ETXTBSY: "another program holds it",
  ELOOP: "its links run in a circle",
  EIO: "the disk reports an error",
  ENAMETOOLONG: "its name is too long",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open",
};

/** What the system said, in words that follow "can't be read: ". */
export function errorText(error: unknown): string {
  return words[errorCode(error)] ?? (error instanceof Error ? error.message : String(error));
}

/** `{ mayPass: true }` for a failure that may be gone in a while, else nothing: to be spread into a refusal. */
export function mayPass(error: unknown): { readonly mayPass?: true } {
  return passing.has(errorCode(error)) ? { mayPass: true } : {};
}

export function errorCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
