import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createParser } from "../../indexer/read/pool.ts";

const entry = fileURLToPath(new URL("../../indexer/read/main.ts", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "carrel-cancelled-"));
after(() => rmSync(root, { recursive: true, force: true }));

test("what was cancelled is not read again when the process that had it has ended", async () => {
  const log = join(root, "read.log");
  const harmful = join(root, "harmful.mjs");
  writeFileSync(
    harmful,
    `import fs from "node:fs";
     const open = fs.openSync;
     fs.openSync = (path, ...rest) => {
       const name = /(\\w+)\\.md$/.exec(String(path))?.[1];
       if (name) fs.appendFileSync(${JSON.stringify(log)}, name + "\\n");
       if (name === "hang") for (;;);
       return open(path, ...rest);
     };
     (await import("node:module")).syncBuiltinESMExports();
     await import(${JSON.stringify(entry)});`,
  );
  for (const name of ["hang", "other", "wanted"])
    writeFileSync(join(root, `${name}.md`), `The text of ${name}.`);
  const parser = createParser({ entry: harmful, memoryMb: 256, timeoutMs: 1_500 });
  const controller = new AbortController();
  const cancelled = ["hang", "other"].map((name) =>
    parser.parse(root, `${name}.md`, 1_000, controller.signal),
  );
  const wanted = parser.parse(root, "wanted.md", 1_000);
  while (!readLog().includes("hang")) await new Promise((resolve) => setTimeout(resolve, 20));
  controller.abort();
  for (const one of cancelled) await assert.rejects(one, { code: "cancelled" });
  assert.equal((await wanted).ok, true);
  assert.deepEqual(readLog(), ["hang", "wanted"]);
  await parser.close();

  function readLog(): string[] {
    try {
      return readFileSync(log, "utf8").trim().split("\n");
    } catch {
      return [];
    }
  }
});
