import assert from "node:assert/strict";
import { test } from "node:test";
import { hitsText } from "../../cli/render.ts";
import type { Hit } from "../../protocol/data.ts";

const hit: Hit = {
  folder: "/ws",
  path: "a.md",
  kind: "prose",
  language: "markdown",
  startLine: 3,
  endLine: 4,
  score: 1,
  text: "The third line.\nThe fourth line.",
  marks: [[0, 15]],
};

test("the chunks around a passage stand around it, where they were asked for", () => {
  const alone = hitsText({ hits: [hit], nearest: [], ms: 1 });
  const text = hitsText({
    hits: [{ ...hit, before: "The first line.\nThe second line.", after: "" }],
    nearest: [],
    ms: 1,
  });
  const before = "    The first line.\n    The second line.\n";
  assert.equal(text, alone.replace("    »The third", `${before}    »The third`));
  assert.ok(text.includes(before));
});
