import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { startFakeOllama } from "../support/fakeOllama.ts";
import { startFakeOpenai } from "../support/fakeOpenai.ts";
import { published } from "../support/publishedSchema.ts";
import { workspaceOf } from "../support/workspace.ts";

const cli = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function carrel(...args: string[]): Promise<Run> {
  return carrelWith({}, ...args);
}

function carrelWith(own: Record<string, string>, ...args: string[]): Promise<Run> {
  const env = { ...process.env, ...own };
  return new Promise((done) => {
    execFile(process.execPath, [cli, ...args], { maxBuffer: 1e8, env }, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

test("the terminal's commands keep their contract", async (t) => {
  const workspace = await workspaceOf(t, {
    "lease.md": "# Lease\n\nEither party may end the lease with three months' notice.\n",
    "code/invoice.py": "def total(lines):\n    return sum(line.amount for line in lines)\n",
    ".env": "SECRET=1\n",
  });
  const { dir, storage } = workspace;
  const options = ["--store", storage, "--json", "--ollama", "http://127.0.0.1:9"];

  const index = await carrel("index", dir, ...options);
  assert.equal(index.code, 0, index.stderr);
  const summary = published("index", index.stdout);
  assert.equal(summary.files, 2);
  assert.ok(summary.chunks >= 2 && summary.seconds > 0);
  assert.equal(summary.skipped[0]?.path, ".env");
  assert.ok(summary.skipped[0]?.reason);

  const search = await carrel("search", dir, "notice to end the lease", "-k", "2", ...options);
  assert.equal(search.code, 0, search.stderr);
  const hits = published("search", search.stdout);
  assert.equal(hits[0]?.path, "lease.md");
  assert.ok(hits.length <= 2);

  const queries = join(storage, "queries.jsonl");
  await writeFile(queries, '{"id":"q1","query":"sum of invoice lines"}\n\n{"id":2,"query":"lease notice"}\n');
  const batch = await carrel("search", dir, "--queries", queries, ...options);
  assert.equal(batch.code, 0, batch.stderr);
  const lines = batch.stdout
    .trim()
    .split("\n")
    .map((line) => published("queries", line));
  assert.deepEqual(
    lines.map(({ id }) => id),
    ["q1", 2],
  );
  assert.equal(lines[0]?.hits[0]?.path, "code/invoice.py");

  const ask = await carrel("ask", dir, "How can the lease be ended?", ...options);
  assert.equal(ask.code, 0, ask.stderr);
  const answer = published("ask", ask.stdout);
  assert.equal(answer.written, false);
  assert.equal(answer.passages[0]?.path, "lease.md");
  assert.match(answer.notice ?? "", /ollama/i);

  const status = await carrel("status", dir, ...options);
  assert.equal(published("status", status.stdout).files, 2);
  assert.equal(status.code, 0);

  const text = await carrel(
    "ask",
    dir,
    "How can the lease be ended?",
    "--store",
    storage,
    "--ollama",
    "http://127.0.0.1:9",
  );
  assert.match(text.stdout, /lease\.md:\d+/);
  assert.match(text.stdout, /Connections opened: none/);
});

test("filters and neighbours in the terminal", async (t) => {
  const part = (n: number): string => `## Part ${n}\n\n${`The apples of part ${n} are ripe. `.repeat(30)}\n`;
  const workspace = await workspaceOf(t, {
    "docs/long.md": Array.from({ length: 5 }, (_, n) => part(n)).join("\n"),
    "src/apples.py": "def apples():\n    return 1\n",
    "src/test_apples.py": "def test_apples():\n    assert 1\n",
  });
  const { dir, storage } = workspace;
  const run = async (...args: string[]): Promise<Run> =>
    carrel(...args, "--store", storage, "--ollama", "http://127.0.0.1:9");
  const narrowed = await run(
    "search",
    dir,
    "apples -path:docs",
    "--scope",
    join(dir, "src"),
    "--kind",
    "tests",
    "--json",
  );
  assert.deepEqual(
    published("search", narrowed.stdout).map(({ path }) => path),
    ["src/test_apples.py"],
  );

  // What a program searches for may hold anything; the options narrow it.
  const queries = join(storage, "queries.jsonl");
  await writeFile(queries, '{"id":1,"query":"apples lang:nothing"}\n');
  const batch = await run("search", dir, "--queries", queries, "--json", "--lang", "py", "--in", "WORKSPACE");
  assert.deepEqual(
    published("queries", batch.stdout)
      .hits.map(({ path }) => path)
      .sort(),
    ["src/apples.py", "src/test_apples.py"],
  );

  const nothing = await run("ask", dir, "Where are apples? path:nowhere", "--json");
  const { passages, notice } = published("ask", nothing.stdout);
  assert.deepEqual(passages, []);
  assert.match(notice ?? "", /3 files in workspace, of which only path:nowhere/);
  const failed = await run("search", dir, "apples in:elsewhere");
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /no folder "elsewhere".*\n.*workspace/);

  const around = await run("search", dir, "apples kind:docs", "--neighbours", "1", "--json");
  const hits = published("search", around.stdout);
  const second = hits.find(({ text }) => text.includes("part 2"));
  assert.match(second?.before ?? "", /part 1/);
  assert.match(second?.after ?? "", /part 3/);
  assert.doesNotMatch(`${second?.before}${second?.after}`, /part [024]/);
  assert.equal(hits.find(({ text }) => text.includes("part 0"))?.before, "");
  assert.equal(hits.find(({ text }) => text.includes("part 4"))?.after, "");
});

test("wrong use exits with 2, failure with 1, each with what to do", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "apples\n" });
  const file = join(workspace.dir, "..", "file");
  await writeFile(file, "x");
  const cases: [string[], number, RegExp][] = [
    [["search"], 2, /needs a folder/],
    [["nonsense"], 2, /Unknown command/],
    [["index", join(workspace.dir, "nowhere")], 2, /There is no folder/],
    [["index", join(workspace.dir, "a.md")], 2, /is a file/],
    [
      ["search", workspace.dir, "--queries", "/no/such.jsonl", "--json", "--store", workspace.storage],
      2,
      /no file/,
    ],
    [
      ["search", workspace.dir, "x", "--embedding", "/no/model", "--store", workspace.storage],
      0,
      /no\/model/,
    ],
    [["index", workspace.dir, "--store", join(workspace.dir, "sub")], 2, /would index itself/],
    [["index", workspace.dir, "--store", join(file, "sub")], 1, /./],
  ];
  for (const [args, code, message] of cases) {
    const run = await carrel(...args);
    assert.equal(run.code, code, `${args.join(" ")}: ${run.stderr}`);
    assert.match(run.stderr, message);
  }
});

test("a model that is asked for by name and can't be had is a failure, with the passages all the same", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "Apples are red.\n" });
  const ollama = await startFakeOllama();
  t.after(() => ollama.close());
  const options = ["--store", workspace.storage, "--ollama", ollama.url, "--json"];
  const unknown = await carrel(
    "ask",
    workspace.dir,
    "Which colour are apples?",
    "--model",
    "no-such",
    ...options,
  );
  assert.equal(unknown.code, 1);
  assert.match(unknown.stderr, /no-such/);
  assert.equal(published("ask", unknown.stdout).passages[0]?.path, "a.md");

  const written = await carrel("ask", workspace.dir, "Which colour are apples?", ...options);
  assert.equal(written.code, 0, written.stderr);
  const answer = published("ask", written.stdout);
  assert.equal(answer.written, true);
  assert.match(answer.answer, /\[1\]/);
  assert.equal(answer.citations[0]?.path, "a.md");
  assert.equal(answer.checked[0]?.verdict, "supported");
  assert.deepEqual([...new Set(answer.connections.map(({ host }) => host))], ["127.0.0.1"]);

  const privacy = await carrel("privacy", ...options);
  const [connection] = published("privacy", privacy.stdout);
  assert.deepEqual([connection?.host, connection?.opened], ["127.0.0.1", true]);
  const doctor = await carrel("doctor", ...options);
  assert.equal(doctor.code, 0, doctor.stdout);
  assert.ok(published("doctor", doctor.stdout).length >= 5);
});

test("--second-reader lets the model read again what could not be confirmed, and says what it found", async (t) => {
  const words = "Whoever is ill for longer than three days hands in a doctor's note";
  const workspace = await workspaceOf(t, { "leave.md": `# Leave\n\n${words}.\n` });
  const ollama = await startFakeOllama({
    answer: (messages) =>
      messages.at(-1)?.content.includes("Sentences:\n1 (passage 1)")
        ? `1: "${words}."`
        : "With a sickness beyond three days, a physician must certify it and write a note [1].",
  });
  t.after(() => ollama.close());
  const args = [
    "ask",
    workspace.dir,
    "What when I am ill?",
    "--store",
    workspace.storage,
    "--ollama",
    ollama.url,
  ];
  const once = await carrel(...args);
  assert.match(once.stdout, /Checked: Could not be confirmed by its sources\./);
  const again = await carrel(...args, "--second-reader");
  assert.match(again.stdout, /Read again by qwen3:4b: 1 of 1 sentence confirmed\./);
  assert.match(again.stdout, /= Confirmed by qwen3:4b: “With a sickness/);
  assert.ok(again.stdout.includes(`“${words}”`), again.stdout);
  const json = published("ask", (await carrel(...args, "--second-reader", "--json")).stdout);
  assert.equal(json.reader, "qwen3:4b");
  assert.deepEqual(json.checked[0]?.confirmed, { number: 1, text: words });
});

test("an answer is streamed, then checked sentence by sentence; what names no source does not pass as plain text", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "Apples are red.\n" });
  const ollama = await startFakeOllama({
    answer: "Apples are red [1].\n\nThe limit for them is 5,000 euros.",
    tokenDelayMs: 40,
  });
  t.after(() => ollama.close());
  const args = ["ask", workspace.dir, "Which colour are apples?", "--store", workspace.storage];
  const pieces: string[] = [];
  const child = spawn(process.execPath, [cli, ...args, "--ollama", ollama.url]);
  child.stdout.setEncoding("utf8").on("data", (text: string) => pieces.push(text));
  const code = await new Promise((done) => child.once("close", done));
  assert.equal(code, 0);
  const stdout = pieces.join("");
  assert.match(
    stdout,
    /^Question: Which colour are apples\?\n\n {2}Apples are red \[1\]\.\n {2}\n {2}The limit for them is 5,000 euros\.\n\nChecked: /,
  );
  assert.match(stdout, /^ {2}\S [A-Z].*: “The limit for them is 5,000 euros\.”$/m);
  const first = pieces.findIndex((piece) => piece.includes("Apples"));
  const last = pieces.findIndex((piece) => piece.includes("Checked: "));
  assert.ok(first >= 0 && last > first + 1, `the answer came in pieces: ${JSON.stringify(pieces)}`);
});

test("an answer that broke off is a failure, as text and as JSON, and keeps what was written", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "Apples are red.\n" });
  const ollama = await startFakeOllama({ fault: "cut-stream" });
  t.after(() => ollama.close());
  const args = ["ask", workspace.dir, "Which colour are apples?", "--store", workspace.storage];
  const text = await carrel(...args, "--ollama", ollama.url);
  assert.equal(text.code, 1, text.stdout);
  assert.match(text.stdout, /^ {2}\S/m);
  assert.match(text.stdout, /^The answer is not complete: /m);
  const json = await carrel(...args, "--ollama", ollama.url, "--json");
  assert.equal(json.code, 1);
  const answer = published("ask", json.stdout);
  assert.equal(answer.incomplete, true);
  assert.notEqual(answer.answer, "");
  assert.match(json.stderr, /^carrel: The answer is not complete: /m);
});

test("who reads no further ends the answer without a complaint", async (t) => {
  if (process.platform === "win32") return t.skip("no such pipes on Windows");
  const workspace = await workspaceOf(t, { "a.md": "Apples are red.\n" });
  const ollama = await startFakeOllama({ answer: "Word after word. ".repeat(400), tokenDelayMs: 5 });
  t.after(() => ollama.close());
  const args = ["ask", workspace.dir, "Which colour are apples?", "--store", workspace.storage];
  const child = spawn(process.execPath, [cli, ...args, "--ollama", ollama.url]);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    if (text.includes("Word")) child.stdout.destroy();
  });
  const code = await new Promise((done) => child.once("close", done));
  assert.equal(code, 141, stderr);
  assert.equal(stderr, "");
});

test("another server answers by its key, which stands nowhere", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "Apples are red.\n" });
  const key = "sk-very-secret";
  const server = await startFakeOpenai({ key });
  t.after(() => server.close());
  const options = ["--store", workspace.storage, "--ollama", "http://127.0.0.1:9", "--server", server.url];
  const question = ["ask", workspace.dir, "Which colour are apples?", ...options];

  const refused = await carrel(...question, "--json");
  assert.match(published("ask", refused.stdout).notice ?? "", /wants a key.*CARREL_OPENAI_KEY/);
  const written = await carrelWith({ CARREL_OPENAI_KEY: key }, ...question, "--json");
  const answer = published("ask", written.stdout);
  assert.equal(answer.model, "openai:smollm2-instruct");
  assert.deepEqual(answer.server, { product: "llama.cpp", url: server.url });
  assert.equal(answer.checked[0]?.verdict, "supported");
  const shown = await carrelWith(
    { CARREL_OPENAI_KEY: key },
    ...question,
    "--model",
    "openai:smollm2-instruct",
  );
  assert.match(shown.stdout, /by openai:smollm2-instruct \(llama\.cpp\)/);
  const doctor = await carrelWith({ CARREL_OPENAI_KEY: key }, "doctor", ...options);
  assert.match(doctor.stdout, /llama\.cpp b1-7e4c0a9: 1 model, answers come from openai:smollm2-instruct/);
  const privacy = await carrelWith({ CARREL_OPENAI_KEY: key }, "privacy", ...options);

  assert.ok(server.requests.some((request) => request.key === key));
  for (const { stdout, stderr } of [written, shown, doctor, privacy])
    assert.ok(!(stdout + stderr).includes(key));
  for (const entry of await readdir(workspace.storage, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    assert.ok(!bytes.includes(key), entry.name);
  }
});

test("a query file with a broken line says which", async (t) => {
  const workspace = await workspaceOf(t, { "a.md": "apples\n" });
  const queries = join(workspace.dir, "..", "queries.jsonl");
  await writeFile(queries, '{"id":1,"query":"apples"}\nnot json\n');
  const run = await carrel(
    "search",
    workspace.dir,
    "--queries",
    queries,
    "--json",
    "--store",
    workspace.storage,
  );
  assert.equal(run.code, 1);
  assert.match(run.stderr, /queries\.jsonl:2/);
});

test("help names every command", async () => {
  const { code, stdout } = await carrel("--help");
  assert.equal(code, 0);
  for (const command of ["index", "search", "ask", "status", "doctor", "privacy"])
    assert.match(stdout, new RegExp(command));
});

test("doctor --models says what this machine can run, with installed models and without a server", async (t) => {
  const workspace = await workspaceOf(t, {});
  const models = [
    { name: "qwen3:8b", size: 5.2e9, capabilities: ["completion", "thinking"] },
    { name: "all-minilm:latest", size: 46e6, capabilities: ["embedding"] },
  ];
  const fake = await startFakeOllama({ models });
  t.after(() => fake.close());
  const options = ["--store", workspace.storage];

  const found = await carrel("doctor", "--models", "--json", ...options, "--ollama", fake.url);
  assert.equal(found.code, 0, found.stderr);
  const report = published("models", found.stdout);
  assert.ok((report.machine.bytesPerSecond ?? 0) > 0, report.machine.notes.join());
  const installed = report.models.filter(({ isInstalled }) => isInstalled);
  assert.deepEqual(
    installed.map(({ name }) => name),
    ["qwen3:8b"],
  );
  assert.match(installed[0]?.reasoning ?? "", /^5\.2 GB of weights \+ /);
  assert.ok(report.models.length > 10 && report.recommended);

  const down = await carrel("doctor", "--models", ...options, "--ollama", "http://127.0.0.1:9");
  assert.equal(down.code, 0, down.stderr);
  assert.match(down.stdout, /## Installed models\n\nNo model server answers at/);
  assert.ok(down.stdout.includes("## Well-known models"));
});
