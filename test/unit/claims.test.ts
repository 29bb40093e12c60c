import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { codes, names, normalise, quotations, quotes, type Span } from "../../engine/answer/claims.ts";
import { plainDigits } from "../../engine/answer/digits.ts";

const texts = (spans: readonly Span[]): string[] => spans.map(({ text }) => text);

describe("what word for word compares", () => {
  it("has one kind of letters, quotation marks, dashes and spaces, and no emphasis", () => {
    const cases: [written: string, normal: string][] = [
      ["  The\tNOTICE\n\nperiod ", "the notice period"],
      ['“a” „b‟ «c» 「d」 『e』 "f"', "'a' 'b' 'c' 'd' 'e' 'f'"],
      ["‘a’ ‚b‛ `c´", "'a' 'b' 'c'"],
      ["a‐b‑c‒d–e—f−g-h", "a-b-c-d-e-f-g-h"],
      ["**bold** __bold__ *so* _so_", "bold bold so so"],
      ["max_rows and 2*3 stay", "max_rows and 2*3 stay"],
      ["con\u00adtract", "contract"],
      ["ﬁne ５", "fine 5"],
    ];
    for (const [written, normal] of cases) assert.equal(normalise(written), normal, written);
  });

  it("has digits and signs as English writes them, each in its place", () => {
    assert.equal(
      plainDigits("５００円 ٣٠٠ ۱۲ १२ ১২ 15％ ￥3：00 －4 ＄5．5"),
      "500円 300 12 12 12 15% ¥3:00 -4 $5.5",
    );
    assert.equal(plainDigits("plain 5"), "plain 5");
  });
});

describe("what is quoted", () => {
  it("stands between marks of any kind, one of which may not match", () => {
    const text = `"one a" “two b” “three" "four” „five“ „six” „seven" «eight» »nine« 「ten」`;
    const found = quotations(text);
    assert.deepEqual(texts(found), [
      "one a",
      "two b",
      "three",
      "four",
      "five",
      "six",
      "seven",
      "eight",
      "nine",
      "ten",
    ]);
    for (const { start, end, text: quoted } of found) assert.equal(text.slice(start + 1, end - 1), quoted);
  });

  it("has two letters at least and no end of a line", () => {
    assert.deepEqual(quotations('"a" "b\nc"'), []);
    assert.deepEqual(texts(quotations('5" and "ab"')), [" and "]);
  });

  it("is compared without the stop at its end, in parts where something is left out, and not within code", () => {
    const cases: [written: string, ...quotes: string[]][] = [
      ["It says “the rent is due.”", "the rent is due"],
      ["It says “due!?;,:”", "due"],
      ["It says “the rent … is due [...] at once[…]”", "the rent", "is due", "at once"],
      ["It says “a … ok”", "ok"],
      ['So `say "hello"` and ``x "b` c"`` or "world"', "world"],
      ["Nothing."],
    ];
    for (const [written, ...expected] of cases) assert.deepEqual(quotes(written), expected, written);
  });
});

describe("what programs are called", () => {
  const cases: Readonly<Record<string, readonly string[]>> = {
    "`max`, ``a ` b`` and ` padded `": ["max", "a ` b", "padded"],
    "see https://example.org/a-b/c?d=1. And http://a.test/x, www.example.org/ too": [
      "https://example.org/a-b/c?d=1",
      "http://a.test/x",
      "www.example.org/",
    ],
    "write to anna.b+c@mail.example.org.": ["anna.b+c@mail.example.org"],
    "#fff, #ff0000 and #ff00, #12": ["#fff", "#ff0000"],
    "sha256 and utf8mb4, v2.3.1, node22": ["sha256", "utf8mb4", "v2.3.1", "node22"],
    "maxRows, parseHTMLText, ParserError, OpenAI, iPhone": [
      "maxRows",
      "parseHTMLText",
      "ParserError",
      "iPhone",
    ],
    "max_rows, MAX_ROWS, _x": ["max_rows", "MAX_ROWS"],
    "src/parser/index.ts or a-b/c.d": ["src/parser/index.ts", "a-b/c.d"],
    ".gitignore and .carrelignore": [".gitignore", ".carrelignore"],
    "main.ts a.tsx b.js c.mjs d.json e.py f.java g.go h.rs i.c j.h k.cpp l.cs m.rb n.php o.sh p.md q.txt r.pdf s.docx t.xlsx u.yml v.yaml w.toml x.sql y.html z.css":
      "main.ts a.tsx b.js c.mjs d.json e.py f.java g.go h.rs i.c j.h k.cpp l.cs m.rb n.php o.sh p.md q.txt r.pdf s.docx t.xlsx u.yml v.yaml w.toml x.sql y.html z.css".split(
        " ",
      ),
    "runTask() and `run()`": ["run", "runTask"],
    "`run().then`": ["run().then"],
    "and/or, he/she, 24/7, 1/2": [],
    "input/output and a/bcdef": ["input/output", "a/bcdef"],
    "Plain words, Names, USA and 5 things.": [],
    "`--` and `()`": [],
    "a.exe, x.tsq": [],
    "user@host": [],
  };
  for (const [text, expected] of Object.entries(cases)) {
    it(`in “${text}”`, () => {
      const found = codes(text);
      assert.deepEqual(texts(found).toSorted(), expected.toSorted());
      for (const { start, end, text: name } of found) assert.ok(text.slice(start, end).includes(name));
    });
  }
});

describe("names", () => {
  const isSmall = (word: string): boolean => /^(?:the|a|it|in|on|of|and|he|she|they|i|we)$/i.test(word);
  const found = (text: string, opens?: (word: string) => boolean): string[] =>
    texts(names(text, isSmall, opens));

  it("are runs of words with capital letters", () => {
    const cases: [text: string, ...names: string[]][] = [
      ["It was signed by Maria Lopez in Bergen.", "Maria Lopez", "Bergen"],
      ["Maria Lopez signed it in the end.", "Maria Lopez"],
      ["Maria signed it in the end."],
      ["The Harbour office is closed.", "Harbour"],
      ["It is owned by Maria, Peter and Ida Moe today.", "Maria", "Peter", "Ida Moe"],
      ["It is owned by Maria-Anna & Sons today.", "Maria-Anna", "Sons"],
      [
        "It is run by Dr Holm and Mr Berg, Prof Ek, Ms Moe and Mrs Lie here.",
        "Holm",
        "Berg",
        "Ek",
        "Moe",
        "Lie",
      ],
      ["It was signed by Shaun O'Brien and Ida d’Arc.", "Shaun", "Brien", "Ida", "Arc"],
      ["It was I’m told that I'll go to Bergen.", "Bergen"],
      ["It was the idea of X and of Y1 here.", "Y1"],
      ["It is signed by Ågot Östberg here.", "Ågot Östberg"],
      ["It is an iPhone here."],
      ["Plain words only."],
      [""],
    ];
    for (const [text, ...expected] of cases) assert.deepEqual(found(text), expected, text);
  });

  it("have no possessive, and end with one", () => {
    assert.deepEqual(found("It is in Maria's House and in Peter’s now."), ["Maria", "House", "Peter"]);
    assert.deepEqual(found("It is in James' house, or so they say."), ["James"]);
    const [{ start, end } = { start: 0, end: 0 }] = names("It is in Maria's house.", isSmall);
    assert.equal("It is in Maria's house.".slice(start, end), "Maria");
  });

  it("do not begin where a clause does", () => {
    for (const before of [
      "so: ",
      "so “",
      "so „",
      "so «",
      "so ‘",
      "so (",
      "so – ",
      "so — ",
      "so * ",
      "so / ",
      "so | ",
      "so > ",
      "so # ",
      "so\n",
      "so. ",
      "so! ",
      "so? ",
      "so.” ",
      "so.) ",
    ])
      assert.deepEqual(found(`it was said ${before}Everything went well there`), [], before);
    assert.deepEqual(found("it was said, Everything went well there"), ["Everything"]);
  });

  it("may begin a sentence where another follows, or where that is known of the word", () => {
    for (const word of "Since Unlike Without Within Despite Per Via Like According Whether However Every Each Many Several All Both Although Though Also Instead Otherwise".split(
      " ",
    ))
      assert.deepEqual(found(`${word} Bergen is far from here.`), ["Bergen"], word);
    assert.deepEqual(found("In Bergen it rains a lot."), ["Bergen"]);
    const opens = (word: string): boolean => word === "Maria";
    assert.deepEqual(found("Maria went to the house.", opens), ["Maria"]);
    assert.deepEqual(found("Houses went to Maria then.", opens), ["Maria"]);
    assert.deepEqual(found("Holm, Berg and others signed it."), ["Berg"]);
  });

  it("are none where all words have a capital letter", () => {
    assert.deepEqual(found("The Rent Is Due At Once"), []);
    assert.deepEqual(found("The Rent is Due at Once"), []);
    assert.deepEqual(found("The Rent is due at Once"), ["Rent", "Once"]);
    assert.deepEqual(found("Pay Maria Lopez Holm."), ["Pay Maria Lopez Holm"]);
  });

  it("are given with their places", () => {
    const text = "It was signed by Maria Lopez in Bergen.";
    assert.deepEqual(
      names(text, isSmall).map(({ start, end }) => text.slice(start, end)),
      ["Maria Lopez", "Bergen"],
    );
  });
});
