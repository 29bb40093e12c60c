import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { isWide, Lines, weigh } from "../../indexer/chunk/lines.ts";
import { cutLongLine } from "../../indexer/chunk/longLine.ts";
import { type Sizes, sizesOf } from "../../indexer/chunk/sizes.ts";

/** Small, so that a case can be read: pieces of 20, the last of which may make 30. */
const sizes: Sizes = { ...sizesOf("prose", "plaintext"), target: 20, most: 30, least: 6 };
const pieces = (text: string): string[] => cutLongLine(text, sizes);

describe("a text by lines", () => {
  it("knows its rows, whatever it ends with", () => {
    const rows = (text: string): string[] => {
      const lines = new Lines(text);
      return Array.from({ length: lines.count }, (_, row) => lines.line(row));
    };
    assert.deepEqual(rows(""), [""]);
    assert.deepEqual(rows("\n"), [""]);
    assert.deepEqual(rows("a"), ["a"]);
    assert.deepEqual(rows("a\n\nb\n"), ["a", "", "b"]);
    assert.deepEqual(rows("a\n\n"), ["a", ""]);
  });

  it("knows how large rows are, wide characters thrice, with their line breaks", () => {
    const lines = new Lines("ab\n灯台x\n\n한\n");
    assert.deepEqual(
      [0, 1, 2, 3].map((row) => lines.size(row, row)),
      [3, 8, 1, 4],
    );
    assert.equal(lines.size(0, 3), 16);
    assert.equal(new Lines("ab\nabc").size(0, 1), 7);
    assert.equal(weigh("灯a台"), 7);
    for (const sign of "灯ᄀ한豈！、") assert.ok(isWide(sign.charCodeAt(0)), sign);
    for (const sign of "aéЖα„ა") assert.ok(!isWide(sign.charCodeAt(0)), sign);
  });

  it("knows what is blank: spaces of all kinds, and marks of the order of bytes", () => {
    for (const blank of ["", " ", "\t", "\u00a0", "\u3000", "\ufeff", " \u00a0\t"]) {
      const lines = new Lines(`x\n${blank}\n  y`);
      assert.ok(lines.isBlank(1), JSON.stringify(blank));
      assert.deepEqual([lines.indent(1), lines.firstCode(1)], [0, 0]);
      assert.ok(!lines.isBlank(0) && !lines.isBlank(2));
    }
  });

  it("knows where each row's ink begins, a tab as four", () => {
    const lines = new Lines("a\n \t}\n\t\tx\n灯\n  é");
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((row) => lines.indent(row)),
      [0, 5, 8, 0, 2],
    );
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((row) => String.fromCharCode(lines.firstCode(row))),
      ["a", "}", "x", "灯", "é"],
    );
  });
});

describe("a line that is longer than a chunk", () => {
  it("is cut at the best place in the last part of what fits", () => {
    const cuts: Readonly<Record<string, readonly string[]>> = {
      "It is dusk now. The lamp burns. By night": ["It is dusk now.", "The lamp burns.", "By night"],
      "Is it dark now? The lamp burns! And how long?": [
        "Is it dark now?",
        "The lamp burns!",
        "And how long?",
      ],
      "one lamp here, two lamps there; and three": ["one lamp here,", "two lamps there;", "and three"],
      "one lamp of two: a boat of the harbour": ["one lamp of two:", "a boat of the", "harbour"],
      "one lamp of two lamps that burn at dusk, all": ["one lamp of two", "lamps that burn at", "dusk, all"],
      "alpha.beta:gamma,delta!epsilon]zeta-eta-theta": [
        "alpha.beta:gamma,",
        "delta!epsilon]",
        "zeta-eta-theta",
      ],
      "abcdefghij;abcd}fghijabcdefghijk": ["abcdefghij;abcd}", "fghijabcdefghijk"],
      abcdefghijklmnopqrstuvwxyz: ["abcdefghijklmnopqrst", "uvwxyz"],
      "Dusk. abcdefghijklmnopqrstuvwxyz": ["Dusk. abcdefghijklmn", "opqrstuvwxyz"],
    };
    for (const [text, expected] of Object.entries(cuts)) assert.deepEqual(pieces(text), expected);
  });

  it("is cut after the signs of scripts without spaces, whose characters are wide", () => {
    assert.deepEqual(pieces("灯台の光。海の上を照"), ["灯台の光。", "海の上を照"]);
    assert.deepEqual(pieces("灯台の光！海の上を照"), ["灯台の光！", "海の上を照"]);
    assert.deepEqual(pieces("灯台の光？海の上を照"), ["灯台の光？", "海の上を照"]);
    assert.deepEqual(pieces("灯台の光、海の上を照"), ["灯台の光、", "海の上を照"]);
    assert.deepEqual(pieces("灯台の光，海の上を照"), ["灯台の光，", "海の上を照"]);
    assert.deepEqual(pieces("灯台の光；海の上を照"), ["灯台の光；", "海の上を照"]);
    assert.deepEqual(pieces("灯台の光は海の上を照"), ["灯台の光は海の", "上を照"]);
  });

  it("loses nothing, also where it repeats itself", () => {
    for (const text of ["x".repeat(45), "ab".repeat(31), "lamp ".repeat(33), "é, ".repeat(50)]) {
      assert.equal(pieces(text).join("").replaceAll(" ", ""), text.replaceAll(" ", ""));
    }
  });

  it("has no last piece that is too small where the one before has room", () => {
    assert.deepEqual(pieces("x".repeat(25)), ["x".repeat(25)]);
    assert.deepEqual(pieces("x".repeat(26)), ["x".repeat(20), "x".repeat(6)]);
    assert.deepEqual(pieces(`${"x".repeat(20)} end`), [`${"x".repeat(20)} end`]);
    assert.deepEqual(cutLongLine("x".repeat(25), { ...sizes, most: 25 }), ["x".repeat(20), "x".repeat(5)]);
    assert.deepEqual(cutLongLine("x".repeat(25), { ...sizes, most: 26 }), ["x".repeat(25)]);
    assert.deepEqual(pieces(`${"灯".repeat(7)}x`), [`${"灯".repeat(7)}x`]);
    assert.deepEqual(pieces("x".repeat(45)), ["x".repeat(20), "x".repeat(25)]);
    assert.deepEqual(pieces(`${"x".repeat(20)} end `), [`${"x".repeat(20)} end`]);
    assert.deepEqual(pieces("end"), ["end"]);
  });

  it("has no piece of white space alone, nor white space around one", () => {
    assert.deepEqual(pieces(`  lamp${" ".repeat(50)}oil  `), ["lamp", "oil"]);
    assert.deepEqual(pieces(" ".repeat(50)), []);
  });

  it("is taken up to the limit for data", () => {
    const data = { ...sizes, line: 24 };
    assert.deepEqual(cutLongLine("x".repeat(24), { ...data, least: 0 }), ["x".repeat(20), "xxxx"]);
    assert.deepEqual(cutLongLine("x".repeat(99), { ...data, least: 0 }), ["x".repeat(20), "xxxx"]);
  });

  it("is never cut within what is one character to people", () => {
    const whole = ["e\u0301", "👩‍🚀", "👍🏽", "☀️", "n\u0303\u0301"];
    for (const sign of whole) {
      for (let before = 0; before < 4; before++) {
        const text = "x".repeat(before) + sign.repeat(30);
        const found = pieces(text);
        assert.equal(found.join(""), text);
        for (const piece of found) assert.equal(piece.replace(/^x*/, "").replaceAll(sign, ""), "", piece);
      }
    }
  });
});
