import assert from "node:assert/strict";
import { test } from "node:test";
import { SetupError } from "../../scripts/tools.mjs";
import { Report } from "../bench/report.ts";

test("what was measured is shown, also when a later part fails, which is named with its reason", async () => {
  const report = new Report();
  await report.measure("sample", async (add) => add("indexing", 1.234, "s", "< 60"));
  await report.measure("VS Code", async (add) => {
    add("activate", 12, "ms");
    throw new SetupError("There is no Chromium.", "Install one.");
  });
  await report.measure("large", async (add) => add("files", 3, ""));
  assert.deepEqual(
    report.rows.map(({ workspace, figure }) => `${workspace} ${figure}`),
    ["sample indexing", "VS Code activate", "large files"],
  );
  assert.match(String(report), /sample +indexing +1\.23 +s +< 60\n/);
  assert.match(String(report), /large +files +3\n/);
  assert.match(
    String(report),
    /\n\nNot measured to the end: VS Code\. There is no Chromium\. Install one\.$/,
  );
});
