import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type AnswerClaim, answerClaims } from "../../engine/answer/answerClaims.ts";

const claimsOf = (answer: string, question = "What is said?"): AnswerClaim[] =>
  answerClaims(answer, question, "en");
/** The claims of an answer, as they are held against sources. */
const texts = (answer: string, question?: string): string[] =>
  claimsOf(answer, question).map(({ reading }) => reading.text.trim());
/** What each sentence cites, and what it may lean on. */
const cites = (answer: string) =>
  claimsOf(answer).map((claim) => (claim.cites.length > 0 ? claim.cites : { shared: claim.shared }));

describe("what an answer claims", () => {
  it("is said by sentences, without citations and emphasis", () => {
    const answer = "The **rent** is due [1]. It is __paid__ monthly [2][3].";
    assert.deepEqual(texts(answer), ["The rent is due.", "It is paid monthly."]);
    assert.deepEqual(
      claimsOf(answer).map(({ range }) => answer.slice(...range)),
      ["The **rent** is due [1].", "It is __paid__ monthly [2][3]."],
    );
    assert.deepEqual(cites(answer), [[1], [2, 3]]);
    assert.deepEqual(cites("It is due [2] at once [1], or so [2]."), [[2, 1]]);
  });

  it("is nothing where it says that nothing was found, in any language", () => {
    for (const answer of [
      "I did not find the rent in the lease.",
      "I could not find the rent there.",
      "I can't find the rent there.",
      "I don’t find the rent there.",
      "I cannot find the rent there.",
      "I cannot answer whether the rent is due.",
      "I can’t answer whether the rent is due.",
      "The lease does not mention the rent.",
      "The files do not state the rent.",
      "It doesn't say the rent of the house.",
      "They did not specify the rent of the house.",
      "The lease does not contain the rent.",
      "The lease does not provide the rent.",
      "The lease does not include the rent.",
      "The rent is not mentioned in the lease.",
      "The rents are not stated in the lease.",
      "The rent was not specified in the lease.",
      "The rents were not given in the lease.",
      "The rent is not found in the lease.",
      "The rent is not described in the lease.",
      "There is no information about the rent.",
      "There is no mention of the rent there.",
      "Ich habe die Miete nicht gefunden.",
      "Die Miete wurde nicht in Ihren Dateien gefunden.",
      "Die Dateien enthalten keine Angaben zur Miete.",
      "Je n'ai pas trouvé le loyer du bail.",
      "No encontré la renta de la casa.",
      "No lo encontré en los archivos.",
      "No he encontrado la renta de la casa.",
      "Non ho trovato la rendita della casa.",
      "Não encontrei a renda da casa aqui.",
      "Ik heb de huur niet gevonden.",
      "未找到租金的信息。",
      "没有找到租金的信息。",
      "家賃の情報は見つかりません。",
    ])
      assert.deepEqual(texts(answer), [], answer);
    assert.deepEqual(texts("The rent is not paid in the lease."), ["The rent is not paid in the lease."]);
  });

  it("is what follows after such a denial, and all of it where it cites something", () => {
    for (const word of "but however yet still although though aber jedoch mais pero ma maar".split(" ")) {
      assert.deepEqual(texts(`I did not find this, ${word} the rent is due.`), ["the rent is due."], word);
      assert.deepEqual(texts(`I did not find this; ${word}, the rent is due.`), ["the rent is due."], word);
    }
    assert.deepEqual(texts("Though late, but not lost, I did not find this, but the rent is due."), [
      "the rent is due.",
    ]);
    assert.deepEqual(texts("I did not find this, butter is due."), []);
    assert.deepEqual(texts("I did not find this rent [1]."), ["I did not find this rent."]);
  });

  it("is nothing in what leads from one thing to the next, unless it has a value", () => {
    for (const [answer, value] of [
      ["Here is what the lease holds.", "Here is what the lease holds of 5 euros."],
      ["Here are the rules of the lease.", "Here are the 5 rules of the lease."],
      ["The following rules are there.", "The following rules are there since 2024."],
      ["Below are the rules of it.", "Below are 5 rules of it."],
      ["Let me know what else you need.", "Let me know within 5 days."],
      ["I hope that this helps you.", "I hope that this takes 5 days."],
      ["Sure, the rules are there.", "Sure, the rent is 5 euros."],
      ["Of course the rules are there.", "Of course the rent is 5 euros."],
      ["Certainly the rules are there.", "Certainly the rent is 5 euros."],
      ["You asked for the rules of the house.", "You asked for 5 euros."],
      ["Your question speaks of the house rules.", "Your question speaks of 5 euros."],
      ["All of this is written down there.", "All of this is 5 euros."],
      ["Both of this is written down there.", "Both of this is 5 euros."],
      ["This is what was written down there.", "This is what 5 euros bought."],
      ["As follows from the house rules.", "As follows the rent is 5 euros."],
      ["Hier ist was die Regeln sagen.", "Hier ist die Miete 5 Euro."],
      ["Hier sind Regeln des Hauses.", "Hier sind 5 Regeln."],
      ["Voici ce que disent les règles.", "Voici 5 euros."],
      ["Aquí está el texto de la regla.", "Aquí está 5 euros."],
      ["Aquí tiene el texto de la regla.", "Aquí tiene 5 euros."],
    ] as const) {
      assert.deepEqual(texts(answer), [], answer);
      assert.deepEqual(texts(value), [value]);
    }
    for (const answer of [
      "In summary, the rent is due.",
      "In short, the rent is due.",
      "Based on the files, the rent is due.",
      "There, here is the rent of houses.",
      "Surely the rent is due.",
    ])
      assert.deepEqual(texts(answer), [answer]);
    for (const answer of [
      "In summary,",
      "In short.",
      "In conclusion",
      "In other words,",
      "Based on your files.",
    ])
      assert.deepEqual(texts(answer), [], answer);
  });

  it("is a heading or a question where it has a value, a heading without its number", () => {
    for (const [heading, text] of [
      ["# 2. Rent of 5 euros", "Rent of 5 euros"],
      ["# 2.1) Rent in May 2024", "Rent in May 2024"],
      ["# Step 12: Pay 5 euros", "Pay 5 euros"],
      ["# Part 2 – Pay 5 euros", "Pay 5 euros"],
      ["# Section 2 Pay 5 euros", "Pay 5 euros"],
      ["# Chapter 2 - Pay 5 euros", "Pay 5 euros"],
      ["# Schritt 2: Pay 5 euros", "Pay 5 euros"],
      ["# Teil 2. Pay 5 euros", "Pay 5 euros"],
      ["# The step 2: Pay 5 euros", "The step 2: Pay 5 euros"],
    ] as const)
      assert.deepEqual(texts(heading), [text]);
    for (const answer of [
      "# The rent of the house",
      "# 5 rules",
      "# Five rules",
      "# Step 5",
      '# The "rent" of it',
    ])
      assert.deepEqual(texts(answer), [], answer);
    for (const end of ["?", "？", ":", "：", '?"', "?**", ':")']) {
      assert.deepEqual(texts(`The rent of the house is due${end}`), [], end);
      assert.equal(texts(`The rent is 5 euros${end}`).length, 1, end);
      assert.equal(texts(`The rent is “paid late”, is it${end}`).length, 1, end);
      assert.equal(texts(`The rent is due in May${end}`).length, 1, end);
      assert.deepEqual(texts(`The rent is two things${end}`), [], end);
      assert.equal(texts(`The rent is two euros${end}`).length, 1, end);
    }
    assert.equal(texts("The rent: it is due.").length, 1);
  });

  it("is nothing in code, in the question again, and in words that say nothing", () => {
    assert.deepEqual(texts("```\nrent = 5 euros\n```"), []);
    const question = "Is subletting allowed here?";
    assert.deepEqual(texts("Subletting is allowed here.", question), []);
    assert.deepEqual(texts("Subletting is allowed here [1].", question), ["Subletting is allowed here."]);
    assert.deepEqual(texts("Subletting is allowed for 5 days.", question).length, 1);
    assert.deepEqual(texts("Subletting is forbidden.", question), ["Subletting is forbidden."]);
    for (const answer of ["Yes.", "No, it is not.", "It is so.", "Forbidden."])
      assert.deepEqual(texts(answer), [], answer);
    for (const answer of ["It is Bergen.", "It is 5.", "It is `rent`.", "在房子里养猫。"])
      assert.deepEqual(texts(answer), [answer], answer);
  });

  it("is looked at up to a length", () => {
    const [long] = texts(`${"rent and ".repeat(1_000)}is due.`);
    assert.equal(long?.length, 6_000);
  });
});

describe("rows of a table", () => {
  const table = "| Item [1] | Price |\n|---|---|\n| Rent | 5 euros [2] |\n| Heat | 6 euros |";
  it("stand under the table's first one, which claims nothing", () => {
    const found = claimsOf(
      `${table}\n\nThe rent is due [3].\n\n| Other | Head |\n|---|---|\n| Gas | 7 euros |`,
    );
    assert.deepEqual(
      found.map(({ head, reading }) => [head.replace(/\s+/g, " "), reading.text.replace(/\s+/g, " ")]),
      [
        ["| Item | Price |", "| Rent | 5 euros |"],
        ["| Item | Price |", "| Heat | 6 euros |"],
        ["", "The rent is due."],
        ["| Other | Head |", "| Gas | 7 euros |"],
      ],
    );
  });
});

describe("what a sentence without a citation may lean on", () => {
  it("is what its paragraph cites, the next after it first", () => {
    assert.deepEqual(
      cites(
        "Tenants pay rent [1]. Radiators heat rooms. Engineers close valves [2]. Painters paint doors [3].",
      ),
      [[1], { shared: [[2], [1], [3]] }, [2], [3]],
    );
    assert.deepEqual(cites("Tenants pay rent [1]. Engineers close valves [1]. Radiators heat rooms."), [
      [1],
      [1],
      { shared: [[1]] },
    ]);
  });

  it("is nothing where it begins with a citation of its own", () =>
    assert.deepEqual(cites("[1] says that tenants pay rent."), [[1]]));

  it("is not what another paragraph cites", () =>
    assert.deepEqual(cites("Tenants pay rent [1].\n\nRadiators heat rooms.\n\nEngineers close valves [2]."), [
      [1],
      { shared: [] },
      [2],
    ]));

  it("is what other items of its list cite, and the paragraph beside it", () => {
    const item = { shared: [[2], [1], [3]] };
    for (const mark of ["-", "*", "+", "•", "‣", "▪", "-  "])
      assert.deepEqual(
        cites(
          `Tenants read rules [1].\n\n${mark} Radiators heat rooms\n${mark} Engineers close valves [2]\n\nLandlords read letters [3].`,
        ),
        [[1], item, [2], [3]],
        mark,
      );
    for (const [one, two] of [
      ["1.", "2."],
      ["1)", "2)"],
    ])
      assert.deepEqual(
        cites(
          `Tenants read rules [1].\n\n${one} Radiators heat rooms\n${two} Engineers close valves [2]\n\nLandlords read letters [3].`,
        ),
        [[1], item, [2], [3]],
      );
    assert.deepEqual(
      cites(
        "Tenants read rules [1].\n\n- Radiators heat rooms\n\nLandlords read letters [3].\n\nNeighbours read books [4].",
      ),
      [[1], { shared: [[3], [1]] }, [3], [4]],
    );
  });

  it("is for a row what other rows of its table cite, and not what another table does", () => {
    const table = (cite: string) =>
      `| Item | Price |\n|---|---|\n| Rent | money due ${cite} |\n| Heat | radiators on |`;
    assert.deepEqual(cites(table("[2]")), [[2], { shared: [[2]] }]);
    assert.deepEqual(cites(`${table("[2]")}\n\nEngineers close valves [5].\n\n${table("")}`).slice(-1), [
      { shared: [[5]] },
    ]);
  });

  it("is for a heading, or what ends in a colon, what it leads to", () => {
    assert.deepEqual(cites("Engineers close valves [2].\n\n# Rent of 5 euros\n\nTenants pay rent [1]."), [
      [2],
      { shared: [[1]] },
      [1],
    ]);
    assert.deepEqual(cites("The rent is 5 euros:\n\n- Tenants pay rent [1]"), [{ shared: [[1]] }, [1]]);
    assert.deepEqual(cites("The rent is 5 euros.\n\n- Tenants pay rent [1]"), [{ shared: [] }, [1]]);
  });
});
