import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type FileRole, roleOf } from "../../indexer/search/fileRole.ts";
import { rank, type ScoredCandidate } from "../../indexer/search/fuse.ts";
import { floor, matchScore, relatedFloor } from "../../indexer/search/matchScore.ts";
import { formOf } from "../../indexer/search/questionForm.ts";
import type { FileKind, SearchMode } from "../../protocol/data.ts";
import { questionTerms } from "../../text/questionTerms.ts";

type Given = Partial<ScoredCandidate> & { readonly id: string };

function candidate(given: Given): ScoredCandidate {
  return {
    file: given.id,
    role: "docs",
    lexical: 0,
    similarity: 0,
    refined: undefined,
    score: 0,
    ...given,
  };
}

/** The candidates' ids, best first. */
function order(
  question: string,
  given: readonly Given[],
  mode: SearchMode = "hybrid",
  known?: number,
): string[] {
  const all = given.map(candidate);
  rank(all, mode, { form: formOf(question), known });
  return all.map(({ id }) => id);
}

/** So that scores are scaled over the same range whatever the others are. */
const ends: readonly Given[] = [
  { id: "best", lexical: 10, similarity: 1 },
  { id: "worst", lexical: 0, similarity: 0 },
];
const inOrder = (ids: readonly string[], ...wanted: readonly string[]): void =>
  assert.deepEqual(
    ids.filter((id) => wanted.includes(id)),
    wanted,
  );
const even = { lexical: 5, similarity: 0.5 };

describe("what a question asks for", () => {
  const seeks = (question: string, expected: string): void =>
    assert.equal(formOf(question).seeks, expected, question);
  it("is code, in words for code", () => {
    seeks("Show me the code that decides who is called back", "code");
    seeks("which function rounds the amount", "code");
    seeks("where is retrying implemented?", "code");
  });
  it("is a place, which may be code", () => {
    seeks("Where is the waiting time made longer?", "place");
    seeks("which part picks the colour", "place");
  });
  it("is help", () => {
    seeks("How do I change the colours?", "help");
    seeks("What do we charge for a flat?", "help");
    seeks("how can I find out where the logs are written?", "help");
  });
  it("is not told by other questions and by bare words", () => {
    seeks("How heavy may the shelves be?", "any");
    seeks("retry back-off", "any");
    seeks("Wann bekomme ich meine Originale zurück?", "any");
  });
});

describe("a question whose words are unknown, in another language for instance", () => {
  const asked = (known: number, given: readonly Given[]): string[] =>
    order("Wer dolmetscht?", given, "hybrid", known);
  it("is left to its words", () => {
    const given = [...ends, { id: "near", similarity: 0.9 }, { id: "words", lexical: 4 }];
    inOrder(asked(0, given), "words", "near");
    inOrder(asked(1, given), "near", "words");
  });
  it("is settled by meaning where its words stand nowhere", () => {
    assert.deepEqual(asked(0, [{ id: "a far" }, { id: "b near", similarity: 0.5 }]), ["b near", "a far"]);
    const given = [
      { id: "a far", similarity: 0.5, refined: 0.1 },
      { id: "b near", similarity: 0.4, refined: 0.5 },
    ];
    assert.deepEqual(asked(0, [...given, { id: "c", refined: 0 }])[0], "b near");
  });
});

describe("the part that a file plays", () => {
  const plays = (path: string, kind: FileKind, role: FileRole): void =>
    assert.equal(roleOf({ path, kind }), role, path);
  it("is told by kind and path", () => {
    plays("src/retry.ts", "code", "code");
    plays("src/retry.test.ts", "code", "test");
    plays("docs/retry.md", "prose", "docs");
    plays("contract.pdf", "document", "docs");
    plays("prices.csv", "data", "data");
  });
  it("is a list of changes by the names that such lists have", () => {
    for (const path of [
      "CHANGELOG.md",
      "Changes",
      "docs/changelog-5.3.rst",
      "docs/history/whatsnew-5.0.rst",
      "NEWS.md",
      "docs/releases/2.0.txt",
      "History.markdown",
      "RELEASE_NOTES.txt",
    ]) {
      plays(path, "prose", "changes");
    }
  });
  it("is none of an office's files that are called alike", () => {
    plays("patients/smith/history.md", "prose", "docs");
    plays("clients/news/2026-03.md", "prose", "docs");
    plays("contracts/exchange-agreement.md", "prose", "docs");
    plays("src/changelog.ts", "code", "code");
  });
});

describe("ranking", () => {
  const folder: readonly Given[] = [
    ...ends,
    { id: "docs", role: "docs", ...even, lexical: 6 },
    { id: "code", role: "code", ...even },
    { id: "test", role: "test", ...even, lexical: 6 },
    { id: "changes", role: "changes", ...even, lexical: 6 },
    { id: "data", role: "data", ...even, lexical: 6 },
  ];
  it("puts code before all else for a question that seeks code", () => {
    const ids = order("which function rounds the amount", folder);
    for (const other of ["docs", "test", "changes", "data"]) inOrder(ids, "code", other);
  });
  it("takes a question for a place as one for code only where there is code", () => {
    inOrder(order("Where is the amount rounded?", folder), "code", "docs");
    const office = [...folder, ...Array.from({ length: 10 }, (_, n) => ({ id: `page${n}`, ...even }))];
    inOrder(order("Where is the amount rounded?", office), "docs", "code");
  });
  it("puts documentation before code for a question for help", () => {
    const even3 = folder.map((one) => (one.id === "docs" ? { ...one, lexical: 4 } : one));
    inOrder(order("How do I round the amount?", even3), "docs", "code");
    inOrder(order("rounding the amount", even3), "code", "docs");
  });
  it("puts tests and changelogs behind, unless they are asked for", () => {
    inOrder(order("rounding the amount", folder), "docs", "code", "test", "changes");
    inOrder(order("tests of rounding the amount", folder), "test", "code");
    inOrder(order("rounding since which release", folder), "changes", "code");
  });
  it("leaves the order of a search for words alone", () => {
    inOrder(order("which function rounds", folder, "lexical"), "docs", "code");
  });
  it("goes by the rules in a search by vectors too", () => {
    inOrder(
      order(
        "rounding",
        [
          ...ends,
          { id: "test", role: "test", similarity: 0.55 },
          { id: "code", role: "code", similarity: 0.5 },
        ],
        "vector",
      ),
      "code",
      "test",
    );
  });
  it("trusts the vectors more where code is sought, and not at all in a language the model does not know", () => {
    const two: readonly Given[] = [
      ...ends.map((one) => ({ ...one, role: "code" as const })),
      { id: "near", role: "code", lexical: 1, similarity: 0.62 },
      { id: "worded", role: "code", lexical: 6, similarity: 0.3 },
    ];
    inOrder(order("which function rounds", two, "hybrid", 1), "near", "worded");
    inOrder(order("rounding", two, "hybrid", 1), "worded", "near");
    inOrder(order("which function rounds", two, "hybrid", 0.4), "worded", "near");
  });
  it("prefers a file of which two chunks fit", () => {
    const all: readonly Given[] = [
      ...ends,
      { id: "a1", file: "a", ...even },
      { id: "b1", file: "b", ...even, lexical: 5.2 },
      { id: "a2", file: "a", lexical: 4, similarity: 0.5 },
    ];
    inOrder(order("rounding", all), "a1", "b1");
  });
  it("gives other files a place between the chunks of one", () => {
    const all: readonly Given[] = [
      ...ends,
      ...Array.from({ length: 4 }, (_, n) => ({ id: `a${n}`, file: "a", lexical: 6, similarity: 0.6 })),
      { id: "b", file: "b", lexical: 5.5, similarity: 0.57 },
    ];
    const ids = order("rounding", all);
    assert.ok(ids.indexOf("b") < ids.indexOf("a3"), ids.join(" "));
    assert.ok(ids.indexOf("a0") < ids.indexOf("b"), ids.join(" "));
  });
});

describe("the score of a hit", () => {
  const nothing = { coverage: 0, similarity: 0.1, refined: 0.1, known: 1 };
  it("is below the floor where neither words nor meaning match, whatever else was found", () => {
    assert.ok(matchScore(nothing) < floor);
    assert.ok(matchScore({ ...nothing, refined: undefined }) < floor);
  });
  it("grows with each of them", () => {
    for (const better of [{ coverage: 0.5 }, { similarity: 0.4 }, { refined: 0.4 }]) {
      assert.ok(matchScore({ ...nothing, ...better }) > matchScore(nothing));
    }
    assert.ok(matchScore({ coverage: 0.6, similarity: 0.4, refined: 0.45, known: 1 }) > 0.9);
  });
  it("goes by the words in a language that the models do not know", () => {
    assert.equal(matchScore({ ...nothing, coverage: 0.5, known: 0.3 }), 0.5);
  });
  it("keeps all hits of a model that nothing is known of", () => {
    assert.ok(
      matchScore({ coverage: 0, similarity: undefined, refined: undefined, known: 1 }) >= relatedFloor,
    );
  });
});

describe("the words of a question that are searched", () => {
  const words = (question: string, expected: readonly string[]): void =>
    assert.deepEqual([...questionTerms(question)], expected);
  it("are those that say what it is about", () => {
    words("Where is the retry delay of a job computed?", ["retri", "delai", "job", "comput"]);
    words("how heavy may the cabinet be", ["heavi", "cabinet"]);
    words("Rent in May", ["rent", "mai"]);
  });
  it("are all of them when there is nothing else", () => words("where is it", ["where", "is", "it"]));
});
