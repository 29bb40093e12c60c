import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { markSentences } from "../../engine/answer/marks.ts";
import type { FileKind } from "../../protocol/data.ts";

function check(question: string, text: string, expected: string[], kind?: FileKind): void {
  assert.deepEqual(
    markSentences(question, text, kind).map(([start, end]) => text.slice(start, end)),
    expected,
  );
}

const handbook =
  "Holidays are granted by the team lead. Each employee has 28 days of holiday a year. Unused days expire at the end of March. The office is closed on Sundays.";

describe("marking the sentences that match", () => {
  it("marks the sentence that answers", () =>
    check("How many days of holiday does an employee have?", handbook, [
      "Each employee has 28 days of holiday a year.",
    ]));
  it("marks up to three in the order of the text", () => {
    const marks = markSentences("days", `${handbook} Days. Sick days. Days off.`);
    assert.equal(marks.length, 3);
    assert.deepEqual(
      marks,
      marks.toSorted((a, b) => a[0] - b[0]),
    );
  });
  it("marks nothing when nothing matches", () => check("What is the speed of light?", handbook, []));
  it("marks nothing for an empty question or passage", () => {
    check("", handbook, []);
    check("days", "", []);
  });
  it("weighs a rare word more than one that stands everywhere", () =>
    check(
      "server port",
      "The server starts. The server stops. The server listens on port 8080. The server logs.",
      ["The server listens on port 8080."],
    ));
  it("marks lines of code, identifiers split", () =>
    check(
      "where is the retry limit set?",
      "export class Uploader {\n  private readonly retryLimit = 5;\n  start(): void {\n    this.run();\n  }\n}",
      ["private readonly retryLimit = 5;"],
      "code",
    ));
  it("tells code from prose by itself", () =>
    check("retry limit", "const a = 1;\nconst retryLimit = 5;\nrun(a);", ["const retryLimit = 5;"]));
  it("marks rows of data", () =>
    check(
      "price of the lamp",
      "| item | price |\n| lamp | 12 |\n| chair | 40 |",
      ["| item | price |", "| lamp | 12 |"],
      "data",
    ));
  it("finds words by their stem and without accents", () =>
    check("cancelling résumés", "We cancel on Monday. A resume may be cancelled.", [
      "A resume may be cancelled.",
    ]));
  it("marks Chinese sentences", () =>
    check("通知期間", "価格は十円です。通知期間は三十日です。", ["通知期間は三十日です。"]));
  it("leaves an endless line alone", () => check("word", `${"word ".repeat(400)}`, []));
});
