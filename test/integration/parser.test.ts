import assert from "node:assert/strict";
import { execFileSync, fork } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createParser, type ParseResult, type Parser, type ParserOptions } from "../../indexer/read/pool.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { mutated } from "../fuzz/mutations.ts";
import { originalsIn } from "../fuzz/originals.ts";
import { verdictOf } from "../fuzz/verdict.ts";
import { Random } from "../soak/random.ts";
import { entryThat, onEachOpen, parserEntry } from "../support/parserEntry.ts";
import { eventually } from "../support/workspace.ts";

const fixtures = fileURLToPath(new URL("../fixtures/files/", import.meta.url));
const limit = 2_000_000;
const parsers: Parser[] = [];
let root = "";

/** A stand-in for the real entry whose files do harm when it parses them, by their names. */
let harmful = "";

before(() => {
  harmful = entryThat(
    mkdtempSync(join(tmpdir(), "carrel-parser-entry-")),
    onEachOpen(`
      if (name.startsWith("hang")) for (;;);
      if (name.startsWith("crash")) process.kill(process.pid, "SIGSEGV");
      if (name.startsWith("exit")) process.exit(3);
      if (name.startsWith("memory")) { const all = []; for (;;) all.push(new Array(1000).fill({})); }`),
  );
});
after(() => rmSync(join(harmful, ".."), { recursive: true, force: true }));

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "carrel-parser-"));
});
afterEach(async () => {
  await Promise.all(parsers.splice(0).map((parser) => parser.close()));
  rmSync(root, { recursive: true, force: true });
});

function make(options: Partial<ParserOptions> = {}): Parser {
  const parser = createParser({ entry: parserEntry, memoryMb: 256, timeoutMs: 60_000, ...options });
  parsers.push(parser);
  return parser;
}

function put(names: readonly string[]): void {
  for (const name of names) writeFileSync(join(root, name), `The text of ${name}.`);
}

function reasonOf(result: ParseResult | undefined): string {
  return result && !result.ok ? result.reason : "";
}

test("parses many files at once, each with its own answer", async () => {
  const names = Array.from({ length: 200 }, (_, i) => `file${i}.md`);
  put(names);
  const parser = make();
  const results = await Promise.all(names.map((name) => parser.parse(root, name, limit)));
  results.forEach((result, i) => {
    assert.ok(result.ok);
    assert.equal(result.parsed.chunks[0]?.text, `The text of file${i}.md.`);
  });
});

test("parses code, PDF and DOCX in the process", async () => {
  const parser = make();
  const results = await Promise.all(
    ["inventory.ts", "fivePages.pdf", "report.docx", "encrypted.pdf"].map((name) =>
      parser.parse(fixtures, name, limit),
    ),
  );
  assert.deepEqual(
    results.map((result) => result.ok && [result.parsed.kind, result.parsed.language]),
    [["code", "typescript"], ["document", "pdf"], ["document", "docx"], false],
  );
  const { text, pages } = await parser.documentText(fixtures, "fivePages.pdf");
  assert.match(text, /quicksilver/);
  assert.equal(pages.length, 5);
  await assert.rejects(
    parser.documentText(fixtures, "encrypted.pdf"),
    /"encrypted.pdf" can't be shown\. .*password/,
  );
});

for (const [harm, reason, mayPass] of [
  ["crash", /end unexpectedly \(signal SIGSEGV\)/, true],
  ["exit", /end unexpectedly \(exit code 3\)/, true],
  ["memory", /needed more than 64 MB of memory/, undefined],
  ["hang", /took longer than 3 s/, true],
] as const) {
  test(`a file that makes the parser ${harm} is reported, and all others are parsed`, async () => {
    const names = ["a.md", "b.md", `${harm}.md`, ...Array.from({ length: 40 }, (_, i) => `c${i}.md`)];
    put(names);
    const parser = make({ entry: harmful, memoryMb: 64, timeoutMs: harm === "hang" ? 3_000 : 60_000 });
    const results = await Promise.all(names.map((name) => parser.parse(root, name, limit)));
    assert.match(reasonOf(results[2]), reason);
    assert.equal(results[2]?.ok === false && results[2].mayPass, mayPass);
    assert.deepEqual(
      results.flatMap((result, i) => (result.ok ? [] : [names[i]])),
      [`${harm}.md`],
    );
  });
}

test("several harmful files among others are all found out", async () => {
  const names = Array.from({ length: 60 }, (_, i) => (i % 20 === 7 ? `crash${i}.md` : `a${i}.md`));
  put(names);
  const parser = make({ entry: harmful });
  const results = await Promise.all(names.map((name) => parser.parse(root, name, limit)));
  assert.deepEqual(
    results.flatMap((result, i) => (result.ok ? [] : [names[i]])),
    ["crash7.md", "crash27.md", "crash47.md"],
  );
});

test("a document whose text kills the parser is an error that says so", async () => {
  put(["crash.md", "fine.md"]);
  const parser = make({ entry: harmful });
  await assert.rejects(parser.documentText(root, "crash.md"), (error) => {
    assert.ok(error instanceof CarrelError);
    assert.match(error.message, /"crash.md" can't be shown.*end unexpectedly/);
    return true;
  });
  assert.equal((await parser.parse(root, "fine.md", limit)).ok, true);
});

test("an aborted file is cancelled, the others go on", async () => {
  put(["a.md", "b.md", "c.md"]);
  const parser = make();
  const controller = new AbortController();
  const first = parser.parse(root, "a.md", limit);
  const second = parser.parse(root, "b.md", limit, controller.signal);
  const third = parser.parse(root, "c.md", limit);
  controller.abort();
  await assert.rejects(second, (error) => error instanceof CarrelError && error.code === "cancelled");
  assert.deepEqual([(await first).ok, (await third).ok], [true, true]);
  await assert.rejects(parser.parse(root, "a.md", limit, AbortSignal.abort()), /Cancelled/);
});

test("a process that can't be started is one error for all", async () => {
  put(["a.md", "b.md"]);
  const parser = make({ entry: join(root, "missing.mjs") });
  const results = await Promise.allSettled(["a.md", "b.md"].map((name) => parser.parse(root, name, limit)));
  for (const result of results) {
    assert.equal(result.status, "rejected");
    assert.ok(result.reason instanceof CarrelError);
    assert.match(result.reason.message, /can't be started: .*missing\.mjs/);
    assert.notEqual(result.reason.remedy, "");
  }
});

test("after close nothing is parsed, and what waited is rejected", async () => {
  put(["a.md"]);
  const parser = make();
  const waiting = parser.parse(root, "a.md", limit);
  const rejected = assert.rejects(waiting, /closed/);
  await parser.close();
  await rejected;
  await assert.rejects(parser.parse(root, "a.md", limit), /closed/);
});

/** The ids of this process's children, on Linux. */
function children(): string[] {
  const text = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, "utf8");
  return text.split(" ").filter((id) => id.trim() !== "");
}

test("the process ends when it has been idle, and starts again", async (t) => {
  if (process.platform !== "linux") return t.skip("looks into /proc");
  put(["a.md"]);
  const others = children().length;
  const parser = make({ idleMs: 50 });
  assert.equal((await parser.parse(root, "a.md", limit)).ok, true);
  await eventually("the end of the process", async () => children().length === others);
  assert.equal((await parser.parse(root, "a.md", limit)).ok, true);
});

test("without a setting too the process ends soon after its work", async (t) => {
  if (process.platform !== "linux") return t.skip("looks into /proc");
  put(["a.md"]);
  const others = children().length;
  const parser = make();
  assert.equal((await parser.parse(root, "a.md", limit)).ok, true);
  assert.ok(children().length > others, "it is there");
  await eventually("the end of the process", async () => children().length === others);
});

test("a reason that may pass crosses the process", async () => {
  put(["a.md"]);
  const parser = make();
  assert.deepEqual(await parser.parse(root, "gone.md", limit), {
    ok: false,
    reason: "The file is gone.",
    mayPass: true,
  });
  writeFileSync(join(root, "empty.md"), "");
  const empty = await parser.parse(root, "empty.md", limit);
  assert.equal("mayPass" in empty, false);
});

test("the process ends when the engine is gone", async (t) => {
  if (process.platform === "win32") return t.skip("uses POSIX signals");
  const child = fork(parserEntry, [], { stdio: ["ignore", "ignore", "ignore", "ipc"] });
  await new Promise((resolve) => child.once("message", resolve));
  const ended = new Promise((resolve) => child.once("exit", (_code, signal) => resolve(signal)));
  child.disconnect();
  // By itself: nobody else knows of it.
  assert.equal(await ended, "SIGKILL");
});

test("400 broken documents of all formats are indexed or refused, and the process outlives them", {
  timeout: 300_000,
}, async () => {
  const originals = originalsIn(fixtures);
  const names = Array.from({ length: 400 }, (_, i) => {
    const { name, bytes } = mutated(new Random(i + 1), originals);
    writeFileSync(join(root, `${i}-${name}`), bytes);
    return `${i}-${name}`;
  });
  const parser = make({ memoryMb: 512 });
  for (const { name, bytes } of originals) {
    writeFileSync(join(root, name), bytes);
    const { ok } = await parser.parse(root, name, 20_000_000);
    assert.ok(ok, `${name} is sound`);
  }
  const results = await Promise.all(names.map((name) => parser.parse(root, name, 20_000_000)));
  const verdicts = results.map(verdictOf);
  const failed = results.filter((_, i) => verdicts[i] === "failed");
  assert.deepEqual(failed, []);
  assert.ok(verdicts.filter((verdict) => verdict === "ended").length < 4);
  assert.ok(verdicts.includes("indexed") && verdicts.includes("listed"));
});

test("memory stays flat over 1,000 files", { timeout: 300_000 }, async (t) => {
  if (process.platform !== "linux") return t.skip("looks into /proc");
  const others = new Set(children());
  const parser = make();
  const round = async (): Promise<number> => {
    const names = [
      "inventory.ts",
      "beehive.py",
      "Library.java",
      "headings.md",
      "fivePages.pdf",
      "report.docx",
    ];
    for (let i = 0; i < 15; i++) await Promise.all(names.map((name) => parser.parse(fixtures, name, limit)));
    const id = children().find((child) => !others.has(child));
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, "utf8"))?.[1]);
  };
  // The first rounds load grammars and let the compiler do its work.
  for (let i = 0; i < 4; i++) await round();
  const settled = await round();
  let last = 0;
  for (let i = 0; i < 6; i++) last = await round();
  t.diagnostic(`${Math.round(settled / 1024)} MB, then ${Math.round(last / 1024)} MB`);
  assert.ok(last < settled * 2, `${settled} kB became ${last} kB`);
});

/** Runs a module in a process of its own; tells whether it made a socket, or asked for an address. */
function opensConnection(script: string): boolean {
  const watch = `
    import dns from "node:dns";
    import { subscribe } from "node:diagnostics_channel";
    import { syncBuiltinESMExports } from "node:module";
    const seen = () => process.stdout.write("CONNECTION\\n");
    subscribe("net.client.socket", seen);
    subscribe("udp.socket", seen);
    const { lookup } = dns;
    dns.lookup = (...args) => (seen(), lookup(...args));
    syncBuiltinESMExports();`;
  const preload = `data:text/javascript,${encodeURIComponent(watch)}`;
  const args = ["--import", preload, "--input-type=module", "-e", script];
  return execFileSync(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] }).includes("CONNECTION");
}

test("nothing that the parser loads opens a connection", () => {
  const connect = `import net from "node:net"; net.connect(9, "127.0.0.1").on("error", () => undefined);`;
  assert.equal(opensConnection(connect), true, "This test sees a connection.");
  const module = new URL("../../indexer/read/parseFile.ts", import.meta.url).href;
  const parse = `
    import { parseFile } from ${JSON.stringify(module)};
    for (const name of ["fivePages.pdf", "report.docx", "inventory.ts"])
      await parseFile(${JSON.stringify(fixtures)}, name, ${limit});`;
  assert.equal(opensConnection(parse), false);
});
