import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerStream } from "../../cli/answerStream.ts";
import { harmlessLines } from "../../cli/harmless.ts";

/** What is written when the pieces come one after another and `whole` is the answer. */
function streamed(pieces: readonly string[], whole = pieces.join("")): string {
  let written = "";
  const stream = new AnswerStream((text) => {
    written += text;
  });
  for (const text of pieces) stream.take({ type: "text", text });
  stream.end(whole);
  return written;
}

const esc = "\u001b";

test("however an answer comes in pieces, it is written as one, indented and harmless", () => {
  const texts = [
    "Three months [1].\nAnd so on.",
    "\n\n  First.\r\n\r\n- One\r\n- Two\n\n\n",
    `a${esc}[2Jb\r\nConnections opened: none.\r\u009b2J\u2028x\u202ey`,
    "😀 and 👩‍👩‍👧 \u{1f600}\n\t😀",
    "x",
  ];
  for (const text of texts) {
    const expected = `\n${harmlessLines(text.trim()).replaceAll(/^/gm, "  ")}\n`;
    assert.equal(streamed([text]), expected);
    for (const size of [1, 2, 3, 5]) {
      const pieces = text.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
      let written = "";
      const stream = new AnswerStream((piece) => {
        // Half a character would come out as another one.
        assert.ok(piece.isWellFormed());
        written += piece;
      });
      for (const piece of pieces) stream.take({ type: "text", text: piece });
      stream.end(text);
      assert.equal(written, expected, `${JSON.stringify(text)} in pieces of ${size}`);
    }
  }
});

test("what is there is written before the end, and an answer of nothing writes nothing", () => {
  let written = "";
  const stream = new AnswerStream((text) => {
    written += text;
  });
  stream.take({ type: "text", text: "Three " });
  assert.equal(written, "\n  Three");
  stream.take({ type: "text", text: "months" });
  assert.equal(written, "\n  Three months");
  stream.close();
  stream.close();
  assert.equal(written, "\n  Three months\n");
  assert.equal(streamed([]), "");
  assert.equal(streamed([" ", "\n"]), "");
});

test("what turns out to be thought, or not to be the answer, is said to be none", () => {
  let written = "";
  const stream = new AnswerStream((text) => {
    written += text;
  });
  stream.take({ type: "text", text: "Let me see." });
  stream.take({ type: "unsaid" });
  stream.take({ type: "thought", text: "Hm." });
  stream.take({ type: "text", text: "Three months." });
  stream.end("Three months.");
  assert.match(
    written,
    /^\n {2}Let me see\.\n\n\(What stands above [^\n]*thought[^\n]*\)\n\n {2}Three months\.\n$/,
  );
  assert.match(streamed(["One."], "Two."), /^\n {2}One\.\n\n\([^\n]*last form[^\n]*\)\n\n {2}Two\.\n$/);
});
