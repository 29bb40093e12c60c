import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type FileRole, roleOf } from "../../indexer/search/fileRole.ts";
import { floor, matchScore, relatedFloor } from "../../indexer/search/matchScore.ts";
import { formOf, type QuestionForm } from "../../indexer/search/questionForm.ts";

/** Questions by what their form says that they seek. */
const questions: Readonly<Record<QuestionForm["seeks"], readonly string[]>> = {
  code: [
    "the code that retries",
    "code which retries",
    "code for retrying",
    "code to retry with",
    "which function retries",
    "what method is called",
    "find the class of lamps",
    "show me the module for lamps",
    "give me the routine",
    "where's the component",
    "that implementation of retrying",
    "where in the code are lamps",
    "show me where lamps are lit",
    "who implements retrying",
    "how is it implemented",
    "refactor the lamp",
    "was it refactored?",
    "refactoring",
    "wheres the function",
    "Which FUNCTION retries",
  ],
  place: [
    "where is the lamp",
    "where are lamps",
    "where was it",
    "where were they",
    "where does it burn",
    "where do they burn",
    "where did it burn",
    "where in the tower",
    "where prices happen to be computed",
    ...[
      "decided",
      "done",
      "handled",
      "made",
      "set",
      "checked",
      "computed",
      "defined",
      "noticed",
      "happen",
    ].map((word) => `where all gets ${word}`),
    "where things happened",
    ...["part", "piece", "place", "file", "spot", "line"].flatMap((word) => [
      `which ${word}`,
      `what ${word}s`,
    ]),
    "find the place",
    "find the part of it",
    "the piece that burns",
    "that part which burns",
    "which place where it burns",
    "looking for the part",
    "I am looking for the piece",
  ],
  help: [
    "how do I light it",
    "how can we light it",
    "how could you light it",
    "how should one light it",
    "how would my lamp burn",
    "how must our lamp burn",
    "how to light it",
    "what do I do",
    "what must we do",
    "what should you do",
    "what can I do",
    "what shall we do",
    "can I light it",
    "could we light it",
    "may I light it",
    "should we light it",
    "I want light",
    "we need light",
    "I keep lamps",
    "we generate light",
    "I would like light",
    "we'd like light",
    "I’d like light",
    "do lamps have to burn",
    "setting needed",
    "settings for lamps",
    "configure lamps",
    "configuring lamps",
    "configuration of lamps",
    "set up lamps",
    "setup of lamps",
    "install lamps",
    "installation of lamps",
    "lamp is switched on",
    "switch on lamps",
    "turn off the lamp",
    "turned on",
    "enable lamps",
    "disable lamps",
    "example of a lamp",
    "usage of lamps",
    "tutorial",
    "guide to lamps",
    "how do I find the function",
    "how can we see where it is",
  ],
  any: [
    "lamps",
    "",
    "codes of lamps",
    "functional lamps",
    "somewhere is a lamp",
    "where undone",
    "somewhere all is done",
    "nowhere",
    "how heavy is it",
    "what is a lamp",
    "the part of the lamp",
    "anyhow to light",
    "guidelines",
    "disabled lamps",
    "Wo ist die Lampe?",
  ],
};

describe("a question's form", () => {
  for (const [seeks, all] of Object.entries(questions)) {
    it(`says what it seeks (${seeks})`, () => {
      for (const question of all) assert.equal(formOf(question).seeks, seeks, question);
    });
  }

  it("says whether it speaks of tests", () => {
    const speaks = (question: string): boolean => formOf(question).speaksOfTests;
    for (const question of ["test it", "the Tests", "is it tested", "testing", "spec", "specs of it"])
      assert.ok(speaks(question), question);
    for (const question of ["the latest", "contest", "attested", "special", "tester"])
      assert.ok(!speaks(question), question);
  });

  it("says whether it speaks of changes", () => {
    const speaks = (question: string): boolean => formOf(question).speaksOfChanges;
    const texts =
      "changelog, change logs, the release, Releases, released, version, versions, since when, what's new, whats new, what changed, deprecated, deprecation, upgrade, upgrading, history, introduced";
    for (const question of texts.split(", ")) assert.ok(speaks(question), question);
    for (const question of ["change it", "conversion", "since then", "new", "introduction", "historian"])
      assert.ok(!speaks(question), question);
  });
});

describe("the part that a file plays", () => {
  const check = (role: FileRole, paths: string): void => {
    for (const path of paths.split(" ")) assert.equal(roleOf({ path, kind: "prose" }), role, path);
  };
  it("is a list of changes by its name or its folder", () => {
    check("changes", "CHANGELOG CHANGELOG.md a/ChangeLog-2.txt change-log.md changelogs change-logs_1.md");
    check(
      "changes",
      "RELEASE-NOTES.txt release_note.md release-notes releasenotes3.md a/releases/../release_notes",
    );
    check("changes", "whatsnew-5.3.rst what's-new.md whats-new whatsnew");
    check(
      "changes",
      "changelog/1.md a/change-logs/2.md release-notes/3.md releasenotes/a/b.md whats-new/a.md whatsnew/a.md",
    );
    check("changes", "docs/releases/2.0.md doc/releases/a.md a/docs/en/releases/2.0.md");
    check("changes", "CHANGES history.rst News.txt doc/changes docs/en/history.md docs/news.md");
  });
  it("is none by a name that only begins or ends alike", () => {
    check("docs", "mychangelog.md changelogging.md exchange-log.md release-notesmd arelease-notes.md");
    check(
      "docs",
      "releases/2.0.md a/releases/2.md docs/a/b/releases/2.md mydocs/releases/1.md docs/releases",
    );
    check(
      "docs",
      "a/changes.md docs/a/b/news.md newsletter.md history.of.lamps.md prehistory.md changes/a.md",
    );
  });
  it("is that of data unless its name says that it is a list of changes", () => {
    assert.equal(roleOf({ path: "a.csv", kind: "data" }), "data");
    assert.equal(roleOf({ path: "changelog.json", kind: "data" }), "changes");
    assert.equal(roleOf({ path: "a.pdf", kind: "document" }), "docs");
    assert.equal(roleOf({ path: "changelog.ts", kind: "code" }), "code");
    assert.equal(roleOf({ path: "a/changelog.test.ts", kind: "code" }), "test");
  });
});

describe("the score of a hit", () => {
  const match = { coverage: 0.5, similarity: 0.3, refined: undefined, known: 1 };
  const near = (value: number, expected: number): void =>
    assert.ok(Math.abs(value - expected) < 1e-9, `${value} is not ${expected}`);
  it("is between 0 and 1, and a half where what speaks for it outweighs nothing", () => {
    near(matchScore({ ...match, coverage: 0, similarity: 8 / 17.4 }), 0.5);
    near(matchScore({ ...match, coverage: 8 / 10.7, similarity: 0 }), 0.5);
    near(matchScore({ ...match, coverage: 0, similarity: 0, refined: 9.65 / 20.5 }), 0.5);
    near(matchScore({ ...match, coverage: 9.65 / 7.3, similarity: 0, refined: 0 }), 0.5);
    near(matchScore({ ...match, coverage: 0, similarity: 9.65 / 4, refined: 0 }), 0.5);
    near(matchScore({ ...match, coverage: 0, similarity: 9 / 17.4 }), 1 / (1 + Math.exp(-1)));
  });
  it("goes by the words alone below seven tenths of known words", () => {
    assert.equal(matchScore({ ...match, known: 0.69 }), 0.5);
    assert.notEqual(matchScore({ ...match, known: 0.7 }), 0.5);
  });
  it("of a model that nothing is known of is at least that of related passages", () => {
    assert.equal(matchScore({ ...match, similarity: undefined }), relatedFloor);
    assert.equal(matchScore({ ...match, similarity: undefined, coverage: 0.8 }), 0.8);
    assert.equal(matchScore({ ...match, similarity: undefined, known: 0 }), relatedFloor);
    assert.ok(floor < relatedFloor);
  });
});
