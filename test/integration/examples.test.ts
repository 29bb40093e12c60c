import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { EngineChannel } from "../../cli/childEngine.ts";
import type { Example } from "../../protocol/data.ts";
import { type Workspace, workspaceOf } from "../support/workspace.ts";

const sample = join(import.meta.dirname, "../../sample");

/** A chapter of some length: each word of its own, so that only its own heading finds it. */
function chapter(title: string, text: string): string {
  return `## ${title}\n\n${`${text} `.repeat(6)}\n\n`;
}

const gardens: Record<string, string> = {
  "plants/roses.md": `# Roses\n\n${chapter("Pruning in late winter", "Cut old wood above an outward bud.")}${chapter("Black spot and rust", "Remove leaves that have spots, and burn them.")}`,
  "plants/beans.md": `# Beans\n\n${chapter("When to sow them", "Sow after the last frost, two fingers deep.")}`,
  "tools/sharpening.md": `# Sharp tools\n\n${chapter("Blades of the shears", "Draw the stone along the bevel.")}`,
};
const library: Record<string, string> = {
  "pyproject.toml": '[project]\nname = "tides"\ndescription = "Tide tables"\n',
  "README.md": `# Tides\n\n${chapter("Choosing a harbour", "Name it as the chart does.")}`,
  "src/harmonics.py": `def sum_constituents(hours, constituents):\n    """Adds the waves of all constituents at these hours."""\n    total = 0\n    for amplitude, speed, phase in constituents:\n        angle = speed * hours - phase\n        total += amplitude * cosine(angle)\n${"    # Each wave is a cosine of its own speed and phase, which the harbour's tables give.\n".repeat(6)}    return total\n`,
};

interface Office {
  readonly workspace: Workspace;
  readonly channel: EngineChannel;
}

async function indexed(t: TestContext, files: Record<string, string>, copied?: string): Promise<Office> {
  const workspace = await workspaceOf(t, files);
  if (copied !== undefined) await cp(copied, workspace.dir, { recursive: true });
  const { channel } = await workspace.start();
  await channel.request("index", {});
  return { workspace, channel };
}

async function examplesOf({ channel }: Office): Promise<Example[]> {
  return (await channel.request("examples", {})).examples;
}

/** Asked as the panel asks, each brings what it was made from. */
async function checkAnswered({ channel }: Office, examples: readonly Example[]): Promise<void> {
  for (const { question, folder, path } of examples) {
    const { passages } = await channel.request("ask", { question, history: [], model: "" });
    // Of files that say the same, word for word, one stands for all, which says so.
    const isThere = passages.some((hit) =>
      path === undefined
        ? hit.overview
        : hit.folder === folder && (hit.path === path || hit.alsoIn !== undefined),
    );
    assert.ok(isThere, `${question} brings ${passages.map((hit) => hit.path).join(", ")}`);
  }
}

for (const [name, files, copied] of [
  ["the sample", {}, sample],
  ["a folder of notes", gardens, undefined],
  ["a library", library, undefined],
] as const) {
  test(`the examples of ${name} are answered by the files that they were made from`, async (t) => {
    const office = await indexed(t, files, copied);
    const examples = await examplesOf(office);
    assert.ok(examples.length >= 3 && examples.length <= 4, JSON.stringify(examples));
    assert.equal(new Set(examples.map(({ path }) => path)).size, examples.length, "each from another file");
    await checkAnswered(office, examples);
    if (name !== "a folder of notes")
      assert.ok(examples.some(({ question }) => /^Where is \w+ defined/.test(question)));
  });
}

test("the examples change with the workspace", async (t) => {
  const office = await indexed(t, gardens);
  const before = await examplesOf(office);
  assert.ok(before.some(({ path }) => path === "plants/roses.md"));
  const roses = gardens["plants/roses.md"] ?? "";
  await office.workspace.write(
    "plants/roses.md",
    roses.replace("Pruning in late winter", "Grafting on wild stock"),
  );
  await office.channel.request("filesChanged", { paths: [join(office.workspace.dir, "plants/roses.md")] });
  const questions = (await examplesOf(office)).map(({ question }) => question);
  assert.ok(!questions.some((question) => question.includes("Pruning")), questions.join("\n"));
});

test("while nothing is indexed there is one question for the whole, at once", async (t) => {
  const workspace = await workspaceOf(t, gardens);
  const { channel } = await workspace.start();
  assert.deepEqual(await channel.request("examples", {}), {
    examples: [{ question: "What is in this workspace?" }],
  });
});

test("what the search does not bring is not offered, and a request can be cancelled", async (t) => {
  // Twenty files that say the same, and have the same name: no heading finds its own. The one that
  // would be asked about first, the largest, is the last that the search brings.
  const text = `# Protocol\n\n${chapter("The state of things", "Nothing new was said.")}`;
  const files = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`p/${i + 10}/notes.md`, text + (i === 14 ? "\n".repeat(500) : "")]),
  );
  const office = await indexed(t, files);
  const offered = await examplesOf(office);
  await checkAnswered(office, offered);
  assert.equal(new Set(offered.map(({ question }) => question)).size, offered.length);
  const cancel = new AbortController();
  const request = office.channel.request("examples", {}, { signal: cancel.signal });
  cancel.abort();
  await assert.rejects(request, { code: "cancelled" });
  assert.ok((await examplesOf(office)).length >= 1, "the next request is answered");
});
