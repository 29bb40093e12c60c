import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { bearingWords } from "../../engine/answer/bearing.ts";
import { givenWords } from "../../engine/answer/secondReader.ts";
import { mayBeConfirmed } from "../../protocol/answerLabels.ts";
import type { CheckedSentence, Hit } from "../../protocol/data.ts";
import { hitOf } from "../support/hits.ts";

const text = `# Leave

Staff may take their leave until 31 March of the year after. Whoever is ill for longer than three days hands in a doctor's note. Leave that was not taken by then lapses without pay.

Maren Holt signs every request for leave. The server \`heron\` keeps the calendar. 申请必须在 7 天之前提出。

| Item | Limit |
|---|---|
| Hotel for a night | 120 euros |
| Meals for a day | 45 euros |`;

function passage(body: string, path = "handbook/leave.md"): Hit {
  return hitOf(body, { path, endLine: 12 });
}

/** The words that count of those that a reader gave, as they stand in the passage. */
function borne(given: string, sentence: string, body = text): string | undefined {
  const found = bearingWords(given, sentence, [{ number: 3, passage: passage(body) }], "");
  if (found) assert.equal(found.passage, 3);
  return found && body.slice(...found.range);
}

const ill = "With a sickness beyond three days, a physician must certify it and write a note [3].";
const illWords = "Whoever is ill for longer than three days hands in a doctor's note";

describe("words that a second reader gave", () => {
  it("count where they stand in the passage, whatever signs and white space are between them", () => {
    assert.equal(borne(`${illWords}.`, ill), illWords);
    assert.equal(
      borne("whoever is ILL for\n  longer than **three days** hands in a doctor’s note", ill),
      illWords,
    );
    assert.equal(borne("longer than three days hands in", ill), "longer than three days hands in");
    assert.equal(
      borne("申请必须在 7 天之前提出", "申请必须在 7 天之前提出 [3]。"),
      "申请必须在 7 天之前提出",
    );
  });

  it("don't count when they stand there almost, are invented, empty, or few", () => {
    for (const given of [
      "Whoever is ill for more than three days hands in a doctor's note",
      "Whoever is ill for longer than four days hands in a doctor's note",
      "Whoever is ill … hands in a certificate of a physician",
      "With a sickness beyond three days, a physician must certify it and write a note",
      "",
      "none",
      "yes",
      "ill for",
      `${text} ${text}`,
    ])
      assert.equal(borne(given, ill), undefined, given);
  });

  it("don't count for a sentence that they say nothing of", () => {
    assert.equal(borne("Maren Holt signs every request for leave", ill), undefined);
  });

  it("don't count against a number, a unit, a name, an identifier or a cell that differs", () => {
    const wrong: [string, string][] = [
      [illWords, "With a sickness beyond ten days, a physician must certify it and write a note [3]."],
      [illWords, "With a sickness beyond 10 days, a physician must certify it and write a note [3]."],
      [illWords, "With a sickness beyond three weeks, a physician must certify it and write a note [3]."],
      [illWords, "With a sickness beyond three days, Petra Lindow must certify it and write a note [3]."],
      ["Maren Holt signs every request for leave", "Lindow must grant and countersign each request [3]."],
      ["The server `heron` keeps the calendar", "The calendar lies on the machine called `osprey` [3]."],
      ["Hotel for a night | 120 euros", "| Hotel for a week | 120 euros | [3] |"],
      ["Hotel for a night | 120 euros", "| Hotel for a night, breakfast | 120 euros | [3] |"],
      ["Hotel for a night | 120 euros", "| Meals for a night | 45 euros | [3] |"],
    ];
    for (const [given, sentence] of wrong) assert.equal(borne(given, sentence), undefined, sentence);
  });

  it("are looked at with the whole sentence, so that a copy can't leave its “not” out", () => {
    const source = "An application that comes late is by no means thrown away or ignored by the office.";
    const given = "thrown away or ignored by the office";
    assert.equal(borne(given, "Late papers get thrown away and discarded [3].", source), undefined);
    assert.equal(
      borne(given, "Late papers are not thrown away, nor discarded [3].", source),
      "thrown away or ignored by the office",
    );
  });
});

describe("words of a passage that bear a sentence", () => {
  const rule = "Guests leave by noon. The deposit of 50 euros is paid back within two weeks of leaving.";
  const cases: [given: string, sentence: string, source: string, counts: boolean][] = [
    // How many words, with a number and without.
    ["50 euros", "The deposit amounts to 50 euros [3].", rule, true],
    ["leave by noon", "Guests leave by noon [3].", rule, false],
    ["Guests leave by noon", "Guests leave by noon [3].", rule, true],
    ["50", "The deposit amounts to 50 euros [3].", rule, false],
    // A share of the sentence's own words must be in them.
    [
      "is paid back within two",
      "Guests leave the house by noon and clean the whole place there [3].",
      rule,
      false,
    ],
    // Denied in one and not in the other, in several languages.
    ["Dogs are not let in here", "Dogs are let in [3].", "Dogs are not let in here.", false],
    ["Dogs are let in here", "Dogs are not let in [3].", "Dogs are let in here.", false],
    ["Dogs are not let in here", "Dogs are never let in [3].", "Dogs are not let in here.", true],
    [
      "Hunde sind hier nicht erlaubt",
      "Hunde sind hier erlaubt [3].",
      "Hunde sind hier nicht erlaubt.",
      false,
    ],
    [
      "Hunde sind hier erlaubt",
      "Hunde sind hier keinesfalls erlaubt [3].",
      "Hunde sind hier erlaubt.",
      false,
    ],
    ["See rule no. 5 on dogs", "See rule no. 5 on dogs [3].", "See rule no. 5 on dogs.", true],
    // Units.
    ["paid back within two weeks of leaving", "It is paid back within two days of leaving [3].", rule, false],
    ["paid back within two weeks of leaving", "It is paid back within two weeks of leaving [3].", rule, true],
    ["The hall opens at noon", "The hall opens at noon for hours [3].", "The hall opens at noon.", true],
    [
      "The hall opens for an hour",
      "The hall opens for hours at times [3].",
      "The hall opens for an hour.",
      true,
    ],
    // Plain words may be others; names, identifiers and numbers may not.
    ["Guests leave by noon", "Visitors leave by noon [3].", rule, true],
    ["Guests leave by noon", "Guests of Bergen leave by noon [3].", rule, false],
    ["Guests leave by noon", "Guests leave `house` by noon [3].", rule, false],
    ["Guests leave by noon", "Guests leave by noon in 2024 [3].", rule, false],
    [
      "Gäste gehen am Mittag wieder",
      "Die Besucher gehen am Mittag wieder [3].",
      "Gäste gehen am Mittag wieder.",
      true,
    ],
    // A row is borne by all of its cells.
    ["Hotel for a night | 120 euros", "| Hotel for a night | 120 euros | [3]", text, true],
    ["Hotel for a night | 120 euros", "| Hotel for a night in town | 120 euros | [3]", text, false],
    // What is quoted and altered stands nowhere.
    ["", "Guests leave by noon [3].", rule, false],
    ["Guests leave by noon", "", rule, false],
  ];
  for (const [given, sentence, source, counts] of cases)
    it(`“${given}” for “${sentence}”: ${counts}`, () =>
      assert.equal(borne(given, sentence, source), counts ? given : undefined));

  it("are looked for in each passage, at each of their places", () => {
    const twice = "Guests don't leave by noon. Then guests leave by noon.";
    const found = (...texts: string[]) =>
      bearingWords(
        "guests leave by noon",
        "Guests leave by noon [1].",
        texts.map((one, index) => ({ number: index + 4, passage: passage(one) })),
        "",
      );
    assert.deepEqual(found("Dogs bark.", twice), { passage: 5, range: [33, 53] });
    assert.equal(found("Dogs bark.", "Cats sleep."), undefined);
    assert.equal(found(), undefined);
  });

  it("are at most 120, and are looked at in lines where a sentence has no end", () => {
    const long = (words: number): string => `Guests leave by noon${" and so on".repeat((words - 4) / 3)}`;
    const sentence = "Guests leave by noon and so on [3].";
    assert.equal(borne(long(118), sentence, `${long(118)}.`), long(118));
    assert.equal(borne(long(121), sentence, `${long(121)}.`), undefined);
    const lines = `${"never word\n".repeat(80)}Guests leave by noon\n${"never word\n".repeat(80)}`;
    assert.equal(borne("Guests leave by noon", "Guests leave by noon [3].", lines), "Guests leave by noon");
    const denied = lines.replace("by noon", "by noon never");
    assert.equal(borne("Guests leave by noon", "Guests leave by noon [3].", denied), undefined);
    const behind = `${"Dogs bark. ".repeat(50)}Guests don't\nleave the house by noon.`;
    assert.equal(borne("leave the house by noon", "Guests leave the house by noon [3].", behind), undefined);
    const open = `${"never word ".repeat(80)}\nGuests leave by noon`;
    assert.equal(borne("Guests leave by noon", "Guests leave by noon [3].", open), "Guests leave by noon");
  });

  it("may be said by a word that begins the sentence and is written small elsewhere", () => {
    const found = (around: string) =>
      bearingWords(
        "guests leave by noon",
        "Visitors depart by noon [1].",
        [{ number: 1, passage: passage("All guests leave by noon.") }],
        around,
      );
    assert.ok(found("where visitors stay"));
    assert.equal(found("where Visitors stay"), undefined);
    assert.equal(found("where visitorship stays"), undefined);
  });
});

describe("the reply of a second reader", () => {
  const read = (reply: string, count = 2) =>
    [...givenWords(reply, count)].map(([number, [first]]) => `${number}=${first?.trim()}`);

  it("is read in lines, in JSON, and in what weak models make of both", () => {
    const expected = ["1=the rent is due", "2=nobody may sublet"];
    for (const reply of [
      '1: "the rent is due"\n2: "nobody may sublet"',
      "1. “the rent is due”\n2. “nobody may sublet”",
      'Sure!\n\n**1:** "the rent is due"\n**2:** "nobody may sublet"\n\nI hope that helps.',
      'Sentence 1: "the rent is due"\nSentence 2: [3] "nobody may sublet"',
      '{"1": "the rent is due", "2": "nobody may sublet"}',
      '[{"sentence": 1, "quote": "the rent is due"},\n {"sentence": 2, "quote": "nobody may sublet"}]',
      '```json\n{\n  "1": "the rent is due",\n  "2": "nobody may sublet"\n}\n```',
    ])
      assert.deepEqual(
        [...givenWords(reply, 2)].map(([number, words]) => {
          const found = words.find((one) => expected.includes(`${number}=${one}`));
          return `${number}=${found ?? words[0]}`;
        }),
        expected,
        reply,
      );
  });

  it("needs no quotation marks, and no number for one sentence", () => {
    assert.deepEqual(read("1: the rent is due\n2: none"), ["1=the rent is due", "2=none"]);
    assert.deepEqual(read("the rent is due", 1), ["1=the rent is due"]);
    assert.deepEqual(read("the rent is due", 2), []);
    assert.deepEqual(read("", 2), []);
  });

  it("has words with the number of a passage, or of a sentence that was not asked for, before them", () => {
    const words = "the rent is due";
    for (const before of [
      "[3] ",
      "3: ",
      "(3) ",
      "[3]: ",
      "passage 3: ",
      "Passages 3, ",
      "passage [3] ",
      "[3] - ",
    ]) {
      const found = givenWords(`1: ${before}${words}`, 2);
      assert.ok(found.get(1)?.includes(words), `${before}: ${found.get(1)}`);
    }
    for (const number of [
      "1:",
      "1.",
      "1)",
      "1 =",
      "1 -",
      "no. 1:",
      "no 1:",
      "Number 1:",
      "sentence 1:",
      "[1]:",
      "(1)",
      "#1:",
      "**1**:",
    ])
      assert.ok(givenWords(`${number} "${words}"\n2: none`, 2).get(1)?.includes(words), number);
    assert.deepEqual([...givenWords(`1: "${words}"\n7: "nobody may sublet"\n0: none`, 2).keys()], [1]);
    const twice = givenWords('1: "one of two"\n2: none\n1: "two of two"', 2).get(1);
    assert.ok(twice?.includes("one of two") && twice.includes("two of two"));
    assert.deepEqual(givenWords('1: «so it is» „or this“ "\\"so\\" it was"', 1).get(1)?.slice(0, 2), [
      "so it is",
      "or this",
    ]);
  });

  it("is read in good time, however long and odd it is, and little of it is tried", () => {
    const tries: [odd: string, found: [sentence: number, words: number][]][] = [
      ["1: ", [[1, 2]]],
      ["[[[[", []],
      ['"', []],
      ["1:\n", [[1, 40]]],
      [" \n", []],
      ["{1:{", [[1, 40]]],
      ["((1", []],
    ];
    for (const [odd, found] of tries) {
      const read = [...givenWords(odd.repeat(20_000 / odd.length), 6)];
      assert.deepEqual(
        read.map(([number, words]) => [number, words.length]),
        found,
        odd,
      );
    }
  });
});

it("sentences that lack a number, a quotation or an identifier, or are contradicted, are not read again", () => {
  const of = (rest: Partial<CheckedSentence>): boolean =>
    mayBeConfirmed({
      range: [0, 9],
      cites: [1],
      verdict: "unconfirmed",
      missing: [],
      differences: [],
      ...rest,
    });
  assert.ok(of({}));
  assert.ok(of({ missing: ["sickness", "Krankheit", "handed in"] }));
  for (const missing of ["35", "“soon”", "max_days", "31 May 2024", "[9]", "LLC"]) {
    assert.ok(!of({ missing: ["sickness", missing] }), missing);
  }
  assert.ok(!of({ cites: [] }));
  for (const verdict of ["supported", "contradicted", "uncited"] as const)
    assert.ok(!of({ verdict }), verdict);
});
