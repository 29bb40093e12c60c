import assert from "node:assert/strict";
import { cp } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import type { EngineChannel } from "../../cli/childEngine.ts";
import { workspaceOf } from "../support/workspace.ts";

const sample = join(import.meta.dirname, "../../sample");
/** What no office answers, in many words and in one. */
const elsewhere = [
  "What is the capital of Mongolia?",
  "Which enzyme unwinds the double helix?",
  "How do volcanoes erupt under glaciers?",
  "zirconium",
];
const answered = [
  "By when do we have to tell the landlord if we want out early?",
  "How many days of holiday do I have?",
  "which function tells whether two names are alike",
  "client money",
];

/** An engine over a copy of the sample office, with the second pass or without it. */
async function office(t: TestContext, refine: boolean): Promise<{ channel: EngineChannel; dir: string }> {
  const workspace = await workspaceOf(t, {});
  await cp(sample, workspace.dir, { recursive: true });
  const { channel } = await workspace.start({ refine: false });
  await channel.request("index", { refine });
  return { channel, dir: workspace.dir };
}

for (const refine of [false, true]) {
  const when = refine ? "after the second pass" : "at once";
  test(`what is not in the files brings nothing but the nearest three, ${when}`, async (t) => {
    const { channel } = await office(t, refine);
    // Without the better model there is less to go by: what shares a word may show.
    for (const query of refine ? elsewhere : elsewhere.slice(2)) {
      const { hits, nearest } = await channel.request("search", { query, k: 8, mode: "hybrid" });
      assert.deepEqual([hits.length, nearest.length <= 3], [0, true], `${query}: ${hits[0]?.path}`);
    }
    for (const query of answered) {
      const { hits, nearest } = await channel.request("search", { query, k: 8, mode: "hybrid" });
      assert.ok(hits.length > 0, query);
      assert.deepEqual(nearest, []);
    }
  });
}

test("what is related to a passage is not all that there is", async (t) => {
  const { channel, dir } = await office(t, true);
  const { hits: found } = await channel.request("search", { query: "annual leave", k: 1, mode: "hybrid" });
  const [leave] = found;
  assert.equal(leave?.path, "handbook/leave.md");
  const except = { path: join(dir, "handbook/leave.md"), startLine: leave.startLine, endLine: leave.endLine };
  const { hits } = await channel.request("search", { query: leave.text, k: 30, mode: "hybrid", except });
  assert.ok(hits.length > 0 && hits.length < 25, `${hits.length} are related`);
  assert.ok(
    hits.every(({ path }) => !path.endsWith(".go") && !path.endsWith(".sql")),
    "code is not",
  );
});
