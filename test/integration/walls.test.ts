import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createParser, type Parser, type ParserOptions } from "../../indexer/read/pool.ts";
import { openEncoder, tryEncoderWalls } from "../../models/embedding/encoder.ts";
import type { Attempt } from "../../protocol/data.ts";
import { Confinement, type Machine } from "../../walls/confine.ts";
import { parserEntry } from "../support/parserEntry.ts";

const fixtures = fileURLToPath(new URL("../fixtures/files/", import.meta.url));
const root = mkdtempSync(join(tmpdir(), "carrel-walls-"));
const parsers: Parser[] = [];

after(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => Promise.all(parsers.splice(0).map((parser) => parser.close())));

const isRoot = process.getuid?.() === 0;
const tried = spawnSync("/usr/bin/unshare", isRoot ? ["--net", "true"] : ["--user", "--net", "true"]);
const noNamespace = tried.status === 0 ? false : "this system lets nobody make a network namespace";
const noPermissions = process.allowedNodeEnvironmentFlags.has("--permission")
  ? false
  : "this Node has no permission model";

function make(options: Partial<ParserOptions> = {}): Parser {
  const confinement = new Confinement();
  const parser = createParser({
    entry: parserEntry,
    memoryMb: 256,
    timeoutMs: 60_000,
    confinement,
    ...options,
  });
  parsers.push(parser);
  return parser;
}

function folder(name: string): string {
  const path = join(root, name);
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, "note.md"), `The note of ${name}.`);
  return path;
}

function open(attempts: readonly Attempt[], wall: Attempt["wall"]): string[] {
  assert.ok(
    attempts.some((attempt) => attempt.wall === wall),
    `${wall} was tried`,
  );
  return attempts.filter((attempt) => attempt.wall === wall && !attempt.isStopped).map(({ what }) => what);
}

/** Nothing that this machine has but what the test takes from it. */
function machine(without: Partial<Machine>): Machine {
  return {
    platform: process.platform,
    isRoot,
    execPath: process.execPath,
    knows: (argument) => process.allowedNodeEnvironmentFlags.has(argument),
    has: () => true,
    ...without,
  };
}

test("the parser wears the seat belt, with walls below it or without", async () => {
  const options = { entry: parserEntry, memoryMb: 256, timeoutMs: 60_000 };
  const bare = createParser(options);
  parsers.push(bare);
  for (const parser of [make(), bare]) assert.deepEqual(open(await parser.walls(), "seat belt"), []);
});

test("the parser can open and write no file outside", { skip: noPermissions }, async () => {
  assert.deepEqual(open(await make().walls(), "files"), []);
});

test("the parser has no network below JavaScript", { skip: noNamespace }, async () => {
  assert.deepEqual(open(await make().walls(), "network"), []);
});

test("a try tells that a wall is not there", async () => {
  const bare = createParser({ entry: parserEntry, memoryMb: 256, timeoutMs: 60_000 });
  parsers.push(bare);
  const attempts = await bare.walls();
  assert.deepEqual(open(attempts, "network"), ["any network, this machine's own included"]);
  assert.deepEqual(open(attempts, "files"), ["reading a file outside", "writing a file"]);
});

test("behind its walls the parser reads code, documents and every folder that it is asked for", async () => {
  const parser = make();
  for (const name of ["inventory.ts", "fivePages.pdf", "report.docx", "shiftJis.txt"]) {
    const result = await parser.parse(fixtures, name, 2_000_000);
    assert.ok(result.ok, `${name}: ${JSON.stringify(result)}`);
  }
  const link = join(root, "link");
  symlinkSync(folder("target"), link);
  const folders = [folder("one"), folder("two"), folder("with, comma"), folder("*"), link];
  const results = await Promise.all(
    // Folder after folder and back again, as a workspace of several asks.
    [...folders, ...folders].map((path) => parser.parse(path, "note.md", 1_000)),
  );
  assert.deepEqual(
    results.filter(({ ok }) => !ok),
    [],
  );
});

test("a folder that comes later is readable too, and what was asked before is answered", async () => {
  const parser = make();
  const first = parser.parse(folder("first"), "note.md", 1_000);
  await parser.walls();
  const second = await parser.parse(folder("second"), "note.md", 1_000);
  assert.deepEqual([(await first).ok, second.ok], [true, true]);
});

test("a folder around another one, and folders whose names begin alike, are readable", async () => {
  for (const names of [
    ["outer/inner", "outer"],
    ["docs", "docs-old", "docs2"],
  ]) {
    const parser = make();
    const results = await Promise.all(names.map((name) => parser.parse(folder(name), "note.md", 1_000)));
    assert.deepEqual(
      results.map(({ ok }) => ok),
      names.map(() => true),
    );
  }
});

test("a folder that was not there when the parser was started can be read once it is back", async () => {
  const parser = make();
  const path = join(root, "away");
  assert.deepEqual(await parser.parse(path, "note.md", 1_000), {
    ok: false,
    reason: "The file is gone.",
    mayPass: true,
  });
  assert.ok((await parser.parse(folder("away"), "note.md", 1_000)).ok);
});

const noTrial = process.platform === "linux" ? noPermissions : "only Linux surely has no sandbox-exec";
test("a machine without a wall that was hoped for gets the others", { skip: noTrial }, async () => {
  // The first start fails: there is no such program here.
  const parser = make({ confinement: new Confinement(machine({ platform: "darwin", has: () => true })) });
  assert.ok((await parser.parse(folder("later"), "note.md", 1_000)).ok);
  assert.deepEqual(open(await parser.walls(), "files"), []);
});

const encoderDir = fileURLToPath(new URL("../../models/bundled/encoder", import.meta.url));

test("the process that runs a model stands behind the same walls, and embeds", async () => {
  const attempts = await tryEncoderWalls(encoderDir, new Confinement());
  assert.deepEqual(open(attempts, "seat belt"), []);
  if (!noPermissions) assert.deepEqual(open(attempts, "files"), []);
  if (!noNamespace) assert.deepEqual(open(attempts, "network"), []);
  const model = await openEncoder(encoderDir, undefined, new Confinement());
  try {
    const [vector] = await model.embed(["Where is the notice period?"], "query");
    assert.equal(vector?.length, model.dimension);
  } finally {
    await model.close();
  }
});

test("a program that takes more memory than it may gets no more, also where V8 does not count it", {
  skip: existsSync("/usr/bin/prlimit") ? false : "this system has no prlimit",
}, () => {
  const entry = join(root, "greedy.cjs");
  writeFileSync(
    entry,
    "const all = []; try { while (all.length < 40) all.push(Buffer.alloc(64e6, 1)); } catch {} console.log(all.length);",
  );
  const takenWithin = (mostMemoryMb?: number): number => {
    const limit = mostMemoryMb === undefined ? {} : { mostMemoryMb };
    const program = { entry, nodeArguments: [], readable: [], hasNativeCode: false, ...limit };
    const { execPath, execArgv } = new Confinement(machine({ knows: () => false })).launch(program);
    return Number(spawnSync(execPath, [...execArgv, entry], { encoding: "utf8" }).stdout);
  };
  const taken = takenWithin(1_500);
  assert.ok(taken > 2 && taken < 24, `${taken} times 64 MB`);
  assert.equal(takenWithin(), 40);
});
