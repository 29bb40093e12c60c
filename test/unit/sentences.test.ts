import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { sentences } from "../../text/sentences.ts";
import { guessLanguage, stopWordsOf } from "../../text/stopWords.ts";

function check(text: string, expected: string[]): void {
  assert.deepEqual(
    sentences(text).map(({ start, end }) => text.slice(start, end)),
    expected,
  );
}

describe("cutting text into sentences", () => {
  it("ends at full stops, question and exclamation marks", () =>
    check("One is here. Is two? Three! Four", ["One is here.", "Is two?", "Three!", "Four"]));
  it("keeps abbreviations, initials and titles together", () =>
    check("Dr. Meyer met J. R. Smith, e.g. on Monday, at Acme Inc. in Oslo. See Fig. 3 and Sec. 4.2. Done.", [
      "Dr. Meyer met J. R. Smith, e.g. on Monday, at Acme Inc. in Oslo.",
      "See Fig. 3 and Sec. 4.2.",
      "Done.",
    ]));
  it("keeps decimals, versions, file names and addresses together", () =>
    check("It costs 3.50 in v1.2.3. Read main.ts at https://a.example/b.c?d=1. End.", [
      "It costs 3.50 in v1.2.3.",
      "Read main.ts at https://a.example/b.c?d=1.",
      "End.",
    ]));
  it("knows German ordinals and abbreviations", () =>
    check("Die Frist endet am 3. Mai 2024, z. B. um 12 Uhr. Danach nicht.", [
      "Die Frist endet am 3. Mai 2024, z. B. um 12 Uhr.",
      "Danach nicht.",
    ]));
  it("ends after a number all the same", () =>
    check("The limit is 30. Nobody changed it.", ["The limit is 30.", "Nobody changed it."]));
  it("gives closing quotes and citations to the sentence before", () =>
    check('He said "stop." She left. [1][2] Then [3]. They met.[4] Last [5, 6].', [
      'He said "stop."',
      "She left. [1][2]",
      "Then [3].",
      "They met.[4]",
      "Last [5, 6].",
    ]));
  it("takes a full stop after the citation too", () =>
    check("A is b. [1]. C is d.", ["A is b. [1].", "C is d."]));
  it("does not cut within backticks", () =>
    check("Call `a. B` first. Then `c! D`.", ["Call `a. B` first.", "Then `c! D`."]));
  it("cuts Chinese and Japanese without spaces", () =>
    check("期限は三十日です。「はい。」と言った。次へ", [
      "期限は三十日です。",
      "「はい。」",
      "と言った。",
      "次へ",
    ]));
  it("takes paragraphs, list items, headings, rows and code apart", () => {
    const text = [
      "# The title",
      "A line that",
      "goes on. Next.",
      "",
      "1. First item",
      "2. Second. Item",
      "- Third",
      "",
      "| a | b. C |",
      "|---|---|",
      "| 1 | 2 |",
      "```ts",
      "const a = 1. b;",
      "```",
      "> Quoted.",
      "End",
    ].join("\n");
    assert.deepEqual(
      sentences(text).map(({ start, end, kind, block }) => `${block} ${kind}: ${text.slice(start, end)}`),
      [
        "0 heading: The title",
        "1 prose: A line that\ngoes on.",
        "1 prose: Next.",
        "2 prose: First item",
        "3 prose: Second.",
        "3 prose: Item",
        "4 prose: Third",
        "5 row: | a | b. C |",
        "6 row: | 1 | 2 |",
        "7 code: ```ts\nconst a = 1. b;\n```",
        "8 prose: Quoted.",
        "8 prose: End",
      ],
    );
  });
  it("takes an open fence to the end, and nothing from nothing", () => {
    check("```\na. b", ["```\na. b"]);
    check("", []);
    check(" \n\n ", []);
  });
  it("keeps code whole that stands in a list or a quotation", () => {
    const kinds = (text: string): string[] =>
      sentences(text).map(({ start, end, kind }) => `${kind}: ${text.slice(start, end)}`);
    assert.deepEqual(kinds("1. Do. This:\n    ```ts\n    a. B\n    ```\n    Then."), [
      "prose: Do.",
      "prose: This:",
      "code: ```ts\n    a. B\n    ```",
      "prose: Then.",
    ]);
    assert.deepEqual(kinds("> ```\n> a. B\n\nAfter. That"), [
      "code: > ```\n> a. B",
      "prose: After.",
      "prose: That",
    ]);
    assert.deepEqual(kinds("```a. B``` is code. So"), ["prose: ```a. B``` is code.", "prose: So"]);
    // Only a line of nothing but the fence closes it.
    assert.deepEqual(kinds("```\n```ts\na. B\n```\nSo"), ["code: ```\n```ts\na. B\n```", "prose: So"]);
  });
  it("takes an indented line for prose, since papers indent their paragraphs", () =>
    check("One.\n\n    Two is. Here", ["One.", "Two is.", "Here"]));
  it("covers all letters of any text, in order and without overlap", () => {
    const signs = ["a", "B", ".", " ", "\n", "`", "1", "[1]", "。", "- ", "“", "”", "|", "?", "```"];
    let seed = 7;
    for (let round = 0; round < 500; round++) {
      let text = "";
      for (let i = 0; i < 40; i++) {
        seed = (seed * 48_271) % 2_147_483_647;
        text += signs[seed % signs.length] ?? "";
      }
      let last = 0;
      let letters = "";
      for (const { start, end } of sentences(text)) {
        assert.ok(start >= last && end > start, JSON.stringify(text));
        letters += text.slice(start, end).replace(/[^aB]/g, "");
        last = end;
      }
      assert.equal(letters, text.replace(/[^aB]/g, ""), JSON.stringify(text));
    }
  });
});

describe("stop words and languages", () => {
  const cases: [string, string][] = [
    ["What is the notice period of the contract?", "en"],
    ["Wie lange ist die Frist nach dem Vertrag?", "de"],
    ["Quelle est la durée du contrat dans les locaux ?", "fr"],
    ["¿Cuál es el plazo para la entrega del informe?", "es"],
    ["Какой срок уведомления?", "Cyrillic"],
    ["通知期間はどのくらいですか", "Japanese"],
    ["parseLine", ""],
  ];
  for (const [text, language] of cases) {
    it(`takes ${JSON.stringify(text)} for ${JSON.stringify(language)}`, () =>
      assert.equal(guessLanguage(text), language));
  }
  it("are not the parts of addresses", () => {
    const text =
      "Bump the parser (https://github.com/a/b/pull/1) by https://github.com/do, https://www.os.com/as";
    assert.equal(guessLanguage(text), "en");
  });
  it("are those of the text's own language", () => {
    assert.equal(stopWordsOf("Did the man die in the war?")("war"), false);
    assert.equal(stopWordsOf("Wann war der Termin mit dem Notar?")("war"), true);
  });
});
