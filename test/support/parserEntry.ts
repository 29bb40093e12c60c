import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** What the parser's process runs. */
export const parserEntry = fileURLToPath(new URL("../../indexer/read/main.ts", import.meta.url));

/** Writes an entry that does something before it is the parser's; it may use and change `fs`. */
export function entryThat(folder: string, does: string): string {
  const path = join(folder, "main.mjs");
  writeFileSync(path, `import fs from "node:fs";\n${does}\nawait import(${JSON.stringify(parserEntry)});`);
  return path;
}

/** For `entryThat`: does something with the name of each file that is opened, before it is. */
export function onEachOpen(does: string): string {
  return `
    const open = fs.openSync;
    fs.openSync = (path, ...rest) => {
      const name = String(path).split("/").at(-1);
      ${does}
      return open(path, ...rest);
    };
    (await import("node:module")).syncBuiltinESMExports();`;
}
