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
