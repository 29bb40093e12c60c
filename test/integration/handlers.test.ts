import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { type TestContext, test } from "node:test";
import { createEngine, type EngineParts } from "../../engine/handlers.ts";
import { documentText, parseFile } from "../../indexer/read/parseFile.ts";
import type { RequestContext } from "../../protocol/channel.ts";
import { defaultSettings, type Hit, type Settings } from "../../protocol/data.ts";
import { gate } from "../support/gate.ts";
import { testModel } from "../support/inProcess.ts";
import { noRecogniser } from "../support/noRecogniser.ts";
import { testParser } from "../support/testParser.ts";
import { eventually, makeWorkspace } from "../support/workspace.ts";

const context: RequestContext<never> = {
  signal: new AbortController().signal,
  progress: () => undefined,
};

/** The engine's requests in this process, over the index of `files`, which is whole. */
async function engineOver(t: TestContext, files: Record<string, string>, model = testModel("m")) {
  const workspace = await makeWorkspace(files);
  const applied: Settings[] = [];
  const doctored: string[] = [];
  const parts: EngineParts = {
    version: "1.2.3",
    parser: testParser((folder, path, maxFileBytes) => parseFile(folder, path, maxFileBytes), {
      documentText: (folder, path) => documentText(folder, path),
    }),
    recogniser: noRecogniser,
    openEmbedding: async () => model,
    openRefining: () => Promise.resolve(undefined),
    onStatus: () => undefined,
    log: () => undefined,
    applySettings: (settings) => applied.push(settings),
    applyKeys: () => undefined,
    async answer({ question }, asking, { signal }) {
      const found = await asking.search(question, 3, signal);
      const passages = found.map((hit) => ({ ...hit, marks: [] }));
      const timings = { searchMs: 1, answerMs: 1 };
      return { written: false, text: asking.searched?.() ?? "", passages, sentences: [], timings };
    },
    readAgain: async ({ sentences }) => ({ sentences }),
    chatServer: () => Promise.reject(new Error("There is none.")),
    machine: () => Promise.reject(new Error("There is none.")),
    keeper: () => undefined,
    connections: () => [],
    openStorage: () => undefined,
    keptConnections: async () => ({ connections: [] }),
    async doctor(storage) {
      doctored.push(storage);
      return [];
    },
  };
  const engine = createEngine(parts);
  t.after(async () => {
    await engine.close();
    await workspace.remove();
  });
  const settings = { ...defaultSettings, refine: false };
  const folders = [{ path: workspace.dir, name: basename(workspace.dir) }];
  const started = await engine.handlers.initialize(
    { storage: workspace.storage, folders, settings },
    context,
  );
  assert.equal(started.version, "1.2.3");
  await engine.handlers.index({}, context);
  return { workspace, applied, doctored, settings, handlers: engine.handlers };
}

const lines = (hits: readonly Hit[]): string[] =>
  hits.map(({ path, startLine }) => `${path}:${startLine}`).sort();

test("what is like a passage is found without the passage itself, and as many as were asked for", async (t) => {
  const section = (n: number): string =>
    `# Part ${n}\n\n${"Apples and pears of the orchard. ".repeat(30)}\n\n`;
  const { workspace, handlers } = await engineOver(t, {
    "a.md": [1, 2, 3].map(section).join(""),
    "b.md": section(4),
    "c.md": section(5),
  });
  const params = { query: "apples pears orchard", mode: "lexical" as const };
  const all = (await handlers.search({ ...params, k: 20 }, context)).hits;
  const own = all.filter(({ path }) => path === "a.md").sort((a, b) => a.startLine - b.startLine);
  assert.ok(own.length >= 2 && all.length >= 4, lines(all).join(" "));
  const second = own[1];
  assert.ok(second);
  const without = async (startLine: number, endLine: number, k = 20, file = "a.md"): Promise<string[]> => {
    const except = { path: join(workspace.dir, file), startLine, endLine };
    return lines((await handlers.search({ ...params, k, except }, context)).hits);
  };
  const { startLine, endLine } = second;
  const place = `a.md:${startLine}`;
  const others = lines(all).filter((one) => one !== place);
  assert.deepEqual(await without(startLine, endLine), others);
  // One line of it is enough, the first or the last; the line before or after is another passage's.
  assert.deepEqual(await without(startLine, startLine), others);
  assert.deepEqual(await without(endLine, endLine), others);
  assert.ok((await without(startLine - 1, startLine - 1)).includes(place));
  assert.ok((await without(endLine + 1, endLine + 1)).includes(place));
  assert.deepEqual(await without(startLine, endLine, 20, "z.md"), lines(all));
  assert.deepEqual(await without(1, 1_000_000), ["b.md:1", "c.md:1"]);
  // A small number is filled up from what lies behind.
  assert.equal((await without(1, 1_000_000, 2)).length, 2);
  assert.equal((await without(1, 1_000_000, 1)).length, 1);
  assert.equal((await handlers.search({ ...params, k: 2 }, context)).hits.length, 2);
});

test("hits are marked, and a question is answered from the same search", async (t) => {
  const { handlers } = await engineOver(t, { "a.md": "Apples are red. Pears are green.\n" });
  const began = performance.now();
  const { hits, ms } = await handlers.search({ query: "apples", k: 5, mode: "lexical" }, context);
  const whole = performance.now() - began;
  assert.ok(ms > 0 && ms <= whole, `a search of ${ms} ms within ${whole} ms`);
  const [hit] = hits;
  assert.deepEqual(
    hit?.marks.map(([from, to]) => hit.text.slice(from, to).trim()),
    ["Apples are red."],
  );
  const { text, passages } = await handlers.ask({ question: "apples", history: [] }, context);
  assert.equal(text, "1 file in workspace");
  assert.deepEqual(lines(passages), ["a.md:1"]);
});

test("settings are applied when the engine begins and when they change; the doctor looks at its storage", async (t) => {
  const { workspace, handlers, applied, doctored, settings } = await engineOver(t, { "a.md": "apples\n" });
  assert.deepEqual(applied, [settings]);
  const changed = { ...settings, exclude: ["*.md"] };
  await handlers.setSettings({ settings: changed }, context);
  assert.deepEqual(applied, [settings, changed]);
  const summary = await handlers.index({}, context);
  assert.equal(summary.files, 0);
  await handlers.doctor({}, context);
  assert.deepEqual(doctored, [workspace.storage]);
});

test("documents are read from the workspace's folders alone", async (t) => {
  const { workspace, handlers } = await engineOver(t, { "a.md": "apples\n" });
  const { text } = await handlers.document({ folder: workspace.dir, path: "a.md" }, context);
  assert.equal(text.trim(), "apples");
  const outside = async () => handlers.document({ folder: "/etc", path: "passwd" }, context);
  await assert.rejects(outside, /not a folder of this/);
});

test("an answer from half an index says of how much it is, and one without an index is an error", async (t) => {
  const model = testModel("m");
  const { workspace, handlers } = await engineOver(t, { "a.md": "apples\n" }, model);
  const ask = () => handlers.ask({ question: "apples", history: [] }, context);
  assert.equal((await ask()).read, undefined);
  await handlers.deleteIndex({}, context);
  await assert.rejects(async () => ask(), { code: "unindexed" });
  const search = { query: "apples", k: 3, mode: "lexical" as const };
  await assert.rejects(async () => handlers.search(search, context), { code: "unindexed" });

  // Of many files the first 200 chunks are one commit, and the rest waits for ever.
  for (let i = 0; i < 299; i++) await workspace.write(`${i}.md`, `apples ${i}\n`);
  let embedded = 0;
  const held = gate();
  t.after(() => held.open());
  model.onEmbed = async (texts, input) => {
    if (input === "query") return;
    embedded += texts.length;
    if (embedded > 250) await held.wait;
  };
  const index = handlers.index({}, context);
  await eventually(
    "the first are there",
    async () => (await handlers.status({}, context)).status.files === 200,
  );
  await handlers.pause({}, context);
  held.open();
  assert.deepEqual((await ask()).read, { files: 200, of: 300 });
  await index;
});
