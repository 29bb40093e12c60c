import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type TestContext, test } from "node:test";
import type { EngineChannel } from "../../cli/childEngine.ts";
import type { Hit, Turn } from "../../protocol/data.ts";
import { readFilters } from "../../protocol/filters.ts";
import { carrel } from "../support/carrel.ts";
import { type Workspace, workspaceOf } from "../support/workspace.ts";

const sample = join(import.meta.dirname, "../../sample");

const program: Record<string, string> = {
  "README.md":
    "# Tidewater\n\nTidewater forecasts the tide at a harbour from the positions of the moon and the sun, for pilots who plan a passage.\n\n## Usage\n\nRun `tidewater Hull`.\n",
  "package.json": JSON.stringify(
    {
      name: "tidewater",
      description: "Tide tables for pilots",
      main: "src/main.ts",
      scripts: { test: "node --test", build: "tsc -p ." },
    },
    null,
    2,
  ),
  "CONTRIBUTING.md":
    "# Contributing\n\n## Building\n\nInstall Node 22, then `npm run build`.\n\n## Tests\n\nEvery change needs a test; `npm test` runs all.\n",
  "src/main.ts": "export function main(harbour: string): void {\n  console.log(harbour);\n}\n",
  "src/moon.ts": "export function lunarPhase(day: number): number {\n  return (day % 29.53) / 29.53;\n}\n",
  "test/moon.test.ts": "import { lunarPhase } from '../src/moon.ts';\nconsole.log(lunarPhase(3));\n",
  "data/harbours.csv": "name,lat\nHull,53.7\n",
};
const office: Record<string, string> = {
  "contracts/cleaning.md": "# Contract for cleaning\n\n## Hours\n\nOn Mondays.\n\n## Fee\n\n300 euros.\n",
  "contracts/lease.txt": "Lease of the warehouse\n\nThe rent is due on the third.\n",
  "minutes/2026-01-12.md": "# Minutes of 12 January\n\n## Heating\n\nIt is repaired.\n",
  "minutes/2026-02-09.md": "# Minutes of 9 February\n\n## New chairs\n\nTwelve are bought.\n",
};

const aboutAll = ["What is in this workspace?", "What is this project about?", "Was ist in diesem Ordner?"];

async function engineOver(
  t: TestContext,
  files: Record<string, string>,
): Promise<{ workspace: Workspace; channel: EngineChannel }> {
  const workspace = await workspaceOf(t, files);
  const { channel } = await workspace.start({ refine: false });
  await channel.request("index", {});
  return { workspace, channel };
}

async function ask(channel: EngineChannel, typed: string, history: Turn[] = []): Promise<Hit[]> {
  const { text: question, filter } = readFilters(typed);
  return (await channel.request("ask", { question, filter, history, model: "" })).passages;
}

function overviewsIn(passages: readonly Hit[]): Hit[] {
  return passages.filter(({ overview }) => overview);
}

test("a program: its overview comes first, then its README and its manifest", async (t) => {
  const { channel } = await engineOver(t, program);
  for (const question of [...aboutAll, "How is this project built and tested?", "Where do I start?"]) {
    const passages = await ask(channel, question);
    assert.deepEqual(
      passages.slice(0, 3).map(({ path }) => path),
      [".", "README.md", "package.json"],
      question,
    );
    assert.equal(overviewsIn(passages).length, 1, question);
  }
  const [overview, ...others] = await ask(channel, "How is this project built and tested?");
  for (const line of [
    "7 files are indexed.",
    "Code: 3 files (3 TypeScript).",
    "test: node --test; build: tsc -p .",
    "Entry points of the code: src/main.ts",
    "Tests: 1 file, in test/ (1)",
    "- README.md: Tidewater — Usage",
    "- CONTRIBUTING.md: Contributing — Building, Tests",
    "- src/: 2 files, TypeScript",
  ])
    assert.ok(overview?.text.includes(line), `${line} in\n${overview?.text}`);
  assert.ok(
    others.slice(0, 4).some(({ text }) => text.includes("npm run build")),
    "CONTRIBUTING says how to build",
  );
});

test("an office: the overview lists the documents with their titles", async (t) => {
  const { channel } = await engineOver(t, office);
  for (const question of [...aboutAll, "Which documents are here?", "Welche Dokumente gibt es hier?"]) {
    const [overview] = await ask(channel, question);
    for (const line of [
      "- contracts/cleaning.md: Contract for cleaning — Hours, Fee",
      "- contracts/lease.txt: Lease of the warehouse",
      "- minutes/2026-02-09.md: Minutes of 9 February — New chairs",
    ])
      assert.ok(overview?.text.includes(line), `${question}: ${line} in\n${overview?.text}`);
  }
});

test("the sample: documents and programs, and the README behind the overview", async (t) => {
  const workspace = await workspaceOf(t, {});
  await cp(sample, workspace.dir, { recursive: true });
  const { channel } = await workspace.start({ refine: false });
  await channel.request("index", {});
  const passages = await ask(channel, "What is in this workspace?");
  assert.deepEqual(
    passages.slice(0, 2).map(({ path }) => path),
    [".", "README.md"],
  );
  const [overview] = passages;
  assert.match(
    overview?.text ?? "",
    /contracts\/office-lease\.pdf: Lease of the office .*6\. Ending the lease early/,
  );
  assert.match(overview?.text ?? "", /software\/: 12 files, mostly Go and TypeScript/);
  const tests = await ask(channel, "How do I run the tests?");
  assert.ok(tests.slice(0, 5).some(({ heading }) => heading === "Docket › Changing it"));
  for (const question of ["How long is the notice period of the lease?", "Where are names compared?"])
    assert.deepEqual(overviewsIn(await ask(channel, question)), [], question);
});

test("two folders: each has its overview, and a filter or a folder's name leaves one", async (t) => {
  const { workspace, channel } = await engineOver(t, program);
  const second = join(dirname(workspace.dir), "second office");
  for (const [path, text] of Object.entries(office)) {
    await mkdir(dirname(join(second, path)), { recursive: true });
    await writeFile(join(second, path), text);
  }
  const folders = [
    { path: workspace.dir, name: "tides" },
    { path: second, name: "second office" },
  ];
  await channel.request("setFolders", { folders });
  await channel.request("index", {});
  const both = overviewsIn(await ask(channel, "What is in this workspace?"));
  assert.deepEqual(
    both.map(({ folder, heading }) => [folder, heading]),
    [
      [workspace.dir, "Overview of tides"],
      [second, "Overview of second office"],
    ],
  );
  assert.ok(both.every(({ text }) => text.includes("One of 2 folders: tides, second office.")));
  const one = await ask(channel, 'Which documents are here? in:"second office"');
  assert.deepEqual([...new Set(one.map(({ folder }) => folder))], [second]);
  const part = await ask(channel, "Which documents are here? path:minutes");
  assert.match(part[0]?.text ?? "", /2 files are indexed that path:minutes lets through/);
  assert.ok(!part[0]?.text.includes("contracts"));
  assert.deepEqual(
    (await ask(channel, "What is tides?")).slice(0, 1).map(({ heading }) => heading),
    ["Overview of tides"],
  );
  assert.deepEqual(await ask(channel, "Which documents are here? path:nowhere"), []);
});

test("an overview can be checked: it is made anew on request, and names files that are there", async (t) => {
  const { workspace, channel } = await engineOver(t, program);
  for (const typed of ["What is in this workspace?", "What is in this workspace? path:src"]) {
    const [hit] = await ask(channel, typed);
    assert.ok(hit?.overview);
    const { text, files } = await channel.request("overview", { folder: hit.folder, filter: hit.overview });
    assert.equal(text, hit.text);
    assert.ok(files.length >= 2);
    for (const { path, range } of files) {
      const shown = text.slice(...range);
      assert.ok(shown !== "" && path.endsWith(shown), `${shown} for ${path}`);
      assert.ok(existsSync(join(workspace.dir, path)), path);
    }
  }
  await assert.rejects(
    channel.request("overview", { folder: "/etc", filter: {} }),
    /Of \/etc nothing is indexed/,
  );
});

test("an overview is what the index is after each change", async (t) => {
  const { workspace, channel } = await engineOver(t, program);
  await workspace.write("docs/harbours.md", "# Harbours of the north\n\nA list.\n");
  await rm(join(workspace.dir, "src/moon.ts"));
  await channel.request("filesChanged", {
    paths: ["docs/harbours.md", "src/moon.ts"].map((path) => join(workspace.dir, path)),
  });
  const [overview] = await ask(channel, "What is in this workspace?");
  assert.match(overview?.text ?? "", /docs\/harbours\.md: Harbours of the north/);
  assert.match(overview?.text ?? "", /Code: 2 files/);
});

test("a question that goes on with the last one is not about the whole", async (t) => {
  const { channel } = await engineOver(t, program);
  const history = [{ question: "Where is the lunar phase computed?", answer: "In src/moon.ts." }];
  assert.deepEqual(overviewsIn(await ask(channel, "How is it tested?", history)), []);
  assert.equal(overviewsIn(await ask(channel, "What is in this workspace?", history)).length, 1);
});

test("the terminal shows the overview as a whole", async (t) => {
  const { workspace } = await engineOver(t, office);
  const { code, stdout } = await carrel([
    "ask",
    workspace.dir,
    "Which documents are here?",
    "--model",
    "",
    "--store",
    join(workspace.storage, "terminal"),
  ]);
  assert.equal(code, 0, stdout);
  assert.match(stdout, /\[1\] Overview of workspace\n {4}Overview of the folder/);
  assert.match(stdout, /minutes\/2026-01-12\.md: Minutes of 12 January/);
});
