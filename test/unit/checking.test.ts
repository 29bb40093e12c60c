import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkAnswer } from "../../engine/answer/checking.ts";
import type { CheckedSentence, Hit, Selection } from "../../protocol/data.ts";
import { ours } from "../eval/checkerSets.ts";
import { hitOf } from "../support/hits.ts";

function hit(text: string, path = "docs/handbook.md", heading?: string): Hit {
  return hitOf(text, { path, endLine: 9, ...(heading === undefined ? {} : { heading }) });
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
  hit(
    "The notice is sent before the agreement began, to Ida Moe. The doors open before 8:30. Lunch is required for staff and optional for guests.\n\n| Reason | Days off |\n|---|---|\n| Own wedding | 2 |\n| Moving house | 1 |\n\nThe hall is let for 40 euros a day.",
    "docs/house.md",
  ),
  hit("A parcel is accepted up to 40 euros, against a receipt. Above that we refuse it.", "docs/parcels.md"),
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

  describe("says what differs from the nearest sentence of the source", () => {
    const bad: [string, ...CheckedSentence["differences"]][] = [
      [
        "The agreement can be terminated with 60 days' written notice [1].",
        { kind: "number", said: "60 days", source: "thirty" },
      ],
      [
        "The agreement can be terminated with sixty days' written notice [1].",
        { kind: "number", said: "sixty days", source: "thirty" },
      ],
      [
        "The agreement began on 13 March 2024 [1].",
        { kind: "date", said: "13 March 2024", source: "12 March 2024" },
      ],
      [
        "The agreement began on 2024-12-03 [1].",
        { kind: "date", said: "2024-12-03", source: "12 March 2024" },
      ],
      [
        "The yearly fee is 1,350.50 euros [1].",
        { kind: "number", said: "1,350.50 euros", source: "1,250.50 euros" },
      ],
      [
        "The agreement may be terminated with thirty weeks' written notice [1].",
        { kind: "unit", said: "thirty weeks", source: "thirty" },
      ],
      [
        "Sick leave is always deducted from holiday [3].",
        { kind: "negation", said: "deducted", source: "never deducted" },
      ],
      [
        "The notice must not be sent to Greta Holm [1].",
        { kind: "negation", said: "not sent", source: "sent" },
      ],
      [
        "The notice is sent before the agreement began, to Lars Berg [4].",
        { kind: "name", said: "Lars Berg", source: "Ida Moe" },
      ],
      ["Doors open after 8:30 [4].", { kind: "opposite", said: "after", source: "before" }],
      [
        "Lunch is optional for staff and required for guests [4].",
        { kind: "swapped", said: "optional", source: "required" },
      ],
    ];
    for (const [answer, ...differences] of bad) {
      it(answer, () => {
        const [sentence] = checkAnswer(answer, passages, { question: "What is said?" });
        assert.deepEqual(sentence?.differences, differences, JSON.stringify(sentence));
        assert.equal(sentence?.verdict, "contradicted");
      });
    }
  });

  describe("does not confirm", () => {
    const bad: [string, ...string[]][] = [
      ["The notice must be sent to Greta Larsen in Bergen [1].", "Larsen"],
      ['The lease says that notice must be "sent by post" [1].', "“sent by post”"],
      ["`uploadFiles` gives up after `maxRetries` attempts [2].", "uploadFiles"],
      ["The agreement may be terminated with 30 days' written notice [7].", "[7]"],
      ["The notice period is 30 days, and must be written [3].", "30 days", "notice", "period"],
      ["Penguins swim faster than most submarines [3].", "Penguins", "swim", "faster", "submarines"],
    ];
    for (const [answer, ...missing] of bad) {
      it(answer, () => {
        const [sentence] = checkAnswer(answer, passages, { question: "What is said?" });
        assert.equal(sentence?.verdict, "unconfirmed", JSON.stringify(sentence));
        for (const word of missing.slice(0, 1))
          assert.ok(sentence.missing.includes(word), String(sentence.missing));
        assert.ok(sentence.missing.length <= 6);
        assert.deepEqual(sentence.differences, []);
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
    check("The agreement may be terminated with 60 days' written notice. It is sent to Greta Holm [1].", [
      { verdict: "contradicted", cites: [1] },
      supported,
    ]);
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
    check("I did not find a deposit, but the fee is 9,999 euros [1].", [unsupported("9,999 euros")]));

  it("takes nothing of the question for proof, but lets an answer deny it", () => {
    const question = "Must Zebulon Krantz pay 999 euros, with 45 days' notice?";
    check("Zebulon Krantz must pay 999 euros [1].", [{ verdict: "unconfirmed" }], question);
    check("No, not 45 days: 30 days' written notice is needed [1].", [supported], question);
  });

  it("looks values up with their unit, and where the source speaks of what they belong to", () => {
    check("Employees may carry over 5 days of unused holiday [2].", [{ verdict: "unconfirmed" }]);
    check("The hall is let for 40 euros a week [4].", [{ verdict: "contradicted" }]);
    check("The hall is let for 40 euros a day [4].", [supported]);
    check("Notice of 720 hours, in writing, is as good as thirty days' written notice [1].", [supported]);
  });

  it("holds a row of a table as one claim, under its head", () => {
    const row = (reason: string, days: string): string =>
      `| Reason | Days off |\n|---|---|\n| ${reason} | ${days} [4] |`;
    check(row("Own wedding", "2"), [supported]);
    check(row("Own wedding", "1"), [{ verdict: "contradicted" }]);
    check(row("Moving house", "1"), [supported]);
    check(row("Moving house", "a new lift"), [{ verdict: "unconfirmed" }]);
  });

  it("lets the items of a list and the rows of a table share what one of them cites, or what leads in", () => {
    check("- Notice is given in writing.\n- It is sent to Greta Holm [1].", [
      { verdict: "supported", cites: [1] },
      supported,
    ]);
    check("This is in the lease [1]:\n\n- Notice is given in writing.", [
      { verdict: "supported", cites: [1] },
    ]);
    check("The fee is paid yearly [1]. Of it, 3 % is kept for repairs.", [
      supported,
      { verdict: "supported", cites: [1] },
    ]);
  });

  it("does not let an invention lean on its neighbour's citation", () => {
    check("Every tenant gets a bonus of 700 euros. It is sent to Greta Holm [1].", [uncited, supported]);
    check("Zebulon Krantz gives notice. It is sent to Greta Holm [1].", [uncited, supported]);
  });

  it("looks at values wherever they stand: after a denial, in headings, before a colon or a question mark", () => {
    check("I did not find this, but the limit is 5,000 euros.", [uncited]);
    check("I did not find a deposit, but the yearly fee is 1,250.50 euros [1].", [supported]);
    check("The yearly fee is 900 euros:\n\n- It is sent to Greta Holm [1].", [
      { verdict: "contradicted" },
      supported,
    ]);
    check("## Notice of 60 days\n\nThe notice is sent to Greta Holm [1].", [uncited, supported]);
    check("## 2. Notice\n\nThe notice is sent to Greta Holm [1].", [supported]);
    check("Did you know that the yearly fee is 70 euros?", [uncited]);
  });

  it("does not blame what needs no source", () =>
    check(
      "Here is what I found about the lease.\n\nYou asked who must terminate the agreement.\n\nWho must pay the fee is the question.\n\nLet me know if you need more.",
      [],
      "Who must pay the fee? It is a question.",
    ));

  it("says where the nearest sentence stands, for what is borne too", () => {
    const nearest = (answer: string): string | undefined => {
      const at = checkAnswer(answer, passages, { question: "" })[0]?.nearest;
      return at && passages[at.passage - 1]?.text.slice(...at.range);
    };
    assert.equal(
      nearest("Sick leave is never taken from holiday [3]."),
      "Sick leave is never deducted from holiday.",
    );
    assert.equal(
      nearest("Sick leave is deducted from holiday [3]."),
      "Sick leave is never deducted from holiday.",
    );
    assert.equal(nearest("An own wedding gives two days [1][4]."), "| Own wedding | 2 |");
    assert.equal(nearest("Xylophones [3]."), undefined);
  });

  it("calls nothing wrong that only says it in other words", () => {
    for (const answer of [
      "Whoever wants out has to say so in writing a month ahead [1].",
      "Being ill costs no holiday [3].",
      "Holiday that was not used is lost after March [3].",
      "No more than 5 attempts are made [2].",
      "Above 40 euros a parcel is refused [5].",
    ]) {
      const [sentence] = checkAnswer(answer, passages, { question: "" });
      assert.notEqual(sentence?.verdict, "contradicted", JSON.stringify(sentence));
    }
  });

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
      unsupported("60 Tagen"),
    ]);
    // Without any there is nothing that could be compared.
    check("Der Vertrag kann nur schriftlich gekündigt werden [1].", [
      unsupported("Vertrag", "schriftlich", "gekündigt", "werden"),
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

  it("holds values in other languages against theirs", () => {
    const german = [
      hit("Die Kündigungsfrist beträgt 30 Tage. Die Miete von 900 Euro ist im Voraus zu zahlen."),
    ];
    const verdicts = (answer: string, sources = german): string[] =>
      checkAnswer(answer, sources, { question: "?" }).map(({ verdict }) => verdict);
    assert.deepEqual(verdicts("Die Frist für die Kündigung beträgt 30 Tage [1]."), ["supported"]);
    assert.deepEqual(verdicts("Die Kündigungsfrist beträgt 60 Tage [1]."), ["contradicted"]);
    assert.deepEqual(verdicts("Die Miete beträgt 800 Euro und ist im Voraus zu zahlen [1]."), [
      "contradicted",
    ]);
    const japanese = [hit("休暇は年に 28 日です。残りは三月末に失効します。")];
    assert.deepEqual(verdicts("年次休暇は 28 日あります [1]。", japanese), ["supported"]);
  });

  it("goes through long data in good time, and is not led astray by signs", () => {
    const long = [
      hit("Abc Def 12 May 2024 [x](y) | ".repeat(300)),
      hit("(".repeat(9000)),
      hit("1 ".repeat(4500)),
      hit(""),
    ];
    const answer = `${"Abc Def is 13 May 2024, not 12 days, ".repeat(300)}[1][2][3][4].`;
    assert.equal(checkAnswer(answer, long, { question: "Abc ".repeat(5000) }).length, 1);
  });

  it("catches what was altered in the sentences of the evaluation on the sample workspace, and blames no others", () => {
    const claims = [...ours("choosing"), ...ours("testing")];
    const verdicts = claims.map(({ answer, passages, question, kind, isTrue }) => ({
      kind: /^(?:negation|opposite|swapped|unit)$/.test(kind)
        ? "meaning"
        : kind === "paraphrase"
          ? kind
          : "value",
      isTrue,
      verdicts: checkAnswer(answer, passages, { question }).map(({ verdict }) => verdict),
    }));
    const share = (is: (one: (typeof verdicts)[number]) => boolean, of: typeof verdicts): number =>
      of.filter(is).length / of.length;
    const caught = (kind: string): number =>
      share(
        (one) => one.verdicts.some((verdict) => verdict !== "supported"),
        verdicts.filter((one) => !one.isTrue && one.kind === kind),
      );
    assert.ok(claims.length > 400, String(claims.length));
    assert.ok(caught("value") >= 0.93, `values: ${caught("value")}`);
    assert.ok(caught("meaning") >= 0.7, `meaning: ${caught("meaning")}`);
    const blamed = share(
      (one) => one.verdicts.includes("contradicted"),
      verdicts.filter(({ isTrue }) => isTrue),
    );
    assert.ok(blamed <= 0.02, `blamed: ${blamed}`);
  });
});
