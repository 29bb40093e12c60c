import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { findPassages } from "../../engine/answer/findPassages.ts";
import { type Queries, queriesFor } from "../../engine/answer/query.ts";
import type { SearchHit } from "../../indexer/search/search.ts";
import type { Turn } from "../../protocol/data.ts";

const turns = (...questions: string[]): Turn[] =>
  questions.map((question) => ({ question, answer: "It is [1]." }));
const install = "How do I install the server on Windows?";
const installed = "install server Windows";
const { signal } = new AbortController();

describe("what is searched for", () => {
  const check = (question: string, expected: Queries, ...before: string[]): void =>
    assert.deepEqual(queriesFor(question, turns(...before)), expected, question);
  const alone = (question: string): void => check(question, { alone: question }, install);
  const both = (question: string): void =>
    check(question, { alone: question, completed: `${installed}: ${question}` }, install);
  const completed = (question: string): void =>
    check(question, { completed: `${installed}: ${question}` }, install);

  it("is the question alone when it speaks for itself", () => {
    alone("Which ports does the mail gateway use?");
    alone("Which tests exist for this project?");
    alone("README");
    alone("seat belt");
    alone("next");
    alone("Is there a rate limiter?");
    alone("Roof! Is that encrypted?");
    alone("One thing: who pays it?");
    alone("Is it possible to work abroad?");
    alone("How long does it take to restore the archive?");
    alone("It is my wedding next month. Do I get a day off?");
    alone("So what happens to an invoice when the client has died?");
    alone("Does this extension send telemetry?");
    alone("What does the code that compares names do?");
    alone("Where is a file closed that opens its folder?");
    alone("Gibt es einen Vermittler?");
    alone("Y a-t-il un médiateur ?");
  });

  it("is also the question completed where it may go on", () => {
    both("And for Linux?");
    both("What about Linux?");
    both("Who signed it?");
    both("Where are its files?");
    both("Does this work?");
    both("Is that encrypted?");
    both("How many seats?");
    both("In colour?");
    both("Und für Linux?");
    both("Wer bezahlt das?");
    both("Et pour Linux ?");
  });

  it("is the completed question alone where it says nothing by itself", () => {
    completed("Why?");
    completed("How many?");
    completed("And for how long?");
    completed("Where are they?");
    completed("Warum?");
    completed("Wie lange?");
    completed("Combien ?");
  });

  it("goes back to the last question that stands alone, each word once", () => {
    check(
      "and macOS?",
      { alone: "and macOS?", completed: `${installed} Linux: and macOS?` },
      "Old, unrelated question here?",
      install,
      "and for Linux on the server?",
    );
    check("And for Linux?", { alone: "And for Linux?" });
  });

  it("is the question with a selection, whatever was asked before", () => {
    const selection = { path: "a", language: "x", startLine: 1, endLine: 1, text: "y".repeat(900) };
    const explain = "Explain this: what it says or does, and what it depends on.";
    for (const question of [explain, "Why?"]) {
      assert.deepEqual(queriesFor(question, turns(install), selection), {
        alone: `${question}\n${"y".repeat(400)}`,
      });
    }
    assert.deepEqual(queriesFor("Where is it called?", [{ question: explain, answer: "", selection }]), {
      alone: "Where is it called?",
      completed: `${"y".repeat(400)}: Where is it called?`,
    });
  });
});

describe("what is found for a question after another one", () => {
  const hits = (text: (i: number) => string, from = 0): SearchHit[] =>
    Array.from({ length: 30 }, (_, i) => ({
      folder: "/w",
      path: `${from + i}.md`,
      kind: "prose",
      language: "markdown",
      startLine: 1,
      endLine: 2,
      score: 1,
      // What stands in two files word for word is given once.
      text: `${text(i)} ${from + i}`,
    }));
  const find = async (question: string, found: SearchHit[], completed: SearchHit[], k = 8) => {
    const search = async (query: string, most: number): Promise<SearchHit[]> =>
      (query === question ? found : completed).slice(0, most);
    return findPassages({ question, history: turns(install) }, search, k, signal);
  };
  const order = ({ passages }: { passages: readonly SearchHit[] }): number[] =>
    passages.map(({ path }) => Number.parseInt(path, 10));

  it("leads with the question's own where a word of it tells what it is about", async () => {
    const found = await find(
      "And capitals?",
      hits((i) => (i === 1 ? "In capitals 175." : "A hotel.")),
      hits(() => "A hotel.", 100),
    );
    assert.deepEqual(order(found), [0, 1, 2, 100, 3, 4, 5, 101]);
    assert.deepEqual(found.searchedFor, ["And capitals?", `${installed}: And capitals?`]);
    assert.deepEqual(found.passages[1]?.marks, [[0, 16]]);
  });

  it("leads with what completes it where its words are everywhere, or far down, or nowhere", async () => {
    for (const text of [
      () => "What it costs.",
      (i: number) => (i === 9 ? "What it costs." : "A hotel."),
      () => "A hotel.",
    ]) {
      const found = await find(
        "What does it cost?",
        hits(text),
        hits(() => "A server.", 100),
      );
      assert.deepEqual(order(found), [100, 101, 102, 0, 103, 104, 105, 1]);
    }
  });

  it("gives each passage once, and has the first of both among the first four", async () => {
    const found = hits((i) => `Linux ${i}`);
    for (const shift of [1, 2, 5, 29]) {
      const other = [...found.slice(shift), ...found.slice(0, shift)];
      for (const [own, completed] of [
        [found, other],
        [other, found],
      ] as const) {
        const all = await find("And Linux?", own, completed, 60);
        assert.equal(new Set(order(all)).size, 30);
        assert.equal(all.passages.length, 30);
        const firsts = [own[0], completed[0]].map((one) =>
          order(all).indexOf(Number.parseInt(one!.path, 10)),
        );
        assert.ok(Math.max(...firsts) < 4, `${firsts}`);
      }
    }
  });
});
