import assert from "node:assert/strict";
import { test } from "node:test";
import { aboutTheWhole } from "../../engine/answer/aboutTheWhole.ts";
import { tellingLines } from "../../engine/overview/manifests.ts";
import { Page } from "../../engine/overview/page.ts";

test("questions about the whole are told from others", () => {
  const surely = `What is in this workspace?|What's in here?|What is this project about?|Which documents are here?
    |How is this project built and tested?|What languages is this project written in?|Give me an overview.
    |How is the code organized?|Tell me everything|Was ist in diesem Ordner?|Welche Dokumente gibt es hier?
    |Wie wird das Projekt gebaut und getestet?|Worum geht es in diesem Projekt?|What is here?
    |Summarize the documents, in short|What’s here?|What is in there?|What do we have here?|What is in this?|What can I find in here?
    |What is this?|Was ist hier?|Was gibt es hier?|Was liegt hier?|What are there?|"What is in it?"`;
  const likely = "Where do I start?|How do I run the tests?|How do I install it?|How does it work?";
  const no = `Where are errors handled?|How long is the notice period of the lease?|Why?|Which files parse dates?
    |What does the billing program do?|Who wrote the summary of the audit?|Is there a test for holidays?|For how many days?
    |Wie lange ist die Kündigungsfrist?|Whatever is here?|Is it here?|What is where?|Where is it?|What is it not?|What does this function do?`;
  const of = (list: string, expected: string): void => {
    for (const question of list.split(/\s*\|/)) assert.equal(aboutTheWhole(question), expected, question);
  };
  of(surely, "surely");
  of(likely, "likely");
  of(no, "no");
});

test("a folder's name stands for the whole", () => {
  assert.equal(aboutTheWhole("What is acme-web?"), "no");
  assert.equal(aboutTheWhole("What is acme-web?", ["docs", "acme-web"]), "likely");
  assert.equal(aboutTheWhole("How is the Acme-Web code tested?", ["acme-web"]), "surely");
});

test("of a manifest the lines are quoted that say what it is and what can be run", () => {
  const json = `{
  "name": "acme",
  "dependencies": { "name": "none" },
  "scripts": {
    "test:unit": "node --test",
    "test": "npm run test:unit",
    "build": "tsc -p ."
  },
  "license": "MIT"
}`;
  assert.deepEqual(tellingLines("package.json", json), [
    "name: acme",
    "test: npm run test:unit",
    "build: tsc -p .",
    "test:unit: node --test",
  ]);
  assert.deepEqual(
    tellingLines("tools/Makefile", "CC := gcc\nall: build test\nbuild:\n\tgcc x.c\n.PHONY: all\n"),
    ["all", "build"],
  );
  assert.deepEqual(
    tellingLines(
      "pyproject.toml",
      '[project]\nname = "acme"\n[project.scripts]\nacme = "acme:main"\n[tool.x]\ny = 1\n',
    ),
    ["name = acme", "acme = acme:main"],
  );
  assert.deepEqual(tellingLines("go.mod", "module acme.dev/web\n\ngo 1.22\n"), [
    "module acme.dev/web",
    "go 1.22",
  ]);
  assert.deepEqual(tellingLines("notes.md", "name: acme"), []);
});

test("a page keeps to its size, says what it leaves out, and knows where it names files", () => {
  const page = new Page(400);
  page.line(["Head"]);
  const items = Array.from({ length: 100 }, (_, i) => [{ path: `src/file\n${i}.ts` }, ": text"]);
  page.section("Files:", items, 1_000);
  assert.ok(page.text.length <= 400);
  const shown = page.text.split("\n").filter((line) => line.startsWith("- src/"));
  assert.match(page.text, new RegExp(`and ${100 - shown.length} more\\n$`));
  assert.equal(page.files.length, shown.length);
  const before = page.text;
  page.section("No room:", items, 1_000);
  assert.equal(page.text, before, "no title without a list");
  for (const { path, range } of page.files)
    assert.equal(page.text.slice(...range), path.replace("\n", " "), "no name ends its line");
});
