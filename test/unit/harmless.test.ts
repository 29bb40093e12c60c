import assert from "node:assert/strict";
import { test } from "node:test";
import { styleText } from "node:util";
import { harmless, harmlessJson, harmlessLines, onlyOwnStyles } from "../../cli/harmless.ts";

/** Every character that controls a terminal, the direction of text, or begins a line. */
const dangerous = [
  ...Array.from({ length: 0x20 }, (_, code) => code),
  ...Array.from({ length: 0x21 }, (_, i) => 0x7f + i),
  ...[0x61c, 0x200e, 0x200f, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069],
  ...[0x2028, 0x2029],
].map((code) => String.fromCharCode(code));

test("what could control the terminal is a visible sign of the same length", () => {
  for (const char of dangerous) {
    const shown = harmless({ path: `a${char}b` }).path;
    assert.equal(shown.length, 3);
    assert.ok(!dangerous.includes(shown.charAt(1)), JSON.stringify(char));
  }
  assert.equal(harmless("\u001b]0;x\u0007\n\u007f\u009b\u202e"), "␛]0;x␇␊␡��");
});

test("ordinary text of all scripts stays as it is", () => {
  for (const text of ["naïve café — “x”", "שלום עולם", "مرحبا می\u200cخواهم", "日本語", "👩\u200d💻 🇩🇪"])
    assert.equal(harmless(text), text);
});

test("only the text of passages and answers has lines, and ranges into it stay right", () => {
  const data = {
    hits: [{ path: "a\nb", text: "one\r\n\ttwo\u001b\rthree", marks: [[0, 3]] }],
    model: "x\ty",
  };
  assert.deepEqual(harmless(data), {
    hits: [{ path: "a␊b", text: "one \n\ttwo␛␍three", marks: [[0, 3]] }],
    model: "x␉y",
  });
  assert.equal(harmlessLines("a\nb\u2028c"), "a\nb�c");
  assert.deepEqual(harmless({ a: undefined, b: null, c: [1, true] }), {
    a: undefined,
    b: null,
    c: [1, true],
  });
});

test("JSON has escapes for them, and reads back the same", () => {
  const value = { [`k${dangerous.join("")}`]: dangerous };
  const json = harmlessJson(value, 2);
  for (const char of dangerous) if (char !== "\n") assert.ok(!json.includes(char), JSON.stringify(char));
  assert.ok(!harmlessJson(value).includes("\n"));
  assert.deepEqual(JSON.parse(json), value);
});

test("of styles only our own pass, and only where there are colours", () => {
  const own = (["bold", "dim", "cyan", "yellow"] as const).map((style) =>
    styleText(style, "x", { validateStream: false }),
  );
  for (const text of own) {
    assert.equal(onlyOwnStyles(text, true), text);
    assert.ok(!onlyOwnStyles(text, false).includes("\u001b"));
  }
  assert.equal(onlyOwnStyles("\u001b[8mx\u001b[2J\u001b[1my", true), "␛[8mx␛[2J\u001b[1my");
});
