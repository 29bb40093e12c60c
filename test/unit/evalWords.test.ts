import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeDocuments } from "../eval/extractors/documentModel.ts";
import { toFlatText } from "../eval/extractors/flatText.ts";
import { compareWords, joinLineEnds, wordsOf } from "../eval/extractors/wordsFound.ts";
import { Random } from "../soak/random.ts";

describe("words of a text, for comparing extractors", () => {
  it("are told by letters and numbers, in lower case, whatever shape they have", () => {
    assert.deepEqual(wordsOf("The ﬁle (No. 12), Ｗide;\u200b soft\u00adly"), [
      "the",
      "file",
      "no",
      "12",
      "wide",
      "softly",
    ]);
    assert.deepEqual(wordsOf("\ufeb3\ufe8e\ufedf\ufee2"), ["سالم"], "shapes of Arabic letters");
    assert.deepEqual(wordsOf("第3四半期 Q3売上"), ["第", "3", "四", "半", "期", "q3", "売", "上"]);
  });

  it("count as often as they stand there", () => {
    const { found, beyond, missing, extra } = compareWords(["a", "a", "b", "x"], ["a", "b", "b", "c"]);
    assert.deepEqual(missing, ["b", "c"]);
    assert.deepEqual(extra, ["a", "x"]);
    assert.equal(found, 0.5);
    assert.equal(beyond, 0.5);
    assert.deepEqual(compareWords([], ["a"]), { found: 0, beyond: 0, missing: ["a"], extra: [] });
    assert.deepEqual(compareWords([], []), { found: 1, beyond: 0, missing: [], extra: [] });
  });

  it("go on after the end of a line", () => {
    assert.equal(joinLineEnds("an exam-\nple of well-\nKnown"), "an example of well-\nKnown");
  });
});

it("documents are the same for the same seed, and others for another", () => {
  const made = (seed: number): string => makeDocuments(new Random(seed), 9).map(toFlatText).join("");
  assert.equal(made(1), made(1));
  assert.notEqual(made(1), made(2));
  for (const part of [
    "text:note ",
    "office:annotation",
    "text:list ",
    "number-columns-spanned",
    "draw:text-box",
    "rtl",
  ]) {
    assert.ok(made(1).includes(part), part);
  }
});
