import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path/posix";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../", import.meta.url));
const entries = [
  "engine/main.ts",
  "indexer/read/main.ts",
  "models/embedding/embedderMain.ts",
  "models/machine/surveyMain.ts",
];

/** What is loaded before the first line of a file runs: `import` and `export … from`, not `import()`. */
function loadedFirst(source: string): string[] {
  const statements = source.matchAll(/^(?:import|export)\s+(?!type\b)(?:[^;"]*?\bfrom\s+)?"([^"]+)";/gm);
  return [...statements].map(([, from]) => from ?? "");
}

/** All files and packages that are loaded before the first line of `entry` runs. */
function closure(entry: string): Set<string> {
  const found = new Set<string>();
  const pending = [entry];
  for (let file = pending.pop(); file !== undefined; file = pending.pop()) {
    if (found.has(file)) continue;
    found.add(file);
    if (!file.endsWith(".ts")) continue;
    for (const from of loadedFirst(readFileSync(join(root, file), "utf8"))) {
      pending.push(from.startsWith(".") ? join(dirname(file), from) : from);
    }
  }
  return found;
}

test("in every process the seat belt is on before any library is loaded that could keep a function", () => {
  for (const entry of entries) {
    const source = readFileSync(join(root, entry), "utf8");
    assert.ok(source.search(/^installSeatBelt\(/m) > 0, `${entry} puts it on`);
    const first = closure(entry);
    assert.ok(first.has("walls/seatBelt.ts") && first.size > 8, `${entry}: the imports were read`);
    const packages = [...first].filter((name) => !name.endsWith(".ts") && !name.startsWith("node:"));
    // It checks messages, and has no code that connects.
    assert.deepEqual(packages, ["valibot"], entry);
  }
});

test("each way to load a file first is seen, and a later one is not counted", () => {
  const source = [
    'import "./one.ts";',
    'import {\n  two,\n} from "./two.ts";',
    'export { three } from "./three.ts";',
    'export * from "four";',
    'import type { Five } from "./five.ts";',
    'const six = await import("./six.ts");',
  ].join("\n");
  assert.deepEqual(loadedFirst(source), ["./one.ts", "./two.ts", "./three.ts", "four"]);
});
