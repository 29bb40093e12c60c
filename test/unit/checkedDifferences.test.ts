import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { checkAnswer } from "../../engine/answer/checking.ts";
import type { CheckedSentence, Hit, Selection } from "../../protocol/data.ts";
import { hitOf } from "../support/hits.ts";

interface Rest {
  readonly question?: string;
  readonly selection?: Selection;
  readonly more?: readonly Hit[];
}

function checked(answer: string, source: string, rest: Rest = {}): CheckedSentence[] {
  const passages = [hitOf(source, { path: "lease.md" }), ...(rest.more ?? [])];
  const { question = "?", selection } = rest;
  return checkAnswer(answer, passages, { question, selection });
}

/** "contradicted: number 5 ≠ 6; x, y missing" for each sentence. */
function told(sentences: readonly CheckedSentence[]): string[] {
  return sentences.map(({ verdict, differences, missing }) =>
    [
      verdict,
      ...differences.map(({ kind, said, source }) => `${kind} ${said} ≠ ${source}`),
      ...(missing.length > 0 ? [`lacks ${missing.join(", ")}`] : []),
    ].join(": "),
  );
}

const lease =
  "The rent is 900 euros a month. The deposit is 1,800 euros in all. The lease began on 1 May 2020 and ends in 2027. Ida Moe signed for the landlord, Lars Berg for the tenant. The tenant calls `openGate` at the door.";

describe("what a sentence says otherwise than its source", () => {
  const cases: [said: string, source: string, told: string][] = [
    ["The rent is 950 euros a month", lease, "contradicted: number 950 euros ≠ 900 euros"],
    ["The rent is 900 euros a week", lease, "contradicted: unit 900 euros ≠ 900 euros"],
    ["The rent is 900 dollars a month", lease, "contradicted: unit 900 dollars ≠ 900 euros"],
    ["The rent is 900 euros a month", lease, "supported"],
    ["The deposit is 900 euros in all", lease, "contradicted: number 900 euros ≠ 1,800 euros"],
    ["The lease began on 2 May 2020", lease, "contradicted: date 2 May 2020 ≠ 1 May 2020"],
    ["The lease began in 2021 and ends in 2027", lease, "contradicted: date 2021 ≠ 1 May 2020"],
    ["The lease ends in 2028", lease, "contradicted: date 2028 ≠ 2027"],
    [
      "Ida Moe signed for the tenant and Lars Berg for the landlord",
      lease,
      "contradicted: swapped tenant ≠ landlord",
    ],
    ["Ola Holm signed for the landlord", lease, "contradicted: name Ola Holm ≠ Ida Moe"],
    ["The tenant calls `closeGate` at the door", lease, "contradicted: name closeGate ≠ openGate"],
    ["The tenant calls `openGate` at the door", lease, "supported"],
    ["The tenant calls OLA at the door", lease, "unconfirmed: lacks OLA"],
    ["The rent is 900 euros a month, not 950 euros a month", lease, "supported"],
    ["The rent is not just 950 euros a month", lease, "contradicted: number 950 euros ≠ 900 euros"],
    ["The rent is not more than 950 euros a month", lease, "contradicted: number 950 euros ≠ 900 euros"],
    [
      "The landlord wrote “paid in advance” there",
      lease,
      "unconfirmed: lacks “paid in advance”, wrote, paid, advance",
    ],
    ["The landlord wrote “Ida Moe” for the landlord", lease, "supported"],
    ["The landlord wrote “da Mo” for the landlord", lease, "unconfirmed: lacks “da Mo”, wrote, da, Mo"],
    ["There are two rules on the rent of the lease", lease, "supported"],
    ["There are 14 rules on the rent of the lease", lease, "unconfirmed: lacks 14"],
    ["There are thirteen rules on the rent of the lease", lease, "unconfirmed: lacks thirteen"],
    ["A month of rent is what the lease asks", lease, "supported"],
    ["Zebulon signed for the landlord", lease, "contradicted: name Zebulon ≠ Ida Moe"],
    [
      "Zebulon walked away slowly over distant hills",
      lease,
      "unconfirmed: lacks Zebulon, walked, away, slowly, distant, hills",
    ],
    ["Landlord rents the deposit to the tenant", lease, "supported"],
    ["The rent rose from 850 euros to 900 euros a month", lease, "unconfirmed: lacks 850 euros"],
    [
      "It is signed for the landlord by OLA",
      "It is signed for the landlord by Ida Moe.",
      "unconfirmed: lacks OLA",
    ],
    [
      "It is signed for the landlord by OLA",
      "It is signed for the landlord by NSA.",
      "contradicted: name OLA ≠ NSA",
    ],
    [
      "The hall opens on Monday at noon for all guests",
      "The hall opens at noon for all guests on Tuesday.",
      "contradicted: date Monday ≠ Tuesday",
    ],
    [
      "The hall takes 40 euros on weekdays and 60 euros on weekends",
      "The hall takes 60 euros on weekdays and 40 euros on weekends.",
      "contradicted: swapped 40 euros ≠ 60 euros",
    ],
    [
      "The hall takes 60 euros on weekdays and 40 euros on weekends",
      "The hall takes 60 euros on weekdays and 40 euros on weekends.",
      "supported",
    ],
    ["The file is hashed by sha512 at the end", "The file is hashed by SHA-512 at the end.", "supported"],
    ["The tool needs v22 at least to run", "The tool needs 22 at least to run.", "supported"],
    [
      "Set `retries=7` in the file of the server",
      "Set retries = 5 in the file of the server.",
      "unconfirmed: lacks retries=7",
    ],
  ];
  for (const [said, source, expected] of cases)
    it(`“${said}”`, () => assert.deepEqual(told(checked(`${said} [1].`, source)), [expected]));

  it("is told of a row of a table too, where two have each other's value", () => {
    const table = "| Room | Owner |\n|---|---|\n| Hall | Ida Moe |\n| Cellar | Lars Berg |";
    const row = (room: string, owner: string) => `| Room | Owner |\n|---|---|\n| ${room} | ${owner} [1] |`;
    assert.deepEqual(told(checked(row("Hall", "Ida Moe"), table)), ["supported"]);
    assert.deepEqual(told(checked(row("Hall", "nobody at all known"), table)), [
      "unconfirmed: lacks nobody, known",
    ]);
    const [wrong] = checked(row("Hall", "Lars Berg"), table);
    assert.notEqual(wrong?.verdict, "supported");
  });
});

describe("a sentence and what it leans on", () => {
  it("names the passages that there are not", () => {
    assert.deepEqual(told(checked("The rent is 900 euros a month [1][2][7].", lease)), [
      "unconfirmed: lacks [2], [7]",
    ]);
    assert.deepEqual(told(checked("The rent is 950 euros a month [1][2].", lease)), [
      "contradicted: number 950 euros ≠ 900 euros: lacks [2]",
    ]);
  });

  it("is shown with six missing words at most, each once, and numbers only where nothing else is", () => {
    const [many] = checked(
      "Red foxes, blue cows, green owls, white mice and grey geese sleep, sleep and sleep [1].",
      lease,
    );
    assert.deepEqual(many?.missing, ["Red", "foxes", "blue", "cows", "green", "owls"]);
  });

  it("needs 0.4 of its words, the question's left out", () => {
    const source = "Dogs and cats sleep.";
    assert.deepEqual(told(checked("Dogs and cats roam gardens nightly [1].", source)), ["supported"]);
    assert.deepEqual(told(checked("Dogs roam gardens nightly [1].", source)), [
      "unconfirmed: lacks roam, gardens, nightly",
    ]);
    const question = "Who may roam the gardens?";
    assert.deepEqual(told(checked("Dogs roam gardens nightly [1].", source, { question })), ["supported"]);
    assert.deepEqual(told(checked("Birds roam gardens nightly [1].", source, { question })), [
      "unconfirmed: lacks Birds, nightly",
    ]);
  });

  it("may be borne by the selection, which is no passage", () => {
    const selection = {
      path: "a.md",
      language: "markdown",
      startLine: 1,
      endLine: 1,
      text: "Dogs sleep in the hall.",
    };
    assert.deepEqual(checked("Dogs sleep in the hall.", "Cats.", { selection }), [
      { range: [0, 23], cites: [], verdict: "supported", missing: [], differences: [] },
    ]);
    assert.deepEqual(told(checked("Dogs sleep in the cellar of Bergen.", "Cats.", { selection })), [
      "uncited",
    ]);
    assert.deepEqual(told(checked("Dogs never sleep in the hall.", "Cats.", { selection })), ["uncited"]);
  });

  it("may be borne, or contradicted, by what its paragraph cites", () => {
    const answer = "The rent is 900 euros a month. The deposit is 1,800 euros in all [1].";
    assert.deepEqual(
      checked(answer, lease).map(({ verdict, cites, nearest }) => [verdict, cites, nearest]),
      [
        ["supported", [1], { passage: 1, range: [0, 30] }],
        ["supported", [1], { passage: 1, range: [31, 65] }],
      ],
    );
    const wrong = checked(answer.replace("900", "950"), lease);
    assert.deepEqual(
      wrong.map(({ verdict, cites }) => [verdict, cites]),
      [
        ["contradicted", [1]],
        ["supported", [1]],
      ],
    );
    // The one that bears it before the one that says otherwise.
    const other = hitOf("The rent is 950 euros a month. Dogs bark.", { path: "b.md" });
    const both = checked(
      "The rent is 950 euros a month. The deposit is 1,800 euros in all [1]. Dogs bark loudly [2].",
      lease,
      {
        more: [other],
      },
    );
    assert.deepEqual(both.map(({ verdict, cites }) => [verdict, cites])[0], ["supported", [2]]);
    const alone = checked("Zebras gallop over plains. The deposit is 1,800 euros in all [1].", lease)[0];
    assert.deepEqual([alone?.verdict, alone?.cites, alone?.missing], ["uncited", [], []]);
  });

  it("of another language than its source is held to its values, and shown by its words without any", () => {
    const german = "Die Miete beträgt 900 Euro im Monat und ist im Voraus zu zahlen.";
    assert.deepEqual(told(checked("The rent is 900 euros, and it is to be paid in advance [1].", german)), [
      "supported",
    ]);
    assert.deepEqual(told(checked("The lease says “im Voraus zu zahlen” of it all [1].", german)), [
      "supported",
    ]);
    assert.deepEqual(told(checked("The rent is 950 euros, and it is to be paid in advance [1].", german)), [
      "unconfirmed: lacks 950 euros",
    ]);
    assert.deepEqual(told(checked("The rent is to be paid by all of the tenants in advance [1].", german)), [
      "unconfirmed: lacks rent, paid, tenants, advance",
    ]);
  });

  it("in a script without spaces needs 0.3 of its pairs of signs", () => {
    const source = "租客可以在房子里养猫。";
    assert.deepEqual(told(checked("租客可以养猫。[1]", source)), ["supported"]);
    assert.deepEqual(told(checked("房东收取费用。[1]", source)), ["unconfirmed: lacks 房东收取费用"]);
    assert.deepEqual(told(checked("房东收取费用。[1]", source, { question: "房东收取费用吗？" })).length, 1);
  });
});

describe("a row of a table", () => {
  const prices =
    "| Item | Price | Note |\n|---|---|---|\n| Hotel | 120 euros | with breakfast |\n| Meals | 45 euros | receipts wanted |";
  const row = (...cells: string[]) => `| Item | Price | Note |\n|---|---|---|\n| ${cells.join(" | ")} [1] |`;
  it("must have its cells where the source speaks of the first one", () => {
    assert.deepEqual(told(checked(row("Hotel", "120 euros", "with breakfast"), prices)), ["supported"]);
    assert.deepEqual(told(checked(row("Hotel", "120 euros", "receipts wanted"), prices)), [
      "unconfirmed: lacks receipts, wanted",
    ]);
    assert.deepEqual(told(checked(row("Hotel", "45 euros", "with breakfast"), prices)), [
      "contradicted: number 45 euros ≠ 120 euros",
    ]);
    assert.deepEqual(told(checked(row("Taxi", "free", "guests only"), prices)), [
      "unconfirmed: lacks Taxi, free, guests",
    ]);
  });
  it("may be said in prose, also by the sentence that goes on", () => {
    const prose = "The hotel costs 120 euros. It comes with breakfast daily. Dogs bark.";
    assert.deepEqual(told(checked(row("Hotel", "120 euros", "breakfast daily"), prose)), ["supported"]);
    assert.deepEqual(told(checked(row("Hotel", "120 euros", "dogs bark"), prose)), [
      "unconfirmed: lacks dogs, bark",
    ]);
  });
});
