import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Ranking, rank, ranking, type ScoredCandidate } from "../../indexer/search/fuse.ts";
import { formOf } from "../../indexer/search/questionForm.ts";
import type { SearchMode } from "../../protocol/data.ts";

/** Rules of round numbers, so that scores can be reckoned by hand; none that takes away or adds. */
const rules: Ranking = {
  leaveOutFunctionWords: true,
  vectorWeight: { static: { code: 0.6, else: 0.4 }, transformer: { code: 1, else: 0.8 } },
  refinedShare: 0.5,
  rolePenalty: { any: {}, code: {}, help: {} },
  fileEvidence: 0,
  spread: 0,
};

type Given = readonly [id: string, lexical: number, similarity: number, more?: Partial<ScoredCandidate>];

interface Asked {
  readonly question?: string;
  readonly mode?: SearchMode;
  readonly known?: number;
  readonly rules?: Partial<Ranking>;
}

/** The candidates in the order of their rank, each with its score in hundredths: "b 70, a 20". */
function scores(given: readonly Given[], asked: Asked = {}): string {
  const all: ScoredCandidate[] = given.map(([id, lexical, similarity, more]) => ({
    ...{ id, file: id, role: "docs", lexical, similarity, refined: undefined, score: 0 },
    ...more,
  }));
  const { question = "lamps", mode = "hybrid", known, rules: other } = asked;
  rank(all, mode, { form: formOf(question), known }, { ...rules, ...other });
  return all.map(({ id, score }) => `${id} ${Math.round(score * 100)}`).join(", ");
}

describe("the score of a candidate", () => {
  const given: readonly Given[] = [
    ["a", 10, 0.2],
    ["b", 5, 0.6],
    ["c", 0, 0.4],
  ];

  it("is that of both searches, each scaled over all candidates", () => {
    assert.equal(scores(given), "b 90, c 40, a 20");
    assert.equal(scores(given, { mode: "lexical" }), "a 100, b 50, c 0");
    assert.equal(scores(given, { mode: "vector" }), "b 100, c 50, a 0");
  });

  it("weighs the vectors more where code is sought", () => {
    assert.equal(scores(given, { question: "which function" }), "b 100, c 50, a 0");
  });

  it("trusts a model of the index's own fully, and the static one as far as it knows the words", () => {
    assert.equal(scores(given, { known: 1 }), "b 70, a 60, c 20");
    assert.equal(scores(given, { known: 0.85 }), "b 70, a 60, c 20");
    assert.equal(scores(given, { known: 0.675 }), "a 80, b 60, c 10");
    assert.equal(scores(given, { known: 0.5 }), "a 98, b 51, c 1");
    assert.equal(scores(given, { known: 0 }), "a 98, b 51, c 1");
    assert.equal(scores(given, { known: 1, question: "which function" }), "b 80, a 40, c 30");
  });

  it("goes over to the transformer's weight as candidates are refined, and to its similarity", () => {
    const refined = (a: number, b: number, c: number | undefined): readonly Given[] => [
      ["a", 10, 0, { refined: a }],
      ["b", 5, 1, { refined: b }],
      ["c", 0, 0.5, { refined: c }],
    ];
    assert.equal(scores(refined(0.5, 0.1, 0.3), { mode: "vector" }), "a 50, b 50, c 50");
    assert.equal(scores(refined(0.5, 0.1, undefined), { mode: "vector" }), "a 50, b 50, c 50");
    assert.equal(scores(refined(0.1, 0.5, undefined), { mode: "vector" }), "b 100, c 50, a 0");
    assert.equal(scores(refined(0, 1, 0.5), { known: 1 }), "b 90, c 40, a 20");
    assert.equal(scores(refined(0, 1, undefined), { known: 1 }), "b 83, c 33, a 33");
  });

  it("counts equal values fully, and those that say nothing not at all", () => {
    assert.equal(scores([["a", 5, 0.5]]), "a 100");
    assert.equal(
      scores([
        ["a", 0, 0.5],
        ["b", 0, 0.5],
      ]),
      "a 80, b 80",
    );
    assert.equal(
      scores([
        ["a", 0, -0.5],
        ["b", 4, -0.1],
      ]),
      "b 20, a 0",
    );
    assert.equal(
      scores([
        ["a", 5, 0],
        ["b", 3, 0],
      ]),
      "a 20, b 0",
    );
    assert.equal(scores([]), "");
  });

  it("is the same for the same question whatever the order of the candidates", () => {
    const same: readonly Given[] = [
      ["b", 1, 1],
      ["c", 1, 1],
      ["a", 1, 1],
    ];
    for (const mode of ["hybrid", "lexical", "vector"] as const)
      assert.equal(scores(same, { mode }), "a 100, b 100, c 100");
  });
});

describe("what is taken from a score or added to it", () => {
  const role = (id: string, one: ScoredCandidate["role"]): Given => [id, 1, 1, { role: one }];
  const all = [
    role("c", "code"),
    role("t", "test"),
    role("d", "docs"),
    role("h", "changes"),
    role("v", "data"),
  ];
  const penalties = { rolePenalty: ranking.rolePenalty };
  const asking = (question: string, from = all): string => scores(from, { question, rules: penalties });

  it("is by what the question seeks and the part that the file plays", () => {
    assert.equal(asking("lamps"), "c 100, d 100, v 100, t 85, h 70");
    assert.equal(asking("which function"), "c 100, v 70, d 60, h 60, t 60");
    assert.equal(asking("how to"), "d 100, v 100, c 85, h 80, t 75");
  });

  it("is nothing for tests and changes that the question speaks of", () => {
    assert.equal(asking("test lamps"), "c 100, d 100, t 100, v 100, h 70");
    assert.equal(asking("released lamps"), "c 100, d 100, h 100, v 100, t 85");
  });

  it("takes a place for one in code where a fifth of the candidates is code", () => {
    const docs = (count: number) => Array.from({ length: count }, (_, n) => role(`d${n}`, "docs"));
    const codeFirst = (from: readonly Given[]): boolean =>
      asking("where is it", [...from]).startsWith("c 100, d0 60");
    assert.ok(codeFirst([role("c", "code"), ...docs(4)]));
    assert.ok(!codeFirst([role("c", "code"), ...docs(5)]));
    assert.match(asking("where is it", [role("t", "test"), ...docs(4)]), /t 60/);
    assert.match(asking("where is it", [role("t", "test"), ...docs(5)]), /t 85/);
  });

  it("is a share of the next best chunk of a file, of the best one for the others", () => {
    const given: readonly Given[] = [
      ["a1", 0, 1, { file: "a" }],
      ["a2", 0, 0.5, { file: "a" }],
      ["a3", 0, 0.25, { file: "a" }],
      ["b", 0, 0, { file: "b" }],
    ];
    const evidence = { fileEvidence: 0.1 };
    for (const order of [given, [...given].reverse()])
      assert.equal(scores(order, { mode: "vector", rules: evidence }), "a1 105, a2 60, a3 35, b 0");
    const below: Partial<Ranking> = { ...evidence, rolePenalty: { any: { docs: 2 }, code: {}, help: {} } };
    assert.equal(scores(given, { mode: "vector", rules: below }), "a1 -100, a2 -150, a3 -175, b -200");
  });

  it("is a step for each better chunk of the same file", () => {
    const given: readonly Given[] = [
      ["a1", 0, 1, { file: "a" }],
      ["a2", 0, 1, { file: "a" }],
      ["a3", 0, 1, { file: "a" }],
      ["b", 0, 0.9, { file: "b" }],
      ["c", 0, 0, { file: "c" }],
    ];
    const spread = { spread: 0.06 };
    for (const order of [given, [...given].reverse()])
      assert.equal(scores(order, { mode: "vector", rules: spread }), "a1 100, a2 94, b 90, a3 88, c 0");
    const other = { spread: 0.06, fileEvidence: 0.1 };
    assert.equal(scores(given, { mode: "lexical", rules: other }), "a1 0, a2 0, a3 0, b 0, c 0");
  });
});
