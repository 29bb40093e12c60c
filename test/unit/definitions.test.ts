import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { definitionsFor, type LookUp } from "../../engine/answer/definitions.ts";
import type { Hit } from "../../protocol/data.ts";
import { hitOf } from "../support/hits.ts";

const passage = (path: string, text: string, rest: Partial<Hit> = {}): Hit =>
  hitOf(text, { path, endLine: 9, score: 0.5, marks: [[0, text.length]], ...rest });
const code = (path: string, heading: string, text: string): Hit =>
  passage(path, text, { kind: "code", language: "python", heading, marks: [] });

/** What comes along for a question whose passages are `given`, out of a library that gives all that it has. */
async function definitions(question: string, given: readonly Hit[], library: readonly Hit[]) {
  const asked: string[] = [];
  const lookUp: LookUp = async (words) => {
    asked.push(words);
    return library;
  };
  const found = await definitionsFor(question, given, lookUp, new AbortController().signal);
  return { asked, found, marked: found.map(({ text, marks }) => marks.map(([a, b]) => text.slice(a, b))) };
}

const helper = code("money.py", "Ledger › round_amount", "def round_amount(value):\n    return value");
const other = code("other.py", "use", "x = round_amount(1)");

describe("the definition of a function", () => {
  it("comes along where the question names it", async () => {
    for (const question of [
      "What does round_amount do?",
      "What does `Ledger.round_amount` do?",
      "Why round_amount(3)?",
    ]) {
      const { found, marked } = await definitions(question, [other], [other, helper]);
      assert.deepEqual(
        found.map(({ path }) => path),
        ["money.py"],
        question,
      );
      assert.deepEqual(marked, [["def round_amount(value):"]]);
    }
  });

  it("comes along where a passage calls it and the question speaks of it", async () => {
    const caller = code("bill.py", "total", "def total(x):\n    return round_amount(add(x))");
    const { found } = await definitions("How is an amount rounded, or round?", [caller], [helper]);
    assert.deepEqual(
      found.map(({ path }) => path),
      ["money.py"],
    );
    const { found: none } = await definitions("How are totals made?", [caller], [helper]);
    assert.deepEqual(none, []);
  });

  it("does not come twice, nor where only its name stands, nor without being asked for", async () => {
    assert.deepEqual((await definitions("What does round_amount do?", [helper], [helper])).asked, []);
    assert.deepEqual((await definitions("What does round_amount do?", [], [other])).found, []);
    assert.deepEqual((await definitions("What is a ledger?", [other], [helper])).asked, []);
  });
});

const rent = passage("lease.md", "The Tenant shall pay the Deposit within ten days.");

describe("the definition of a term", () => {
  it("comes along from the file that uses it, in each form", async () => {
    for (const text of [
      "1. Terms\n“Deposit” means 3,000 euros.",
      "Deposit means the sum of 3,000 euros.",
      'The sum of 3,000 euros (the "Deposit") is paid at once.',
      "**Deposit** shall mean 3,000 euros.",
      "„Deposit“ bezeichnet 3.000 Euro.",
    ]) {
      const { found, marked } = await definitions("When is it paid?", [rent], [passage("lease.md", text)]);
      assert.equal(found.length, 1, text);
      assert.match(marked.flat().join(), /Deposit/);
    }
  });

  it("is not taken from another contract, nor from a sentence that only uses it", async () => {
    const elsewhere = passage("other.md", "“Deposit” means 5 euros.");
    const using = passage("lease.md", "The Deposit is paid back. A deposit means trust.");
    const { found } = await definitions("When is it paid?", [rent], [elsewhere, using]);
    assert.deepEqual(found, []);
  });

  it("is looked for in the sentences that match, and stays away where it is given", async () => {
    const defining = passage("lease.md", "“Deposit” means 3,000 euros.");
    assert.deepEqual((await definitions("?", [{ ...rent, marks: [] }], [defining])).asked, []);
    const { asked } = await definitions("When is it paid?", [rent, { ...defining, marks: [] }], [defining]);
    assert.ok(!asked.includes("Deposit"), asked.join());
  });
});

describe("a clause that is referred to", () => {
  const referring = passage("lease.md", "It is paid back under clause 4.2, see also section 7.");
  it("comes along from the same file", async () => {
    const library = [
      passage("lease.md", "4.1 Amount\n4.2 Payment. Back in a month.\n4.25 Nothing."),
      passage("lease.md", "## 7. Disputes\nThe court of York."),
      passage("other.md", "4.2 Of another contract."),
    ];
    const { marked } = await definitions("When is it paid back?", [referring], library);
    assert.deepEqual(marked, [["4.2 Payment. Back in a month."], ["## 7. Disputes"]]);
  });

  it("begins with a capital letter: a line that was broken within a sentence is none", async () => {
    const library = [
      passage("lease.md", "The rent is due every\n7 days, and is paid back after\n4.2 months."),
    ];
    assert.deepEqual((await definitions("When?", [referring], library)).found, []);
    const { marked } = await definitions("When?", [referring], [passage("lease.md", "CLAUSE 4.2 Payment.")]);
    assert.deepEqual(marked, [["CLAUSE 4.2 Payment."]]);
  });

  it("is the one of this number", async () => {
    const library = [
      passage("lease.md", "4.20 Other\n4.2.1 Part\n70 years"),
      passage("lease.md", "14.2 Fees"),
    ];
    assert.deepEqual((await definitions("When?", [referring], library)).found, []);
  });
});

it("at most two definitions come along, and few are looked up", async () => {
  const names = Array.from({ length: 9 }, (_, i) => `get_thing_${i}`);
  const library = names.map((name) => code(`${name}.py`, name, `def ${name}(): pass`));
  const question = `What do ${names.join(", ")} do?`;
  assert.equal((await definitions(question, [], library)).found.length, 2);
  assert.equal((await definitions(question, [], [])).asked.length, 4);
});

describe("what is looked up", () => {
  const asked = async (question: string, given: readonly Hit[]) =>
    (await definitions(question, given, [])).asked;
  const calling = (text: string, rest: Partial<Hit> = {}): Hit => ({ ...code("a.py", "a", text), ...rest });

  it("are functions as programs write them", async () => {
    for (const [question, ...names] of [
      ["What does `max` do?", "max"],
      ["What does `a.b->c` do?", "c"],
      ["What does `Ledger::round` do?", "round"],
      ["What does `Ledger#round` do?", "round"],
      ["What does `round(x)` do?", "round"],
      ["What does `a.round()` do?", "round"],
      ["What does round(x) do?", "round"],
      ["What does roundUp do?", "roundUp"],
      ["What does RoundUp do?", "RoundUp"],
      ["What does round_up do?", "round_up"],
      ["What does Round do?"],
      ["What does `--` do?", "--"],
    ] as const)
      assert.deepEqual(await asked(question, []), names, question);
  });

  it("are functions that code calls and the question speaks of by two words, the most first", async () => {
    const question = "How is an amount rounded up?";
    const text = "round_amount(1); round_amount_up (2); round(3); ab(4); load_amount(5); round_amount(6)";
    assert.deepEqual(await asked(question, [calling(text)]), ["round_amount", "round_amount_up"]);
    assert.deepEqual(await asked(question, [calling(text, { kind: "prose" })]), []);
    const far = [calling("a(1)"), calling("b(1)"), calling("c(1)"), calling(text)];
    assert.deepEqual(await asked(question, far), []);
    assert.deepEqual(await asked(question, far.slice(1)), ["round_amount", "round_amount_up"]);
  });

  it("are terms of contracts behind an article, up to three words, and clauses", async () => {
    const terms = (sentence: string, rest: Partial<Hit> = {}) =>
      asked("?", [passage("lease.md", sentence, rest)]);
    for (const article of "the The each Each any Any such Such this This der Der die Die das den dem des le Le la les el El los las".split(
      " ",
    ))
      assert.deepEqual(await terms(`so ${article} Deposit is paid`), ["Deposit"], article);
    assert.deepEqual(await terms("of the Notice Period Two Ends here"), ["Notice Period Two"]);
    assert.deepEqual(await terms("of a Deposit, their Deposit, and breathe Deposit"), []);
    for (const [reference, ...words] of [
      ["under clause 4.2 it", "clause 4.2"],
      ["under Clauses 4 it", "Clauses 4"],
      ["under clause  4.2.1 it", "clause  4.2.1"],
      ["under section 4 or sections 5.1.2", "section 4", "sections 5.1.2"],
      ["under article 4, paragraph 5", "article 4", "paragraph 5"],
      ["under schedule 4, annex 5 and appendix 6", "schedule 4", "annex 5", "appendix 6"],
      ["nach Ziffer 4, Artikel 5 und Absatz 6", "Ziffer 4", "Artikel 5", "Absatz 6"],
      ["según cláusula 4 y § 5, §§6", "cláusula 4", "§ 5", "§§6"],
      ["under clause A and preclause 4"],
    ] as const)
      assert.deepEqual(await terms(reference), words, reference);
    const many = ["one", "two", "three", "under clause 4"].map((sentence) => passage("lease.md", sentence));
    assert.deepEqual(await asked("?", many), []);
    assert.deepEqual(await asked("?", many.slice(1)), ["clause 4"]);
    assert.deepEqual(await terms("under clause 4", { kind: "document" }), ["clause 4"]);
    assert.deepEqual(await terms("under clause 4", { kind: "data" }), []);
    assert.deepEqual(await terms("under clause 4", { marks: [] }), []);
  });

  it("is marked as a line, and is not what only looks like it", async () => {
    const found = async (sentence: string, text: string) =>
      (await definitions("?", [passage("lease.md", sentence)], [passage("lease.md", text)])).marked.flat();
    for (const line of [
      "4.2 Payment",
      "4.2. Payment",
      "4.2) Payment",
      "4.2: Payment",
      "## 4.2 Payment",
      "Clause 4.2 Payment",
      "clause 4.2 Payment",
      "SECTION 4.2 Payment",
      "section 4.2 Payment",
      "Article 4.2 Payment",
      "ARTICLE 4.2 Payment",
      "§ 4.2 Payment",
      "§§4.2 Payment",
    ])
      assert.deepEqual(await found("under clause 4.2 it", `Before\n${line}\nafter`), [line]);
    for (const line of ["4x2 Payment", "4.2Payment", "See 4.2 Payment", "4.2 payment", "cLause 4.2 Payment"])
      assert.deepEqual(await found("under clause 4.2 it", line), [], line);
    for (const line of [
      "“Deposit” means money",
      "‘Deposit’ shall mean money",
      "«Deposit» désigne money",
      "*Deposit* refers to money",
      "__Deposit__ is defined as money",
      "The “Deposit”, as paid, has the meaning of money",
      "Deposit bedeutet money",
      "2. Deposit signifie money",
      "- Deposit significa money",
      "Deposit mean money",
      "the sum (the “Deposit”) here",
      "the sum (“Deposit”) here",
    ])
      assert.deepEqual(await found("of the Deposit", `Before.\n${line}\nafter`), [line]);
    for (const line of [
      "“Deposit” meant money",
      "“Deposits” means money",
      "The Deposit means money",
      "“Deposit” is. It means money",
      "the sum (the Deposit) here",
      `“Deposit” ${"x".repeat(41)} means money`,
    ])
      assert.deepEqual(await found("of the Deposit", line), [], line);
  });

  it("is taken from the same file of the same folder", async () => {
    const given = [passage("lease.md", "under clause 4.2 it")];
    const elsewhere = { ...passage("lease.md", "4.2 Payment"), folder: "/other" };
    assert.deepEqual((await definitions("?", given, [elsewhere])).found, []);
    assert.equal(
      (await definitions("?", given, [elsewhere, passage("lease.md", "4.2 Payment")])).found.length,
      1,
    );
  });

  it("is code whose heading ends in the name, and holds it as a word", async () => {
    const library = (heading: string, text: string, rest: Partial<Hit> = {}) =>
      definitions("What is run_all?", [], [{ ...code("a.py", heading, text), ...rest }]);
    for (const heading of ["run_all", "Jobs › run_all", "Jobs.run_all", "Jobs::run_all", "load, run_all"])
      assert.equal((await library(heading, "def run_all(): pass")).found.length, 1, heading);
    assert.equal((await library("run_all_now", "def run_all(): pass")).found.length, 0);
    assert.equal((await library("run_all", "def run_all_now(): pass")).found.length, 0);
    assert.equal((await library("run_all", "def $run_all(): pass")).found.length, 0);
    assert.equal((await library("run_all", "run_all", { kind: "prose" })).found.length, 0);
    assert.deepEqual((await library("run_all", "x\nrun_all")).marked, [["run_all"]]);
  });
});
