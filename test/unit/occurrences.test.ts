import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lacksName } from "../../engine/answer/namesThere.ts";
import { neighbour, occurrencesOf, saysSame, stands } from "../../engine/answer/occurrences.ts";
import { type Anchor, type Reading, read } from "../../engine/answer/reading.ts";
import { type Sources, sourcesOf } from "../../engine/answer/sources.ts";

const claimOf = (text: string): Reading => read(text, { isClaim: true, language: "en" });
const source = (text: string, context = ""): Sources => sourcesOf(text, context);

/** The value of a sentence that is written so. */
function anchorOf(claim: Reading, text: string): Anchor {
  const found = claim.anchors.find((one) => one.text === text);
  assert.ok(found, `${text} of ${claim.anchors.map((one) => one.text)}`);
  return found;
}

/** "same 30 days", "other 60 days" and so on for what a source has of a value. */
function found(said: string, value: string, text: string, context = ""): string[] {
  const claim = claimOf(said);
  const sources = source(text, context);
  const all = occurrencesOf(claim, anchorOf(claim, value), sources, new Set());
  assert.equal(stands(claim, anchorOf(claim, value), sources), all.same !== undefined, text);
  return Object.entries(all).map(([key, one]) => `${key} ${one.text}`);
}

describe("a value of a sentence in its source", () => {
  const cases: [said: string, value: string, source: string, ...found: string[]][] = [
    // Numbers with units: the same, others of the same unit, the same number of another.
    ["The rent runs 30 days", "30 days", "The rent runs 30 days", "same 30 days"],
    ["The rent runs 30 days", "30 days", "The rent runs 60 days", "other 60 days"],
    ["The rent runs 30 days", "30 days", "The rent runs 30 weeks", "otherUnit 30 weeks"],
    ["The rent runs 30 days", "30 days", "The rent runs 60 weeks"],
    ["The rent runs 30 days", "30 days", "The rent runs 30", "same 30"],
    ["The rent runs 30 days", "30 days", "The rent runs 60"],
    ["The rent runs 30 days", "30 days", "rent | 60 | low"],
    ["The rent is 5 euros a day", "5 euros", "The rent is 5 euros a week", "otherUnit 5 euros"],
    ["The rent is 5 euros a day", "5 euros", "The rent is 5 euros", "same 5 euros"],
    ["The rent is 5 euros", "5 euros", "The rent is 5 euros a week", "same 5 euros"],
    ["The rent is 5 euros a day", "5 euros", "The rent is 5 euros a day", "same 5 euros"],
    ["The house has 5 rooms", "5", "The house has 6 rooms", "other 6"],
    ["The house has rooms 5", "5", "The house has rooms 6", "other 6"],
    ["The house has 5 rooms", "5", "The house has 6 doors", "other 6"],
    ["The house has 5 rooms", "5", "The garden has 6 doors"],
    ["The house has 5 rooms", "5", "The house has 5 doors", "same 5"],
    ["The house has 5 rooms", "5", "The house `has5` rooms5 here", "same 5"],
    ["The house has 5 rooms", "5", "The house has 55 rooms", "other 55"],
    ["It runs 30 days", "30 days", "It runs `for 30` now"],
    ["It runs 30 times", "30", "It runs `for 30` now", "same 30"],
    // Below zero.
    ["It is -5 °C here", "-5 °C", "It is 5 °C here"],
    ["It is -5 °C here", "-5 °C", "It is -5 °C here", "same -5 °C"],
    ["It fell 5 % here", "5 %", "It is -5 % here", "same -5 %"],
    ["It is -5 °C here", "-5 °C", "It is -6 °C here", "other -6 °C"],
    // Dates.
    ["It is due 3 May 2024", "3 May 2024", "It is due 3 May 2024", "same 3 May 2024"],
    ["It is due 3 May 2024", "3 May 2024", "It is due 4 May 2024", "other 4 May 2024"],
    ["It is due 3 May 2024", "3 May 2024", "It is due 3 May", "same 3 May"],
    ["It is due 3 May 2024", "3 May 2024", "It is due on Monday"],
    ["It is due 3 May 2024", "3 May 2024", "It is due in 2024"],
    ["It is due 3 May 2024", "3 May 2024", "It is due 3 May 2023", "other 3 May 2023"],
    ["It is due in 2024", "2024", "It is due 3 May 2024", "same 3 May 2024"],
    ["It is due in 2024", "2024", "It is due 5 times"],
    // Names.
    ["It was signed by Ida Moe", "Ida Moe", "It was signed by Ida Moe", "same Ida Moe"],
    ["It was signed by Ida", "Ida", "It was signed by Ida Moe", "same Ida Moe"],
    ["It was signed by Ida Moe", "Ida Moe", "It was signed by Lars Berg", "other Lars Berg"],
    ["It was signed by Ida Moe", "Ida Moe", "It was signed by ida"],
    ["It was signed by Ida Moe", "Ida Moe", "It was signed by moe, ida", "same Ida Moe"],
    ["It was signed by Ida Moe", "Ida Moe", "It was signed by all"],
    ["It was signed by Ida Moe", "Ida Moe", "It was signed by moe"],
    ["It was signed by Ida Moe", "Ida Moe", "It took 5 days"],
    // Code.
    ["It calls `run` now", "run", "It calls `run` now", "same run"],
    ["It calls `run` now", "run", "It calls `stop` now", "other stop"],
    ["It calls `run` now", "run", "It calls run(5) now", "same run"],
    ["It calls `run` now", "run", "It calls Ida now"],
    ["It calls `runner` now", "runner", "It calls the run now"],
  ];
  for (const [said, value, text, ...expected] of cases) {
    it(`“${value}” of “${said}” in “${text}”`, () => {
      const all = found(said, value, text);
      // Where the value stands, others are of no account here.
      const isThere = all.some((one) => one.startsWith("same"));
      assert.deepEqual(
        all.filter((one) => !isThere || one.startsWith("same")),
        expected,
      );
    });
  }

  it("is compared with a bare number under the head of its unit", () => {
    assert.deepEqual(found("The rent runs 30 days", "30 days", "The rent runs 60", "days"), ["other 60"]);
    assert.deepEqual(found("The rent runs 30 times", "30", "The rent runs 60 days", "days"), [
      "other 60 days",
    ]);
    assert.deepEqual(found("The rent runs 30 days", "30 days", "The rent runs 60", "weeks"), []);
  });

  it("is the one of several that has the same around it", () => {
    const claim = claimOf("The gas costs 5 euros in spring");
    const { same, other } = occurrencesOf(
      claim,
      anchorOf(claim, "5 euros"),
      source(
        "Heating costs 5 euros.\n\nThe gas costs 5 euros in spring. Water takes 7 euros.\n\nThe gas costs 8 euros in autumn.",
      ),
      new Set(),
    );
    assert.ok(same && other);
    assert.ok(same.likeness > 0.95 && same.likeness <= 1);
    assert.match(same.unit.reading.text, /^The gas costs 5/);
    assert.equal(other.text, "8 euros");
    assert.equal(other.anchor?.text, "8 euros");
    assert.deepEqual([same.first, same.last], [3, 4]);
    assert.ok(other.likeness > 0.4 && other.likeness < 1);
  });
});

describe("the next word of meaning", () => {
  const claim = claimOf("The old house of the town has 5 rooms and doors, or so it was said by them of it");
  const place = anchorOf(claim, "5");
  it("stands up to three words away, before or after", () => {
    assert.equal(neighbour(claim, place, 1), "room");
    assert.equal(neighbour(claim, place, -1), "town");
    const said = claim.words.findIndex(({ text }) => text === "doors");
    assert.equal(neighbour(claim, { first: said, last: said }, 1), undefined);
    assert.equal(neighbour(claim, { first: said, last: said }, -1), "room");
    assert.equal(neighbour(claim, { first: 0, last: 0 }, -1), undefined);
    assert.equal(neighbour(claim, { first: 1, last: said }, 1), undefined);
  });
});

describe("two values", () => {
  it("of different kinds are never the same", () => {
    const [number, name, code, date] = ["5 days", "Ida", "run", "May"].map((value) =>
      anchorOf(claimOf("It took 5 days and Ida calls `run` in May"), value),
    );
    const all = [number, name, code, date] as Anchor[];
    for (const one of all)
      for (const another of all)
        assert.equal(saysSame(one, another), one === another, `${one.text} ${another.text}`);
  });
});

describe("what of a name the sources have not", () => {
  const text =
    "Maria C. Lopez and Peter Schmidt signed in Berlin. The U.S. office and the Postgre SQL server of git hub, and Ana and Leo Berg were there. Only CO 2 counts. A moe lives.\n\nKarl came. Nobody saw Braun.";
  const cases: [name: string, ...missing: string[]][] = [
    ["Maria Lopez"],
    ["Lopez Maria"],
    ["Peter Schmidt"],
    ["Maria Schmidt", "Maria Schmidt"],
    ["Karl Braun", "Karl Braun"],
    ["Ana Berg"],
    ["Ana Leo"],
    ["Ida Schmidt", "Ida"],
    ["Ida Krantz", "Ida", "Krantz"],
    ["US"],
    ["UK", "UK"],
    ["CO2"],
    ["CO3", "CO3"],
    ["PostgreSQL"],
    ["GitHub"],
    ["Berlin"],
    ["Ber", "Ber"],
    ["Office Berlin"],
    ["Anna-Maria", "Anna"],
    ["Peter Lopez Schmidt"],
  ];
  for (const [name, ...missing] of cases)
    it(name, () => assert.deepEqual(lacksName(name, source(text)), missing));

  it("may stand half in the heading above", () => {
    assert.deepEqual(lacksName("Maria Holm", source("Maria signed.", "Holm")), []);
    assert.deepEqual(lacksName("Maria Holm", source("Nobody signed it.\n\nMaria ran.", "Holm")), []);
    assert.deepEqual(lacksName("Maria Holm", source("Nobody signed it.", "Holm and Maria")), ["Maria Holm"]);
  });
});
