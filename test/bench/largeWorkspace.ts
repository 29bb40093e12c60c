import { cp, mkdir, mkdtemp, readdir, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const largeFiles = 5_000;
const largeBytes = 60e6;

/** A large workspace: real sources out of node_modules, in the order of their names, until it is full. */
export async function largeWorkspace(): Promise<string> {
  const from = join(root, "node_modules");
  const to = await mkdtemp(join(tmpdir(), "carrel-large-"));
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const sources = entries
    .filter(
      (entry) => entry.isFile() && /^\.(js|mjs|cjs|ts|tsx|md|py|c|h|cc|css|json)$/.test(extname(entry.name)),
    )
    .filter((entry) => !/\.min\.|package-lock/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  let files = 0;
  let bytes = 0;
  for (const source of sources) {
    const { size } = await stat(source);
    // Files of the size that people write; together they make the mean that the aim asks for.
    const wanted = (largeBytes - bytes) / Math.max(1, largeFiles - files);
    if (size < 500 || size > 200_000 || (size < wanted / 4 && sources.length > largeFiles)) continue;
    const target = join(to, source.slice(from.length + 1).replaceAll("node_modules", "nested"));
    await mkdir(dirname(target), { recursive: true });
    await cp(source, target);
    files += 1;
    bytes += size;
    if (files >= largeFiles || bytes >= largeBytes) break;
  }
  return to;
}
