/**
 * Lists in package-lock.json the native packages of every platform. npm leaves out those that the registry at hand
 * does not serve, and then `npm ci` refuses the lock file on every machine. Run it after each `npm install` that
 * changes the lock file; it changes nothing when nothing is missing. --check only says what is missing.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const cpus = ["x64", "arm64", "arm", "ia32", "riscv64", "s390x", "ppc64"];
const systems = ["linux", "darwin", "win32", "android", "freebsd", "openharmony"];

/** What a native package's name says about where it runs: "@biomejs/cli-linux-x64-musl". */
function platformOf(name) {
  const words = name.split("/").at(-1).split("-");
  const os = systems.find((system) => words.includes(system));
  const cpu = cpus.find((type) => words.includes(type));
  if (!os || !cpu) return undefined;
  const libc = words.includes("musl") ? "musl" : words.includes("gnu") ? "glibc" : undefined;
  return { os: [os], cpu: [cpu], ...(libc && os === "linux" ? { libc: [libc] } : {}) };
}

/** Adds the missing entries to a parsed lock file, in place; returns their names. */
export function completeLock(lock) {
  const added = [];
  for (const entry of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      const platform = platformOf(name);
      // A range would have to be resolved by npm; native packages name the exact version of their parent.
      if (lock.packages[path] || !platform || !/^\d/.test(version)) continue;
      lock.packages[path] = { version, ...(entry.dev ? { dev: true } : {}), optional: true, ...platform };
      added.push(`${name}@${version}`);
    }
  }
  const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en"));
  lock.packages = Object.fromEntries(sorted);
  return added;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const file = new URL("../package-lock.json", import.meta.url);
  const lock = JSON.parse(readFileSync(file, "utf8"));
  const added = completeLock(lock);
  const check = process.argv.includes("--check");
  if (added.length && !check) writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
  console.log(added.length ? `${check ? "Missing" : "Added"}:\n${added.join("\n")}` : "Nothing is missing.");
  process.exitCode = check && added.length ? 1 : 0;
}
