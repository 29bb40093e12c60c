import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkAnswer } from "../../engine/answer/checking.ts";
import { oppositesOf } from "../../engine/answer/opposites.ts";
import { denials, deniedIn, isConditional, isOpen } from "../../engine/answer/polarity.ts";
import { type Reading, read, termOf } from "../../engine/answer/reading.ts";
import type { CheckedSentence } from "../../protocol/data.ts";
import { hitOf } from "../support/hits.ts";

const reading = (text: string): Reading => read(text, { isClaim: true, language: "en" });
/** "never: fee rent" for each word that denies, and what it denies. */
function denied(text: string): string[] {
  const one = reading(text);
  return denials(one).map(
    (denial) => `${denial.text}: ${denial.denied.map((at) => one.words[at]?.text).join(" ")}`,
  );
}

describe("what a sentence denies", () => {
  it("is up to four words of meaning after a word that denies", () => {
    for (const word of "not never no nobody nothing none neither nor cannot hardly don't isn’t".split(" "))
      assert.deepEqual(denied(`It is ${word} big red old new house`), [`${word}: big red old new`], word);
    assert.deepEqual(denied("It is NOT the house of the town"), ["NOT: house town"]);
    assert.deepEqual(denied("without tunnel fees"), ["without: tunnel"]);
    assert.deepEqual(denied("Knots are nothingness"), []);
  });

  it("ends with the clause, a turn, or another denial", () => {
    for (const word of "but except unless until because if when while although though so and that which who since as than where before after".split(
      " ",
    ))
      assert.deepEqual(denied(`It is not the house ${word} garden`), ["not: house"], word);
    assert.deepEqual(denied("It is not the house, garden"), ["not: house"]);
    assert.deepEqual(denied("It is not the house nor garden"), ["not: house", "nor: garden"]);
    assert.deepEqual(denied("It is not the house buttery garden"), ["not: house buttery garden"]);
  });

  it("is nothing after “not only”, “no more than” and the like, nor in an opening “No,”", () => {
    for (const next of "only just merely necessarily as so more less fewer later earlier sooner until unless all every everyone everybody always".split(
      " ",
    )) {
      assert.deepEqual(denied(`It is not ${next} house garden`), [], next);
      assert.deepEqual(denied(`It has no ${next} house garden`), [], next);
    }
    for (const sign of ", . : ; – —".split(" "))
      assert.deepEqual(denied(`No${sign} the house stands`), [], sign);
    assert.deepEqual(denied("No - the house stands"), ["No: "]);
    assert.deepEqual(denied("Never, the house stands"), ["Never: "]);
    assert.deepEqual(denied("The house, not the garden"), []);
    assert.deepEqual(denied("The house, never the garden"), ["never: garden"]);
    assert.deepEqual(denied("The house, nothing stands"), ["nothing: stands"]);
    assert.deepEqual(denied("It is not houses"), ["not: houses"]);
  });

  it("is said with “no longer” too", () =>
    assert.deepEqual(denied("It is no longer open house"), ["no longer: open house"]));

  it("denied twice is said", () => {
    const places = (text: string): string[] => {
      const one = reading(text);
      return [...deniedIn(one)].map((at) => one.words[at]?.text ?? "");
    };
    assert.deepEqual(places("It is not open"), ["open"]);
    assert.deepEqual(places("It is not never open"), ["open"]);
    assert.deepEqual(places("It is open"), []);
  });
});

describe("a clause", () => {
  const at = (text: string, word: string, is: typeof isOpen): boolean => {
    const one = reading(text);
    return is(
      one,
      one.words.findIndex((other) => other.text === word),
    );
  };
  it("holds under a condition or with an exception by one of its words", () => {
    for (const word of "if unless until except when whenever only provided otherwise apart besides without merely just rather instead other exceed most up maximum latest before".split(
      " ",
    )) {
      assert.ok(at(`The house is open ${word} called`, "house", isConditional), word);
      assert.ok(at(`The house is open ${word.toUpperCase()} called`, "house", isConditional), word);
      assert.ok(!at(`The house is open, ${word} called`, "house", isConditional), word);
      assert.ok(!at(`The house is open ${word}x called`, "house", isConditional), word);
      assert.ok(!at(`The house is open x${word} called`, "house", isConditional), word);
    }
  });
  it("leaves open what holds by one of its words", () => {
    for (const word of "regardless even whether irrespective".split(" ")) {
      assert.ok(at(`The house is open ${word} of it`, "house", isOpen), word);
      assert.ok(!at(`The house is open, ${word} of it`, "house", isOpen), word);
      assert.ok(!at(`The house is open x${word} of it`, "house", isOpen), word);
    }
  });
});

describe("opposites", () => {
  const excludes = (a: string, b: string): boolean => oppositesOf(termOf(a))?.has(termOf(b)) === true;
  it("exclude each other, and not themselves or what means the same", () => {
    for (const [a, b] of [
      ["allowed", "forbidden"],
      ["permit", "ban"],
      ["before", "after"],
      ["first", "third"],
      ["first", "last"],
      ["red", "gray"],
      ["daily", "yearly"],
      ["opened", "closes"],
      ["encrypted", "unencrypted"],
    ] as const) {
      assert.ok(excludes(a, b) && excludes(b, a), `${a}, ${b}`);
      assert.ok(!excludes(a, a) && !excludes(b, b), `${a}, ${b}`);
    }
    for (const [a, b] of [
      ["allow", "permit"],
      ["grey", "gray"],
      ["sold", "sell"],
      ["house", "garden"],
    ] as const)
      assert.ok(!excludes(a, b) && !excludes(b, a), `${a}, ${b}`);
    assert.equal(oppositesOf("house"), undefined);
  });
});

/** The differences of one sentence from its source, as "kind: said ≠ source". */
function differences(said: string, source: string): string[] {
  const [sentence, ...others] = checkAnswer(`${said} [1].`, [hitOf(source)], { question: "?" });
  assert.ok(sentence && others.length === 0, said);
  const shown = ({ kind, said: own, source: theirs }: CheckedSentence["differences"][number]): string =>
    `${kind}: ${own} ≠ ${theirs}`;
  return sentence.differences.map(shown);
}

describe("a sentence and its source mean other things", () => {
  const cases: [said: string, source: string, ...differences: string[]][] = [
    // Negation.
    [
      "The tenant may not keep dogs in the house",
      "The tenant may keep dogs in the house.",
      "negation: not keep ≠ keep",
    ],
    [
      "The tenant may keep dogs in the house",
      "The tenant may not keep dogs in the house.",
      "negation: keep ≠ not keep",
    ],
    [
      "Nobody pays the rent in advance here",
      "Everybody pays the rent in advance here.",
      "negation: Nobody pays ≠ pays",
    ],
    [
      "Pets live in the house without consent",
      "Pets live in the house with the landlord's consent.",
      "opposite: without ≠ with",
    ],
    [
      "Dogs are forbidden in the house of the club",
      "Dogs are allowed in the house of the club.",
      "opposite: forbidden ≠ allowed",
    ],
    [
      "The column is hidden in the view of the sheet",
      "The column is shown in the view of the sheet.",
      "opposite: hidden ≠ shown",
    ],
    ["The tenant may not keep dogs in the house", "The tenant may never keep dogs in the house."],
    ["The tenant may not keep dogs in the house", "The tenant may keep dogs in the house if allowed."],
    [
      "The tenant may not keep dogs in the house if ill",
      "The tenant may keep dogs in the house if allowed.",
      "negation: not keep ≠ keep",
    ],
    ["The tenant may not keep dogs in the house", "The tenant may keep dogs even in the house."],
    ["Whether the tenant may not keep dogs in the house is said", "The tenant may keep dogs in the house."],
    [
      "The rent is no longer paid in advance",
      "The rent is paid in advance.",
      "negation: no longer paid ≠ paid",
    ],
    // Opposites.
    [
      "The gate opens after eight in the evening",
      "The gate opens before eight in the evening.",
      "opposite: after ≠ before",
    ],
    ["The gate is not closed in the evening", "The gate is open in the evening."],
    ["The gate is closed in the evening for guests", "The gate is not open in the evening for guests."],
    [
      "The gate is not closed in the evening for guests",
      "The gate is not open in the evening for guests.",
      "opposite: closed ≠ open",
    ],
    ["The wall of the hall is painted red", "The wall of the hall is painted blue.", "opposite: red ≠ blue"],
    ["The wall of the hall is painted red", "The wall of the hall is painted blue. Its door is red."],
    ["The wall of the hall is painted red", "The wall of the hall is painted crimson."],
    ["A red bird sings far away at dawn", "The wall of the hall is painted blue."],
    ["Dogs never sleep in the gardens of distant castles", "Dogs sleep in kennels of the shelter at night."],
    [
      "The gate of the garden is painted by the club each spring and closed",
      "The old shop is open; the gate of the garden is painted by the club each spring.",
    ],
    // Each in the other's place.
    [
      "Lunch is optional for staff and required for guests",
      "Lunch is required for staff and optional for guests.",
      "swapped: optional ≠ required",
    ],
    [
      "Lunch is required for staff and optional for guests",
      "Lunch is required for staff and optional for guests.",
    ],
    [
      "Lunch is optional for guests and required for staff",
      "Lunch is required for staff and optional for guests.",
    ],
  ];
  for (const [said, source, ...expected] of cases)
    it(`“${said}” and “${source}”`, () => assert.deepEqual(differences(said, source), expected));
});
