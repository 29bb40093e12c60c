import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { createParser } from "../../indexer/read/pool.ts";
import { entryThat, onEachOpen } from "../support/parserEntry.ts";
import { eventually } from "../support/workspace.ts";

const root = mkdtempSync(join(tmpdir(), "carrel-cancelled-"));
after(() => rmSync(root, { recursive: true, force: true }));

test("what was cancelled is not read again when the process that had it has ended", async () => {
  const log = join(root, "read.log");
  const harmful = entryThat(
    root,
    onEachOpen(`
      if (name.endsWith(".md")) fs.appendFileSync(${JSON.stringify(log)}, name + "\\n");
      if (name === "hang.md") for (;;);`),
  );
  for (const name of ["hang", "other", "wanted"])
    writeFileSync(join(root, `${name}.md`), `The text of ${name}.`);
  const parser = createParser({ entry: harmful, memoryMb: 256, timeoutMs: 1_500 });
  const controller = new AbortController();
  const cancelled = ["hang", "other"].map((name) =>
    parser.parse(root, `${name}.md`, 1_000, controller.signal),
  );
  const wanted = parser.parse(root, "wanted.md", 1_000);
  await eventually("the file is being read", async () => readLog().includes("hang.md"));
  controller.abort();
  for (const one of cancelled) await assert.rejects(one, { code: "cancelled" });
  assert.equal((await wanted).ok, true);
  assert.deepEqual(readLog(), ["hang.md", "wanted.md"]);
  await parser.close();

  function readLog(): string[] {
    try {
      return readFileSync(log, "utf8").trim().split("\n");
    } catch {
      return [];
    }
  }
});
