import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { aboveFloor, isWeak } from "../../engine/answer/aboveFloor.ts";
import { joinPassages } from "../../engine/answer/joinPassages.ts";
import { markSentences } from "../../engine/answer/marks.ts";
import { ReadingSpeed } from "../../engine/answer/promptPace.ts";
import { estimateByScript, estimateTexts, TokenRatios } from "../../engine/answer/tokenEstimate.ts";
import { type Whole, withTheWhole } from "../../engine/answer/whole.ts";
import type { FileKind, Hit } from "../../protocol/data.ts";
import { hitOf } from "../support/hits.ts";

const hit = (path: string, rest: Partial<Hit> = {}): Hit =>
  hitOf(`text of ${path}`, { path, endLine: 9, ...rest });
const paths = (hits: readonly Hit[]): string[] => hits.map(({ path }) => path);

describe("what a question about the whole is answered from", () => {
  const whole: Whole = {
    first: [hit(".", { overview: {} }), hit("README.md"), hit("package.json")],
    found: ["a", "b", "c", "d", "e", "f"].map((path) => hit(path)),
    alone: true,
  };
  it("is the overview, and six passages of what tells of the whole", () => {
    assert.deepEqual(paths(withTheWhole(whole, [hit("x")])), [
      ".",
      "README.md",
      "package.json",
      "a",
      "b",
      "c",
      "d",
    ]);
    const found = [
      hit("README.md"),
      hit("README.md", { startLine: 10, endLine: 12 }),
      hit("README.md", { folder: "/v" }),
    ];
    assert.deepEqual(paths(withTheWhole({ ...whole, found }, [])), [
      ".",
      "README.md",
      "package.json",
      "README.md",
      "README.md",
    ]);
  });
  it("has what was found elsewhere too where it may be about one thing, and matches", () => {
    const elsewhere = [hit("x"), hit("weak", { score: 0.01 }), hit("a"), hit("y"), hit("z"), hit("w")];
    assert.deepEqual(paths(withTheWhole({ ...whole, alone: false }, elsewhere)), [
      ...[".", "README.md", "package.json", "a", "b", "x", "y", "z", "w"],
    ]);
    assert.deepEqual(paths(withTheWhole({ ...whole, alone: false }, [])), [
      ...[".", "README.md", "package.json", "a", "b", "c", "d"],
    ]);
    assert.deepEqual(withTheWhole({ first: [], found: [], alone: true }, [hit("x")]), []);
  });
});

describe("what hardly matches", () => {
  const scores = (...all: number[]) => all.map((score) => ({ score }));
  it("is kept aside where all of it does, three of it", () => {
    assert.deepEqual(aboveFloor("Who pays rent?", scores(0.1, 0.2, 0.1)).nearest, []);
    assert.equal(aboveFloor("Who pays rent?", scores(0.1, 0.2, 0.1)).hits.length, 3);
    assert.deepEqual(aboveFloor("Who pays rent?", scores(0.1, 0.19, 0.1, 0.1)), {
      hits: [],
      nearest: scores(0.1, 0.19, 0.1),
    });
    assert.equal(aboveFloor("Tell me everything", scores(0.1)).hits.length, 1);
  });
  it("makes an answer weak below 0.3", () => {
    assert.ok(isWeak("Who pays rent?", scores(0.29, 0.1)));
    assert.ok(!isWeak("Who pays rent?", scores(0.3, 0.1)));
    assert.ok(!isWeak("Who pays rent?", []));
    assert.ok(!isWeak("Tell me everything", scores(0.1)));
  });
});

describe("how fast a model reads", () => {
  it("is not learned from nothing", () => {
    const speed = new ReadingSpeed();
    speed.learn("a", 0, 100);
    speed.learn("a", 100, 0);
    assert.equal(speed.morePassages("a", 8), 0);
    speed.learn("a", 350, 5_000);
    assert.equal(speed.morePassages("a", 8), 1);
    speed.learn("a", 349, 5_000);
    assert.equal(speed.morePassages("a", 8), 0);
  });
});

describe("the tokens of a text", () => {
  const count = (text: string): number =>
    Math.round(1000 * [...estimateByScript(text).values()].reduce((sum, one) => sum + one, 0)) / 1000;
  const cases: [text: string, tokens: number][] = [
    ["abcd", 1.15],
    ["abcde", 2.15],
    ["the abcd of it", 4 + 0.6],
    ["eins zwei drei", 6 + 0.45],
    ["eins, zwei; drei.", 3 + 0.45 + 3],
    ["eins zwei", 2 + 0.3],
    ["é", 1.6],
    ["ế", 3],
    ["éa", 1 + 1.6],
    ["12", 2],
    ["…", 2],
    ["→", 3],
    ["§", 2],
    ["😀", 3],
    ["\n", 1],
    ["a b", 2.3],
    ["        a", 3.15],
    ["a".repeat(40), 40],
    ["a".repeat(39), 10.15],
    ["ж", 1.4],
    ["жж", 2.8],
    ["ሰ", 4],
    ["", 0],
  ];
  for (const [text, tokens] of cases)
    it(JSON.stringify(text), () => assert.equal(count(text), Math.round(tokens * 1000) / 1000));

  it("are counted with eight for each message", () => {
    assert.deepEqual(
      [...estimateTexts(["abcd", "ж"])],
      [
        ["Latin", 17.15],
        ["Cyrillic", 1.4],
      ],
    );
  });

  it("are told of a prompt in several scripts by each, where the server counts more", () => {
    const mixed = new Map([
      ["Latin", 100],
      ["Georgian", 100],
    ] as const);
    const ratios = new TokenRatios();
    ratios.learn("a", mixed, 300);
    assert.equal(Math.round(ratios.expected("a", mixed)), Math.round(300 * 1.15));
    assert.equal(Math.round(ratios.expected("a", new Map([["Georgian", 100]]))), Math.round(150 * 1.15));
    ratios.learn("b", new Map(), 300);
    ratios.learn("b", mixed, 0);
    assert.equal(ratios.expected("b", mixed), 200);
    const many = new TokenRatios();
    many.learn(
      "a",
      new Map([
        ["Latin", 75],
        ["Greek", 25],
      ]),
      1_000,
    );
    assert.equal(Math.round(many.expected("a", new Map([["Latin", 100]]))), 460);
    assert.equal(many.expected("a", new Map([["Greek", 100]])), 100);
    many.learn("b", new Map([["Latin", 100]]), 1);
    assert.equal(Math.round(many.expected("b", new Map([["Latin", 100]]))), 46);
    many.learn("c", new Map([["Greek", 100]]), 1);
    assert.equal(Math.round(many.expected("c", new Map([["Greek", 1000]]))), 115);
  });
});

describe("passages that are joined", () => {
  const chunk = (ordinal: number, text: string, rest: Partial<Hit> = {}): Hit =>
    hitOf(text, {
      path: "a",
      startLine: ordinal * 10 + 1,
      endLine: ordinal * 10 + 10,
      score: 0.5,
      ordinal,
      ...rest,
    });
  it("are no longer than can be read, and have what both have", () => {
    const half = "x".repeat(2_250);
    assert.equal(joinPassages([chunk(0, half), chunk(1, `y${half.slice(1)}`)], 8).length, 1);
    assert.equal(joinPassages([chunk(0, half), chunk(1, `y${half}`)], 8).length, 2);
    const [joined] = joinPassages(
      [chunk(1, "two", { page: 3, score: 0.2 }), chunk(0, "one", { page: 3 })],
      8,
    );
    assert.deepEqual(
      [joined?.text, joined?.page, joined?.score, joined?.startLine, joined?.endLine],
      ["one\ntwo", 3, 0.5, 1, 20],
    );
  });
  it("are neighbours by their number alone", () => {
    const { ordinal: _, ...unnumbered } = chunk(1, "two");
    assert.equal(joinPassages([chunk(0, "one"), unnumbered], 8).length, 2);
    assert.equal(joinPassages([unnumbered, chunk(0, "one")], 8).length, 2);
    assert.equal(joinPassages([chunk(0, "one"), chunk(2, "three")], 8).length, 2);
    const also = [chunk(0, "one"), hitOf("one", { path: "b" }), chunk(1, "two"), hitOf("two", { path: "b" })];
    assert.deepEqual(
      joinPassages(also, 8).map(({ text, alsoIn }) => [text, alsoIn]),
      [["one\ntwo", ["b"]]],
    );
  });
  it("name three other files at most, each once", () => {
    const same = ["a", "b", "b", "c", "d", "e"].map((path) => hitOf("same", { path }));
    assert.deepEqual(joinPassages(same, 8)[0]?.alsoIn, ["b", "c", "d"]);
    assert.deepEqual(joinPassages([], 8), []);
  });
  it("have their headings as far as they are the same", () => {
    const heading = (...all: string[]) =>
      joinPassages(
        all.map((one, index) => chunk(index, `${index}`, { heading: one })),
        8,
      )[0]?.heading;
    assert.equal(heading("A › B › C", "A › B › D", "A › B"), "A › B");
    assert.equal(heading("A › B", "A › B"), "A › B");
    assert.equal(heading("A › B", "C › B"), "A › B");
  });
});

describe("marks", () => {
  const marked = (question: string, text: string, kind?: FileKind, most?: number): string[] =>
    markSentences(question, text, kind, most).map(([from, to]) => text.slice(from, to));
  it("are those that match at least 0.6 as well as the best", () => {
    const text = "Rent is due in May. Rent rises. Dogs bark. Gas costs money. Rent is due.";
    assert.deepEqual(marked("rent due May", text), ["Rent is due in May."]);
    assert.deepEqual(marked("rent", text), ["Rent is due in May.", "Rent rises.", "Rent is due."]);
    assert.deepEqual(marked("rent", text, "prose", 1), ["Rent is due in May."]);
    assert.deepEqual(marked("gas dogs", text), ["Dogs bark.", "Gas costs money."]);
  });
  it("are lines in code, in data and in blocks of code, without brackets and space", () => {
    assert.deepEqual(marked("rent", "  pay rent now  \n}\nother\n", "code"), ["pay rent now"]);
    assert.deepEqual(marked("rent", "pay rent\nother", "data"), ["pay rent"]);
    assert.deepEqual(marked("rent", "Text here.\n\n```\npay();\nrent = 5;\n```\n"), ["rent = 5;"]);
    for (const line of [
      "rent();",
      "rent {",
      "}; rent }",
      "def rent(x):",
      "import rent {",
      "return rent(",
      "(x) => rent",
      "if (rent)",
    ])
      assert.deepEqual(marked("rent", `${line}\nx = 1;\ny = 2;`), [line]);
    assert.deepEqual(marked("rent", "pay the rent\nof the house now\nand here"), [
      "pay the rent\nof the house now\nand here",
    ]);
    assert.deepEqual(marked("rent", "if the rent is due\nso is the gas"), [
      "if the rent is due\nso is the gas",
    ]);
    const long = `rent ${"x".repeat(595)}`;
    assert.deepEqual(marked("rent", long, "code"), [long]);
    assert.deepEqual(marked("rent", `${long}x`, "code"), []);
  });
});
