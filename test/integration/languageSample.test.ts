import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { defaultSettings } from "../../protocol/data.ts";
import { openInProcess, testModel } from "../support/inProcess.ts";
import { makeWorkspace } from "../support/workspace.ts";

const german = (n: number): string =>
  `# Blatt ${n}\n\nDie Vollmacht gilt nur für die Sache ${n}, die darin genannt ist, und Sie können sie widerrufen.\n`;
const english =
  "# Sheet\n\nThe power of attorney is valid for the matter that is named in it, and no other.\n";
const numbered = (count: number, name: string, text: (n: number) => string): [string, string][] =>
  Array.from({ length: count }, (_, n) => [`${name}${n}.md`, text(n)]);

test("the languages of the texts are told while the bundled model is wanted", async (t) => {
  const workspace = await makeWorkspace(
    Object.fromEntries([...numbered(5, "blatt", german), ...numbered(10, "sheet", () => english)]),
  );
  const open = async (settings: { embeddingModel: string }) => testModel(settings.embeddingModel);
  const { indexes, index } = await openInProcess(t, workspace, { open });
  assert.equal(indexes.status().languages, undefined);
  await index();
  assert.deepEqual(indexes.status().languages, ["de"]);
  await rm(join(workspace.dir, "blatt0.md"));
  await index();
  assert.equal(indexes.status().languages, undefined);
  await workspace.write("blatt0.md", german(0));
  await index();
  assert.deepEqual(indexes.status().languages, ["de"]);
  indexes.setSettings({ ...defaultSettings, refine: false, embeddingModel: "ollama:bge-m3" });
  assert.equal(indexes.status().languages, undefined);
  await index();
  const { embedding, languages } = indexes.status();
  assert.deepEqual([embedding, languages], ["ollama:bge-m3", undefined]);
});

test("passages count, of texts alone", async (t) => {
  const code = Array.from({ length: 40 }, (_, n) => [
    `a${n}.ts`,
    `// The value of this is that it has a name.\nexport const a = ${n};\n`,
  ]);
  const workspace = await makeWorkspace(Object.fromEntries([...code, ...numbered(6, "blatt", german)]));
  const { indexes, index } = await openInProcess(t, workspace, { open: async () => testModel("bundled") });
  await index();
  assert.deepEqual(indexes.status().languages, ["de"]);
  const sections = Array.from({ length: 400 }, (_, n) => `## ${n}\n\n${english.slice(9).repeat(12)}`);
  await workspace.write("long.md", sections.join("\n"));
  await index();
  assert.ok(indexes.status().chunks > 400);
  assert.equal(indexes.status().languages, undefined);
});
