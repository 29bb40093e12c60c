import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkAnswer } from "../../engine/answer/checking.ts";
import type { Hit, Selection } from "../../protocol/data.ts";

function hit(text: string, path = "docs/handbook.md", heading?: string): Hit {
  return {
    folder: "/w",
    path,
    kind: "prose",
    language: "markdown",
    startLine: 1,
    endLine: 9,
    score: 1,
    text,
    marks: [],
    ...(heading === undefined ? {} : { heading }),
  };
}

const passages = [
  hit(
    "Either party may terminate this agreement with thirty (30) days' written notice. The notice must be sent to Greta Holm, Harbour Lane 4, Bergen. The agreement began on 12 March 2024. The yearly fee is 1,250.50 euros, and 3 % of it is kept for repairs.",
    "contracts/lease.md",
    "Lease › Termination",
  ),
  hit(
    "export const maxRetries = 5;\nexport function uploadFile(path: string): Promise<void> {\n  // Gives up after maxRetries attempts with back-off.\n}",
    "src/uploader.ts",
  ),
  hit(
    "Employees may carry over unused holiday until the end of March. Sick leave is never deducted from holiday.",
  ),
];

interface Expected {
  readonly verdict: string;
  readonly missing?: readonly string[];
  readonly cites?: readonly number[];
}

function check(
  answer: string,
  expected: readonly Expected[],
  question = "What is said?",
  selection?: Selection,
): void {
  const checked = checkAnswer(answer, passages, { question, selection });
  const shown = checked.map(({ verdict, missing, cites }, i) => ({
    verdict,
    ...(expected[i]?.missing ? { missing } : {}),
    ...(expected[i]?.cites ? { cites } : {}),
  }));
  assert.deepEqual(shown, expected, JSON.stringify(checked));
}

const supported = { verdict: "supported" };
const uncited = { verdict: "uncited" };
const unsupported = (...missing: string[]): Expected => ({ verdict: "unconfirmed", missing });

describe("checking an answer against what it cites", () => {
  describe("finds support for", () => {
    const good = [
      "The agreement can be terminated with 30 days' written notice [1].",
      "The notice must be sent to Greta Holm in Bergen [1].",
      "The agreement began on 2024-03-12 [1].",
      "It began on March 12, 2024, and the fee is 1250.50 euros a year [1].",
      "The yearly fee is € 1 250,50 [1].",
      "Three percent of the fee is kept for repairs [1].",
      'The lease says that notice must be "sent to Greta Holm" [1].',
      "It says “thirty (30) days' written notice” [1].",
      "`uploadFile` gives up after `maxRetries` attempts [2].",
      "The function uploadFile() in src/uploader.ts retries 5 times with back-off [2].",
      "Unused holiday may be carried over until the end of March [3].",
      "Sick leave is not deducted from holiday. [3]",
      "Notice is 30 days [1], and uploads are tried 5 times before giving up [2].",
      "- **Termination**: written notice of 30 days [1]",
      "| Rule | Value |\n|---|---|\n| written notice | 30 days [1] |",
    ];
    for (const answer of good) it(answer, () => check(answer, [supported]));
  });

  describe("finds no support for", () => {
    const bad: [string, ...string[]][] = [
      ["The agreement can be terminated with 60 days' written notice [1].", "60"],
      ["The agreement can be terminated with sixty days' written notice [1].", "sixty"],
      ["The notice must be sent to Greta Larsen in Bergen [1].", "Larsen"],
      ["The agreement began on 13 March 2024 [1].", "13 March 2024"],
      ["The agreement began on 2024-12-03 [1].", "2024-12-03"],
      ["The yearly fee is 1,350.50 euros [1].", "1,350.50"],
      ['The lease says that notice must be "sent by post" [1].', "“sent by post”"],
      ["`uploadFiles` gives up after `maxRetries` attempts [2].", "uploadFiles"],
      ["The agreement may be terminated with 30 days' written notice [7].", "[7]"],
      ["The notice period is 30 days, and must be written [3].", "30", "notice", "period", "30", "days"],
      ["Penguins swim faster than most submarines [3].", "Penguins", "swim", "faster", "submarines"],
    ];
    for (const [answer, ...missing] of bad) {
      it(answer, () => {
        const [sentence] = checkAnswer(answer, passages, { question: "What is said?" });
        assert.equal(sentence?.verdict, "unconfirmed");
        for (const word of missing.slice(0, 1))
          assert.ok(sentence.missing.includes(word), String(sentence.missing));
        assert.ok(sentence.missing.length <= 6);
      });
    }
  });

  it("holds each sentence against its own citations alone", () =>
    check("Notice is 30 days in writing [1]. Notice is 30 days in writing [2].", [
      supported,
      { verdict: "unconfirmed", cites: [2] },
    ]));

  it("lets a later citation of the paragraph speak for the sentence before it, if it holds", () => {
    check("Termination needs 30 days' written notice. It is sent to Greta Holm [1].", [
      { verdict: "supported", cites: [1] },
      supported,
    ]);
    check("Termination needs 60 days' written notice. It is sent to Greta Holm [1].", [uncited, supported]);
    check("Termination needs 30 days' written notice.\n\nIt is sent to Greta Holm [1].", [
      uncited,
      supported,
    ]);
  });

  it("calls a claim without citations uncited", () =>
    check("The fee is paid in advance every January.", [uncited]));

  it("does not flag what claims nothing", () =>
    check(
      "# The lease\n\nI did not find this in your files.\n\nHere is what the files say:\n\nDo you want more?\n\nYes.\n\n```ts\nconst invented = 99;\n```\nThe passages do not mention a deposit of 900 euros.\nIch habe das nicht in Ihren Dateien gefunden.",
      [],
    ));

  it("still checks a denial that cites something", () =>
    check("I did not find a deposit, but the fee is 9,999 euros [1].", [unsupported("9,999")]));

  it("takes numbers and names of the question as given", () =>
    check(
      "No, not 45 days: 30 days' written notice is needed, also for Mr. Okafor [1].",
      [supported],
      "Can Okafor terminate with 45 days?",
    ));

  it("accepts what the selection supports without a citation", () => {
    const selection = {
      path: "a.py",
      language: "python",
      startLine: 1,
      endLine: 2,
      text: "def area(radius): return 3.14 * radius ** 2",
    };
    check(
      "The function `area` returns 3.14 times the radius squared.",
      [supported],
      "Explain this",
      selection,
    );
    check("The function `volume` returns 4.19 times the radius cubed.", [uncited], "Explain this", selection);
  });

  it("holds a translation to numbers, dates, quotes and identifiers only", () => {
    check("Der Vertrag kann mit einer Frist von 30 Tagen schriftlich gekündigt werden [1].", [supported]);
    check("Der Vertrag kann mit einer Frist von 60 Tagen schriftlich gekündigt werden [1].", [
      unsupported("60"),
    ]);
  });

  it("gives ranges that hold the sentence with its citation", () => {
    const text = "Unused holiday may be carried over. [3] Notice is 30 days, in writing [1].";
    assert.deepEqual(
      checkAnswer(text, passages, { question: "" }).map(({ range: [start, end] }) => text.slice(start, end)),
      ["Unused holiday may be carried over. [3]", "Notice is 30 days, in writing [1]."],
    );
  });

  it("knows every form of citation, each in its own sentence", () =>
    check(
      "Notice is 30 days in writing [1; 2]. Notice is 30 days in writing [1-2]. Notice is 30 days `[1]`.",
      [
        { verdict: "supported", cites: [1, 2] },
        { verdict: "supported", cites: [1, 2] },
        { verdict: "uncited", cites: [] },
      ],
    ));
});
