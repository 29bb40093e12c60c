/** Folders that stand for other machines by custom: automounters and network file systems. */
const networkRoots = ["net", "afs", "network", "nfs", "smb", "cifs", "coda", "ncp"];

/**
 * The network share or device that a path names, in lower case with "/" ("//server/share", "/net/host"), or
 * undefined for a path of this machine. It is told by the path's form alone: to ask the file system is to
 * connect, and on Windows to hand over the hash of a password.
 */
export function networkShare(path: string): string | undefined {
  const plain = path.replaceAll("\\", "/").toLowerCase();
  const [, first = "", second = "", third = ""] = plain.split("/");
  if (plain.startsWith("//")) return `//${second}/${third}`;
  return plain.startsWith("/") && networkRoots.includes(first) ? `/${first}/${second}` : undefined;
}
