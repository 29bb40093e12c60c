import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSummary, findings, partlyReadText, readAgainText } from "../../protocol/answerLabels.ts";
import type { Answer, CheckedSentence } from "../../protocol/data.ts";

type Verdict = CheckedSentence["verdict"];

function sentence(verdict: Verdict, rest: Partial<CheckedSentence> = {}): CheckedSentence {
  return { range: [0, 1], cites: [1], verdict, missing: [], differences: [], ...rest };
}

function summary(verdicts: readonly Verdict[], rest: Partial<Answer> = {}): string | undefined {
  const found = checkSummary({ ...rest, sentences: verdicts.map((verdict) => sentence(verdict)) });
  return found && `${found.tone}: ${found.text}`;
}

test("the summary says what matters most, and counts no sentence without a source as a fault", () => {
  assert.equal(summary([]), undefined);
  const cases: [Verdict[], string][] = [
    [["supported"], "good: Supported by its sources"],
    [["supported", "supported", "supported"], "good: Supported by its sources"],
    [["contradicted"], "bad: 1 sentence says something else than its source"],
    [
      ["supported", "contradicted", "uncited", "unconfirmed", "contradicted"],
      "bad: 2 sentences say something else than their sources, 1 could not be confirmed",
    ],
    [["unconfirmed"], "plain: Could not be confirmed by its sources"],
    [["unconfirmed", "unconfirmed", "uncited"], "plain: None of 2 sentences could be confirmed"],
    [
      ["supported", "unconfirmed", "supported", "uncited"],
      "plain: 2 of 3 sentences confirmed, 1 could not be",
    ],
    [["supported", "uncited"], "plain: Supported by its sources; 1 sentence names none"],
    [["uncited", "supported", "uncited"], "plain: Supported by its sources; 2 sentences name none"],
    [["uncited", "uncited"], "plain: No sentence of this answer names a source"],
  ];
  for (const [verdicts, expected] of cases) assert.equal(summary(verdicts), expected);
});

test("no green mark for an answer from half an index, a part of one, or one whose passages hardly match", () => {
  assert.equal(summary(["supported"], { weak: true }), "plain: Supported by its sources");
  assert.equal(summary(["supported"], { read: { files: 3, of: 9 } }), "plain: Supported by its sources");
  assert.equal(
    summary(["supported"], { incomplete: true }),
    "plain: Supported by its sources as far as it goes",
  );
  assert.match(summary(["contradicted"], { weak: true }) ?? "", /^bad/);
});

test("a difference is said in words, whichever side has none", () => {
  const told = (kind: CheckedSentence["differences"][number]["kind"], said: string, source: string): string =>
    findings(sentence("contradicted", { differences: [{ kind, said, source }] })).join();
  assert.equal(told("number", "45", "90"), "Another number: the answer says “45”, its source “90”");
  assert.equal(
    told("negation", "", "not"),
    "The contrary by one word: its source says “not”, the answer does not",
  );
  assert.equal(
    told("negation", "never", ""),
    "The contrary by one word: the answer says “never”, its source does not",
  );
  for (const kind of ["unit", "date", "name", "quote", "opposite", "swapped"] as const)
    assert.match(told(kind, "a", "b"), /^[A-Z][a-z ]+: the answer says “a”, its source “b”$/);
});

test("what is missing is said with the sources that lack it, and nothing of what needs no words", () => {
  assert.deepEqual(findings(sentence("unconfirmed", { cites: [1, 3], missing: ["seven", "years"] })), [
    "Not found in sources 1, 3: seven, years",
  ]);
  assert.deepEqual(findings(sentence("unconfirmed")), ["No words were found in source 1 that say this"]);
  for (const verdict of ["supported", "uncited"] as const) assert.deepEqual(findings(sentence(verdict)), []);
});

test("what half an index means depends on what became of the other files", () => {
  const read = { files: 32, of: 4217 };
  assert.equal(partlyReadText(read), "From 32 of 4,217 files. The others may say something else.");
  assert.match(partlyReadText(read, "indexing"), /still being read/);
  assert.match(partlyReadText(read, "ready"), /have been read since/);
  assert.match(partlyReadText(read, "paused"), /have not been read/);
  assert.match(partlyReadText({ files: 3, of: 3 }), /^From the first 3 files/);
});

test("what a second reader confirmed is said, and makes no green mark", () => {
  const confirmed = sentence("supported", { confirmed: { passage: 1, range: [0, 4] } });
  assert.deepEqual(checkSummary({ sentences: [sentence("supported"), confirmed] }), {
    text: "Supported by its sources; 1 sentence by a second reading",
    tone: "plain",
  });
  const open = sentence("unconfirmed", { missing: ["sickness"] });
  const said = (sentences: CheckedSentence[]) => readAgainText({ reader: "qwen3:8b", sentences });
  assert.equal(said([confirmed, open, open]), "Read again by qwen3:8b: 1 of 3 sentences confirmed");
  assert.equal(said([open]), "Read again by qwen3:8b: none of 1 sentence confirmed");
  assert.equal(readAgainText({ sentences: [open] }), undefined);
});
