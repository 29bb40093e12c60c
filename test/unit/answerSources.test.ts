import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { likeness, nearest, surroundings } from "../../engine/answer/nearness.ts";
import { type Anchor, pairsIn, type Reading, read, termOf } from "../../engine/answer/reading.ts";
import { holdsCode, holdsLetters, Passages, type Sources, sourcesOf } from "../../engine/answer/sources.ts";
import { hitOf } from "../support/hits.ts";

const reading = (text: string, language = "en"): Reading => read(text, { isClaim: true, language });
const none: ReadonlySet<string> = new Set();
const rounded = (value: number): number => Math.round(value * 1000) / 1000;

describe("a text as a source", () => {
  const text =
    "# Rent\n\nThe rent is due. It is paid monthly.\n\nDogs bark.\n\n| Item | Price |\n|---|---|\n| Gas | 5 |\n| Heat | 6 |\n\n## Pets\n\n```\nconst a = 1;\n\n}\nrun(a);\n```";
  const { units, all } = sourcesOf(text, "lease.md");
  const said = units.map(({ range }) => text.slice(...range).trim());

  it("is cut into sentences, rows and lines of code", () => {
    assert.deepEqual(said, [
      "Rent",
      "The rent is due.",
      "It is paid monthly.",
      "Dogs bark.",
      "| Item | Price |",
      "| Gas | 5 |",
      "| Heat | 6 |",
      "Pets",
      "const a = 1;",
      "run(a);",
    ]);
    assert.deepEqual(units.map(({ isHeading }) => isHeading).indexOf(true), 0);
    assert.equal(units.filter(({ isHeading }) => isHeading).length, 2);
    assert.deepEqual(
      units.map(({ goesOn }) => goesOn).flatMap((goesOn, i) => (goesOn ? [said[i]] : [])),
      ["It is paid monthly."],
    );
    for (const [index, { before, after, passage }] of units.entries()) {
      assert.equal(before, units[index - 1]);
      assert.equal(after, units[index + 1]);
      assert.equal(passage, 0);
    }
  });

  it("has its headings, the head of a table and its file above", () => {
    const above = (index: number): string => [...(units[index]?.context ?? [])].sort().join(" ");
    assert.equal(above(1), "leas md rent");
    assert.equal(above(5), "item leas md price rent");
    assert.equal(above(8), "leas md pet");
  });

  it("is known by its terms, its words in small letters and its language", () => {
    const [source] = all;
    assert.ok(source);
    for (const term of ["rent", "monthli", "leas", "price"]) assert.ok(source.terms.has(term), term);
    assert.ok(source.small.has("paid") && source.small.has("monthly") && source.small.has("lease"));
    assert.ok(!source.small.has("Dogs") && !source.small.has("dogs") && !source.small.has("as"));
    assert.match(source.normal, /the rent is due/);
    assert.match(source.tight, /dogs bark/);
    assert.equal(
      sourcesOf("Der Mieter zahlt die Miete und das Licht für die Wohnung.", "").all[0]?.language,
      "de",
    );
  });

  it("tells more by a word, the fewer sentences have it", () => {
    const sources = sourcesOf("The rent is due.\n\nThe rent rises.\n\nDogs bark.", "");
    assert.equal(rounded(sources.weight("rent")), rounded(Math.log(1 + 3 / 2)));
    assert.equal(rounded(sources.weight("bark")), rounded(Math.log(4)));
    assert.equal(sources.weight("unheard"), sources.weight("rent"));
  });

  it("has the parts of identifiers where they stand, and endless lines in pieces", () => {
    const [unit] = sourcesOf("The maxRows and max_cols run, run.", "").units;
    for (const term of ["max", "row", "col"]) assert.ok(unit?.places.has(term), term);
    assert.deepEqual(unit?.places.get("max"), [1, 3]);
    assert.deepEqual(unit?.places.get("run"), [4, 5]);
    const endless = sourcesOf("word ".repeat(1_000), "").units;
    assert.ok(endless.length > 5 && endless.every(({ range: [from, to] }) => to - from <= 600));
    assert.equal(endless.at(-1)?.range[1], 4_999);
    assert.equal(sourcesOf("The rent\nis due.", "").units.length, 1);
    assert.equal(sourcesOf(`${"word ".repeat(100)}.`, "").units.length, 1);
  });

  it("knows a name at the beginning of a sentence by what the rest writes small", () => {
    const rest =
      "the rent is due and paid by all who live in this old house near that town with some more words here now then too.";
    const isName = (text: string, word: string): boolean =>
      sourcesOf(text, "").units.some(({ reading: { anchors } }) =>
        anchors.some(({ kind, text: name }) => kind === "name" && name === word),
      );
    assert.ok(isName(`Ida lives here. So ${rest}`, "Ida"));
    assert.ok(!isName("Ida lives here. So it is.", "Ida"));
    assert.ok(!isName(`House rules live here. So ${rest}`, "House"));
  });
});

describe("the passages of an answer", () => {
  it("are read once, by their numbers from 1", () => {
    const passages = new Passages([hitOf("The rent is due.", { heading: "Fees" }), hitOf("Dogs bark.")]);
    assert.equal(passages.count, 2);
    const both = passages.cited([2, 1]);
    assert.deepEqual(
      both.units.map(({ passage }) => passage),
      [2, 1],
    );
    assert.equal(passages.cited([2, 1]), both);
    assert.equal(passages.cited([1]).all[0], both.all[1]);
    assert.deepEqual(passages.cited([0, 3, -1]).all, []);
    assert.ok(both.all[1]?.terms.has("fee"));
    assert.notEqual(passages.cited([1, 2]), both);
  });
});

describe("code in a source", () => {
  const holds = (text: string, code: string): boolean =>
    holdsCode(sourcesOf(text, "").all[0]?.tight ?? "", code);
  it("stands there whole, whatever white space is in it", () => {
    for (const [text, code] of [
      ["run( task,\n  5 )", "run(task, 5)"],
      ["It is max_rows.", "max_rows"],
      ["It is MaxRows.", "maxrows"],
      ["const x = 5", "x=5"],
      ["port 80, or so", "80"],
      ["port:80", "80"],
      ["a b", "a b"],
    ] as const)
      assert.ok(holds(text, code), `${text}: ${code}`);
    for (const [text, code] of [
      ["max_rows", "max"],
      ["max_rows", "rows"],
      ["void", "id"],
      ["port 8080", "80"],
      ["3.14", "3"],
      ["3.14", "14"],
      ["ab", "a b"],
      ["anything", ""],
      ["anything", " "],
    ] as const)
      assert.ok(!holds(text, code), `${text}: ${code}`);
    assert.ok(holds("max_rows, max", "max"), "the second one is whole");
    assert.ok(holds("v3.14", "v3"));
  });

  it("may be told by its letters alone", () => {
    assert.ok(holdsLetters("co 2", "CO2"));
    assert.ok(holdsLetters("the github page", "Git Hub"));
    assert.ok(!holdsLetters("q10", "Q1"));
    assert.ok(holdsLetters("xq1a", "Q1"));
    assert.ok(!holdsLetters("anything", ""));
  });
});

describe("what stands around a place", () => {
  const around = (text: string, value: string, context = none): [string, number][] => {
    const one = reading(text);
    const anchor = one.anchors.find((other): other is Anchor => other.text === value);
    assert.ok(anchor, value);
    return [...surroundings(one, anchor.first, anchor.last, context)].map(([term, weight]) => [
      term,
      rounded(weight),
    ]);
  };

  it("weighs the more, the nearer it is, in an earlier clause more than in a later one", () => {
    assert.deepEqual(around("Old rent takes 5 euros of money here", "5 euros"), [
      ["old", 0.769],
      ["rent", 0.87],
      ["take", 1],
      ["monei", 1],
    ]);
    assert.deepEqual(
      around("Ida of Bergen pays 5 euros", "5 euros").map(([term]) => term),
      ["ida", "bergen", "pai"],
    );
    assert.deepEqual(around("Rent, 5 euros, money", "5 euros"), [
      ["rent", 0.8],
      ["monei", 0.45],
    ]);
    assert.deepEqual(
      around("Fees, gas, water, rent, 5 euros", "5 euros").map(([, weight]) => weight),
      [0.441, 0.492, 0.557, 0.8],
    );
    assert.deepEqual(around("rent | money | 5 euros | gas", "5 euros"), [
      ["rent", 0.7],
      ["monei", 0.7],
      ["ga", 0.7],
    ]);
  });

  it("has no values, itself included, and what it stands under", () => {
    assert.deepEqual(around("Rent of 5 euros in May 2024", "5 euros", new Set(["fee", "rent"])), [
      ["rent", 1],
      ["fee", 0.3],
    ]);
    assert.deepEqual(around("Rent money and rent of 5 euros", "5 euros"), [
      ["rent", 1],
      ["monei", 0.696],
    ]);
  });

  it("is like what surrounds a place of a source, by how much of it stands there", () => {
    const like = (
      said: ReadonlyMap<string, number>,
      text: string,
      at: number,
      index = 0,
      context = "",
    ): number => {
      const sources = sourcesOf(text, context);
      const unit = sources.units[index];
      assert.ok(unit);
      return rounded(likeness(said, unit, at, at, sources));
    };
    const rent = new Map([["rent", 1]]);
    assert.equal(like(rent, "The rent costs much.", 2), 1);
    assert.equal(like(rent, "The rent costs much.", 1), 0, "the place itself");
    assert.equal(like(rent, "The rent of money costs much.", 4), 0.87);
    assert.equal(like(rent, "Costs, rent too.", 0), 0.45);
    assert.equal(like(rent, "The gas costs much.", 2, 0, "rent"), 0.3);
    assert.equal(like(rent, "The rent rises. It costs much.", 1, 1), 0.35);
    assert.equal(like(rent, "It costs much. The rent rises.", 1, 0), 0.15);
    assert.equal(like(rent, "The rent rises.\n\nIt costs much.", 1, 1), 0);
    assert.equal(like(rent, "It costs much.\n\nThe rent rises.", 1, 0), 0);
    assert.equal(like(new Map([...rent, ["ga", 1]]), "The rent costs much.", 2), 0.631);
    assert.equal(like(new Map(), "The rent costs much.", 2), 0);
  });
});

describe("the nearest sentence", () => {
  const near = (said: string, text: string): [string[], number] | undefined => {
    const sources: Sources = sourcesOf(text, "");
    const found = nearest(reading(said), sources);
    return found && [found.units.map(({ range }) => text.slice(...range)), rounded(found.covered)];
  };

  it("has most of what is said, and the shorter one where two have the same", () => {
    assert.deepEqual(near("Rent is due monthly", "Dogs bark.\n\nRent is due monthly."), [
      ["Rent is due monthly."],
      1,
    ]);
    assert.deepEqual(near("Rent is due", "Rent is due for all of us.\n\nRent is due."), [
      ["Rent is due."],
      1,
    ]);
    const [first] =
      nearest(reading("Rent is due"), sourcesOf("Rent is due.\n\nRent is due.", ""))?.units ?? [];
    assert.deepEqual(first?.range, [0, 12]);
    assert.equal(near("Penguins swim", "Dogs bark."), undefined);
    assert.equal(near("It is so", "It is so."), undefined);
    assert.equal(near("# Rent", "# Rent"), undefined, "a heading says nothing");
  });

  it("is taken with its neighbours where they bring more, three at most", () => {
    const text = "Rent is monthly. Dogs bark loudly. Cats sleep long. Birds sing songs.";
    assert.deepEqual(near("Rent is monthly and dogs bark loudly", text)?.[0], [
      "Rent is monthly.",
      "Dogs bark loudly.",
    ]);
    assert.deepEqual(near("Cats sleep long and dogs bark loudly", text)?.[0], [
      "Dogs bark loudly.",
      "Cats sleep long.",
    ]);
    assert.equal(near("Rent monthly dogs bark loudly cats sleep long birds sing songs", text)?.[0].length, 3);
    assert.deepEqual(near("Dogs bark loudly at rent", "# Rent\n\nDogs bark loudly.")?.[0], [
      "Dogs bark loudly.",
    ]);
  });

  it("is told by values where words say the same of two", () => {
    assert.deepEqual(near("The rent is 6 euros", "The rent is 5 euros.\n\nThe rent is 6 euros.")?.[0], [
      "The rent is 6 euros.",
    ]);
  });
});

describe("a reading", () => {
  it("has words in clauses and cells, with what they are compared by", () => {
    const { words } = reading("The tenants' dogs, which don't bark | and paid | 5 cats");
    assert.deepEqual(
      words.map(({ text, term, hasMeaning, clause, cell }) => [text, term, hasMeaning, clause, cell]),
      [
        ["The", "the", false, 0, 0],
        ["tenants", "tenant", true, 0, 0],
        ["dogs", "dog", true, 0, 0],
        ["which", "which", false, 1, 0],
        ["don't", "don", false, 1, 0],
        ["bark", "bark", true, 1, 0],
        ["and", "and", false, 2, 1],
        ["paid", "pai", true, 2, 1],
        ["5", "5", false, 2, 2],
        ["cats", "cat", true, 2, 2],
      ],
    );
    for (const sign of [", ", "; ", ": ", " (", ") ", " — ", " – ", "? ", "! ", " - ", ". ", "\n\n"])
      assert.deepEqual(
        reading(`rent${sign}gas`).words.map(({ clause }) => clause),
        [0, 1],
        sign,
      );
    for (const sign of [" ", "-", "/", "\n", " of ", "."])
      assert.equal(reading(`rent${sign}gas`).words.at(-1)?.clause, 0, sign);
    for (const word of "and but while whereas und aber sondern et mais y pero e ma en maar".split(" "))
      assert.equal(reading(`rent ${word} gas`).words.at(-1)?.clause, 1, word);
  });

  it("has all that can be looked up, in order, values of code and quotes left alone", () => {
    const text = "On 3 May Ida paid 5 euros for `run 7` and “8 days”, ３ cats";
    assert.deepEqual(
      reading(text).anchors.map(({ kind, text: said }) => [kind, said]),
      [
        ["date", "3 May"],
        ["name", "Ida"],
        ["quantity", "5 euros"],
        ["code", "run 7"],
        ["quantity", "３"],
      ],
    );
    assert.deepEqual(reading(text).quotes, ["8 days"]);
    const source = read(text, { isClaim: false, language: "en" });
    assert.deepEqual(source.quotes, []);
    assert.ok(source.anchors.some(({ text: said }) => said === "8 days"));
    assert.deepEqual(reading("Wir zahlen an Ida in Bergen", "de").anchors, []);
    assert.deepEqual(reading("See [the rent](https://a.test/5) now").anchors, []);
  });

  it("brings forms of verbs and nouns together", () => {
    for (const [form, base] of [
      ["went", "go"],
      ["paid", "pay"],
      ["PAID", "pay"],
      ["children", "child"],
      ["written", "write"],
      ["feet", "foot"],
      ["caught", "catch"],
      ["showing", "shows"],
    ] as const)
      assert.equal(termOf(form), termOf(base), form);
    assert.equal(termOf("—"), "—");
  });

  it("has pairs of signs in scripts without spaces", () => {
    assert.deepEqual(pairsIn("养猫人"), ["养猫", "猫人"]);
    assert.deepEqual(pairsIn("cats"), []);
    assert.deepEqual(pairsIn("猫"), []);
  });
});
