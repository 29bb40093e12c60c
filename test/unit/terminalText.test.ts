import assert from "node:assert/strict";
import { test } from "node:test";
import { harmless } from "../../cli/harmless.ts";
import { answerText, hitsText } from "../../cli/render.ts";
import type { Answer } from "../../protocol/data.ts";
import { hitOf } from "../support/hits.ts";
import { answer, checkedAnswer } from "../webview/conversations.ts";

const hit = hitOf("The third line.\nThe fourth line.", { startLine: 3, endLine: 4, marks: [[0, 15]] });

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

function printed(one: Answer): string {
  return answerText(harmless({ question: "How?", answer: one, summary: undefined, connections: [] }));
}

test("each sentence that is not supported is listed with what the check found, the worst first", () => {
  const [check = "", sources] = printed(checkedAnswer).split("\n\n");
  assert.match(sources ?? "", /^\[1\] contracts/);
  assert.deepEqual(check.split("\n"), [
    "Checked: 2 sentences say something else than their sources, 1 could not be confirmed.",
    "Read again by qwen3:8b: 1 of 2 sentences confirmed.",
    "  ! Says something else than its source: “The notice period is six months to the end of a quarter [1].”",
    "      Another number: the answer says “six”, its source “three”.",
    "      [1] contracts/harbour-street/lease-2024.pdf, page 3: “The notice period is three months to the end of a quarter.”",
    "  ! Says something else than its source: “| Renewal | two years | [1] |”",
    "      Another number: the answer says “two years”, its source “one year”.",
    "      [1] contracts/harbour-street/lease-2024.pdf, page 3: “It renews by one year at a time unless a party gives notice.”",
    "  ? Could not be confirmed by its source: “It suits tenants who plan ahead [1].”",
    "      Not found in source 1: suits, plan ahead.",
    "  - Names no source: “Most tenants do not read this far.”",
    "  - Names no source: “| Deposit | three months' rent | |”",
    "  - Names no source: “| Pets | not allowed | |”",
    "  - Names no source: “The bank is told at once.”",
    "  = Confirmed by qwen3:8b: “Ms Okafor wants to know whether one can leave in the autumn [4].”",
    "      [4] minutes/2025-05-04.docx:12-1: “Ms Okafor asks whether the lease can be ended in the autumn.”",
  ]);
});

test("an answer from half an index, or from passages that hardly match, says so before its check", () => {
  const [check = ""] = printed({ ...answer, read: { files: 32, of: 4217 }, weak: true }).split("\n\n");
  const [read, weak, checked] = check.split("\n");
  assert.equal(read, "From 32 of 4,217 files. The others may say something else.");
  assert.match(weak ?? "", /hardly match the question/);
  assert.equal(checked, "Checked: 2 of 3 sentences confirmed, 1 could not be.");
});

test("no word of an answer or a source begins a line of the check", () => {
  const bad = "Bad\nConnections opened: none.\r\nChecked: all.";
  const text = printed({
    ...checkedAnswer,
    text: bad,
    passages: [{ ...hit, text: bad }],
    sentences: [
      {
        range: [0, bad.length],
        cites: [1],
        verdict: "contradicted",
        missing: [bad],
        differences: [{ kind: "name", said: bad, source: bad }],
        nearest: { passage: 1, range: [0, bad.length] },
      },
    ],
  });
  assert.equal(text.match(/^Checked: /gm)?.length, 1);
  assert.equal(text.match(/^Connections opened: none\.$/gm)?.length, 1);
});
