import assert from "node:assert/strict";
import { test } from "node:test";
import type { CheckedSentence } from "../../protocol/data.ts";
import {
  compare,
  type Look,
  type LookRun,
  type Sides,
  tellingPassage,
} from "../../webview/render/compare.ts";
import { plainText } from "../../webview/render/renderMarkdown.ts";
import { checkedAnswer, passages } from "../webview/conversations.ts";

function sentenceWith(text: string): CheckedSentence {
  const found = checkedAnswer.sentences.find(({ range }) =>
    checkedAnswer.text.slice(...range).includes(text),
  );
  assert.ok(found, text);
  return found;
}

function sides(sentence: CheckedSentence, number = tellingPassage(sentence) ?? 0): Sides {
  const passage = passages[number - 1];
  assert.ok(passage);
  return compare(sentence, plainText(checkedAnswer.text.slice(...sentence.range)), passage, number);
}

function looking(runs: readonly LookRun[], look: Look): string[] {
  return runs.filter((run) => run.look === look).map(({ text }) => text);
}

test("what differs and what agrees is marked in both", () => {
  const { said, source, isCut } = sides(sentenceWith("six months"));
  assert.deepEqual(looking(said, "differs"), ["six"]);
  assert.deepEqual(looking(said, "same"), ["The notice period is", "months to the end of a quarter"]);
  assert.deepEqual(looking(source, "differs"), ["three"]);
  assert.deepEqual(looking(source, "same"), ["The notice period is", "months to the end of a quarter"]);
  assert.match(
    looking(source, "around").join(""),
    /Either party may end the lease.*more than two months late/s,
  );
  assert.deepEqual(isCut, [true, false]);
});

test("what differs is marked where the source says it, not in what surrounds it nor in another passage", () => {
  const sentence: CheckedSentence = {
    ...sentenceWith("six months"),
    differences: [{ kind: "name", said: "six", source: "notice" }],
  };
  const { source } = sides(sentence);
  assert.deepEqual(looking(source, "differs"), ["notice"]);
  assert.match(looking(source, "around").join(""), /notice in writing.*without notice/s);
  // The words of one source may stand in another one, and mean something else there.
  const other: CheckedSentence = {
    ...sentence,
    differences: [{ kind: "name", said: "six", source: "date" }],
  };
  assert.deepEqual(looking(sides(other, 2).source, "differs"), []);
});

test("what the sources lack is marked in the sentence", () => {
  const { said } = sides(sentenceWith("plan ahead"));
  assert.deepEqual(looking(said, "differs"), ["suits", "plan ahead"]);
});

test("the words that the second reader gave are marked, in the passage that they stand in", () => {
  const sentence = sentenceWith("Ms Okafor");
  assert.deepEqual(looking(sides(sentence).source, "confirmed"), [
    "Ms Okafor asks whether the lease can be ended in the autumn.",
  ]);
  assert.deepEqual(looking(sides(sentence, 1).source, "confirmed"), []);
});

test("words are found whole, and whatever stands in them", () => {
  const sentence: CheckedSentence = {
    ...sentenceWith("six months"),
    missing: ["“a (b)”", "x.*", "end"],
    differences: [{ kind: "number", said: "1", source: "" }],
  };
  const passage = passages[0];
  assert.ok(passage);
  const { said } = compare(sentence, "1 of 10 ends at the end: a (b), x.* [", passage, 1);
  assert.deepEqual(looking(said, "differs"), ["1", "end", "a (b)", "x.*"]);
});

test("all of the sentence is there, and a range that is none is left alone", () => {
  for (const sentence of checkedAnswer.sentences.filter(({ cites }) => cites.length > 0)) {
    const { said } = sides(sentence);
    assert.equal(
      said.map(({ text }) => text).join(""),
      plainText(checkedAnswer.text.slice(...sentence.range)),
    );
  }
  const far: CheckedSentence = { ...sentenceWith("six months"), nearest: { passage: 1, range: [900, 9000] } };
  const marked = passages[0]?.marks[0];
  assert.deepEqual(sides(far).at, marked);
});
