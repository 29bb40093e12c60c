import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { createChangeBatch } from "../../extension/changeBatch.ts";
import { cutText } from "../../extension/cutText.ts";
import { embeddingRows } from "../../extension/embeddingRows.ts";
import { placeOf } from "../../extension/passagePlace.ts";
import { connectionsReport, type Report, statusReport } from "../../extension/reportText.ts";
import { engineSettings, indexesAtOnce, settingNames } from "../../extension/settings.ts";
import { statusView } from "../../extension/statusText.ts";
import { isPlainDocument, workspaceFile } from "../../extension/workspaceFiles.ts";
import { defaultSettings } from "../../protocol/data.ts";
import { readyStatus } from "./scriptedEngine.ts";

/** A configuration with the user's values, and what a workspace's settings would make of them. */
function configuration(user: Record<string, unknown>, workspace: Record<string, unknown> = {}) {
  return {
    get: (name: string) => workspace[name] ?? user[name],
    inspect: (name: string) => ({ globalValue: user[name], workspaceValue: workspace[name] }),
  };
}

test("settings are read, and values of a wrong type count as not set", () => {
  const read = (user: Record<string, unknown>) => engineSettings(configuration(user));
  assert.deepEqual(read({}), defaultSettings);
  assert.equal(read({ "ollama.url": " http://localhost:1234 " }).modelServerUrl, "http://localhost:1234");
  assert.equal(read({ "ollama.url": "" }).modelServerUrl, defaultSettings.modelServerUrl);
  assert.deepEqual(read({ allowedHosts: ["a.lan", 3, null] }).allowedHosts, ["a.lan"]);
  assert.equal(read({ chatModel: { name: "x" } }).chatModel, "");
  assert.equal(read({ "indexing.maxFileSizeMB": 5 }).maxFileBytes, 5_000_000);
  assert.equal(read({ "indexing.maxFileSizeMB": 1e9 }).maxFileBytes, 100_000_000);
  assert.equal(read({ "indexing.maxFileSizeMB": -1 }).maxFileBytes, defaultSettings.maxFileBytes);
  assert.equal(read({ "ocr.enabled": false }).ocr, false);
  assert.deepEqual(read({ "ocr.languages": ["deu", "../x", 1, "deu", " chi_sim "] }).ocrLanguages, [
    "deu",
    "chi_sim",
  ]);
  assert.deepEqual(read({ "ocr.languages": ["../x"] }).ocrLanguages, ["eng"]);
  assert.equal(indexesAtOnce(configuration({ "indexing.auto": "yes" })), false);
  assert.equal(indexesAtOnce(configuration({ "indexing.auto": true })), true);
});

test("OLLAMA_HOST is the model server where none is set, and only ever on this machine", () => {
  const usual = defaultSettings.modelServerUrl;
  const read = (host: string | undefined, user: Record<string, unknown> = {}): string =>
    engineSettings(configuration(user), { OLLAMA_HOST: host }).modelServerUrl;
  const cases: [string | undefined, string][] = [
    [undefined, usual],
    ["", usual],
    ["127.0.0.1:11435", "http://127.0.0.1:11435"],
    ["127.0.0.1", usual],
    [' "localhost:8080" ', "http://127.0.0.1:8080"],
    [":9999", "http://127.0.0.1:9999"],
    ["0.0.0.0:9999", "http://127.0.0.1:9999"],
    ["0.0.0.0", usual],
    ["http://127.0.0.2", "http://127.0.0.2:80"],
    ["https://127.0.0.1:8443/", "https://127.0.0.1:8443"],
    ["[::1]:9999", "http://[::1]:9999"],
    ["::1", "http://[::1]:11434"],
    ["[::]:9999", "http://[::1]:9999"],
    ["gpu.office.lan:11434", usual],
    ["192.168.1.5", usual],
    ["127.0.0.1.evil.example", usual],
    ["127.0.0.1@evil.example", usual],
    ["http://user:secret@127.0.0.1:1", usual],
    ["http://evil.example/127.0.0.1", usual],
    ["127.0.0.1:99999", usual],
    ["ftp://127.0.0.1", usual],
    ["[::ffff:8.8.8.8]:80", usual],
  ];
  for (const [host, expected] of cases) assert.equal(read(host), expected, String(host));
  assert.equal(read(":9999", { "ollama.url": "http://127.0.0.1:1234" }), "http://127.0.0.1:1234");
  assert.equal(read(":9999", { "ollama.url": " " }), "http://127.0.0.1:9999");
});

test("no setting is taken from a workspace", () => {
  const hostile = {
    "ollama.url": "http://evil.example",
    "openai.url": "http://evil.example",
    allowedHosts: ["evil.example"],
    chatModel: "spy",
    embeddingModel: "/tmp/evil",
    "answers.secondReader": true,
    "indexing.auto": true,
    "indexing.exclude": ["*"],
    "indexing.maxFileSizeMB": 100,
    "indexing.refine": false,
    "ocr.enabled": false,
    "ocr.languages": ["evil"],
    "ocr.languageFolder": "/tmp/evil",
    "secrets.allow": ["0123456789ab"],
  };
  const mixed = configuration({ chatModel: "mine", "indexing.exclude": ["vendor/"] }, hostile);
  assert.deepEqual(Object.keys(hostile).sort(), [...settingNames].sort(), "every setting is tried");
  assert.deepEqual(engineSettings(mixed), { ...defaultSettings, chatModel: "mine", exclude: ["vendor/"] });
  assert.equal(indexesAtOnce(mixed), false);
});

test("of a server's models those that make embeddings can be chosen, and many languages come first", () => {
  const models = [
    { name: "qwen3:4b", sizeBytes: 1 },
    { name: "all-minilm:latest", sizeBytes: 1, embeds: true, embedsAs: "ollama:all-minilm:latest" },
    {
      name: "bge-m3:latest",
      sizeBytes: 1,
      embeds: true,
      embedsAs: "ollama:bge-m3:latest",
      manyLanguages: true,
    },
  ];
  const rows = (current: string) =>
    embeddingRows(models, current).map(({ value, isInUse }) => [value, isInUse]);
  assert.deepEqual(rows("ollama:all-minilm:latest"), [
    ["ollama:bge-m3:latest", false],
    ["ollama:all-minilm:latest", true],
  ]);
  assert.deepEqual(rows("ollama:bge-m3")[0], ["ollama:bge-m3:latest", true]);
  assert.equal(rows("bundled").filter(([, isInUse]) => isInUse).length, 0);
});

test("a file is opened only where the workspace really has it", async () => {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "carrel-files-")));
  try {
    const folder = join(scratch, "work");
    mkdirSync(join(folder, "sub"), { recursive: true });
    writeFileSync(join(folder, "sub", "a.txt"), "a");
    writeFileSync(join(scratch, "secret.txt"), "s");
    mkdirSync(join(scratch, "work2"));
    writeFileSync(join(scratch, "work2", "b.txt"), "b");
    symlinkSync(join(scratch, "secret.txt"), join(folder, "link.txt"));
    symlinkSync(folder, join(scratch, "alias"));
    const folders = [
      { path: folder, name: "work" },
      { path: join(scratch, "alias"), name: "alias" },
    ];
    const open = (path: string, from = folder) => workspaceFile(folders, { folder: from, path });

    assert.equal(await open("sub/a.txt"), join(folder, "sub", "a.txt"));
    assert.equal(await open("sub/a.txt", join(scratch, "alias")), join(scratch, "alias", "sub", "a.txt"));
    for (const path of [
      "../secret.txt",
      "sub/../../secret.txt",
      "../work2/b.txt",
      "link.txt",
      "",
      ".",
      "..",
    ]) {
      await assert.rejects(open(path), /outside the workspace/, path);
    }
    await assert.rejects(open(join(folder, "sub", "a.txt")), /outside the workspace/);
    await assert.rejects(open("gone.txt"), /no longer there/);
    await assert.rejects(open("secret.txt", scratch), /not a folder of this workspace/);
  } finally {
    rmSync(scratch, { recursive: true });
  }
});

test("only documents without code are given to other programs", () => {
  for (const path of ["a.pdf", "b/C.DOCX", "x.epub"]) assert.equal(isPlainDocument(path), true, path);
  for (const path of ["a.docm", "a.pdf.desktop", "run.sh", "a.html", "pdf", "a.lnk"]) {
    assert.equal(isPlainDocument(path), false, path);
  }
});

test("a passage is found where it stands now", () => {
  const passage = {
    startLine: 2,
    endLine: 3,
    text: "two\nthree is long",
    marks: [[4, 9]] as [number, number][],
  };
  const lines = (text: string): [number, number] => {
    const { startLine, endLine } = placeOf(passage, text);
    return [startLine, endLine];
  };
  assert.deepEqual(lines("one\ntwo\nthree is long\nfour"), [2, 3]);
  assert.deepEqual(lines("new\nnew\none\ntwo\nthree is long\nfour"), [4, 5]);
  assert.deepEqual(lines("one\r\ntwo\r\nthree is long\r\nfour"), [2, 3]);
  assert.deepEqual(lines("two\nthree is long\n\n\n\n\ntwo\nthree is long"), [1, 2]);
  // Not found any more: the old lines, within the text.
  assert.deepEqual(lines("a\nb\nc\nd"), [2, 3]);
  assert.deepEqual(lines("a"), [1, 1]);
  assert.deepEqual(lines(""), [1, 1]);
});

test("marked sentences are found in the passage", () => {
  const passage = {
    startLine: 1,
    endLine: 2,
    text: "two\nthree is long",
    marks: [[4, 9]] as [number, number][],
  };
  const mark = { start: { line: 4, column: 0 }, end: { line: 4, column: 5 } };
  assert.deepEqual(placeOf(passage, "three\r\n\r\ntwo\r\nthree is long").marks, [mark]);
  assert.deepEqual(placeOf(passage, "changed").marks, []);
});

test("changes are handed on together, and many become one look at the disk", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const seen: (string[] | "many")[] = [];
  const batch = createChangeBatch({
    pauseMs: 200,
    most: 3,
    onPaths: (paths) => seen.push(paths),
    onMany: () => seen.push("many"),
  });
  batch.add("a");
  context.mock.timers.tick(150);
  for (const path of ["b", "a"]) batch.add(path);
  assert.deepEqual(seen, []);
  context.mock.timers.tick(50);
  assert.deepEqual(seen, [["a", "b"]]);
  for (const path of ["a", "b", "c", "d"]) batch.add(path);
  context.mock.timers.tick(200);
  assert.deepEqual(seen[1], "many");
  batch.add("last");
  batch.dispose();
  context.mock.timers.tick(1_000);
  assert.equal(seen.length, 2);
});

test("the status bar says how things stand", () => {
  const text = (...args: Parameters<typeof statusView>) => statusView(...args)?.text;
  const running = { state: "running" } as const;
  assert.equal(text({ state: "stopped" }, undefined), undefined);
  assert.equal(text({ state: "starting" }, undefined), "$(loading~spin) Carrel starting");
  assert.equal(text(running, readyStatus), "$(book) Carrel");
  assert.equal(
    text(running, { ...readyStatus, state: "indexing", done: 1200, total: 5000 }),
    "$(sync~spin) Carrel 1,200/5,000",
  );
  assert.equal(text(running, { ...readyStatus, state: "paused" }), "$(debug-pause) Carrel paused");
  const problem = statusView(running, {
    ...readyStatus,
    state: "problem",
    problem: "Disk full.",
    remedy: "Free some.",
  });
  assert.deepEqual([problem?.severity, problem?.detail], ["warning", "Disk full. Free some."]);
  const scanning = (read: number): string | undefined =>
    statusView(running, { ...readyStatus, scans: { read, pages: 1_040 } })?.detail;
  assert.match(scanning(12) ?? "", / 12 of 1,040 scanned pages are read\.$/);
  assert.equal(scanning(1_040), "Ready: 3 files, 12 passages, 1 file left out.");
  const failed = statusView({ state: "failed", message: "It stays down." }, readyStatus);
  assert.deepEqual([failed?.severity, failed?.label], ["error", "Carrel stopped. It stays down."]);
});

const attempts = [
  {
    time: "12:00",
    host: "127.0.0.1",
    port: 11434,
    purpose: "chat",
    allowed: true,
    opened: true,
    reason: "this machine",
  },
  {
    time: "12:01",
    host: "evil.example",
    port: 443,
    purpose: "chat",
    allowed: false,
    opened: false,
    reason: "not allowed",
  },
] as const;

const report: Report = {
  engine: { state: "running" },
  folders: [{ path: "/work", name: "work" }],
  storage: "/storage",
  settings: defaultSettings,
  status: readyStatus,
  skipped: [
    { path: "big.bin", reason: "binary" },
    { path: "a.key", reason: "may hold a secret" },
    { path: "b.bin", reason: "binary" },
  ],
  withheld: [{ path: "conf/server.ini", line: 3, kind: "password", fingerprint: "0123456789ab" }],
  server: {
    url: "http://127.0.0.1:11434",
    state: "ready",
    product: "Ollama",
    version: "0.40.0",
    models: [
      { name: "qwen3:4b", sizeBytes: 2.5e9, parameters: "4.0B", contextLength: 32768 },
      { name: "big:cloud", sizeBytes: 0, refused: "Runs in the cloud." },
    ],
    chosen: "qwen3:4b",
  },
  connections: attempts,
  kept: [...attempts, { ...attempts[1], time: "11:00", host: "before.example" }],
  keptSince: "10:00",
};

test("the status report accounts for files, models and connections", () => {
  const text = statusReport(report);
  for (const line of [
    "- State: ready",
    "- Lies in: /storage",
    "- Model server: http://127.0.0.1:11434, ready, Ollama 0.40.0",
    "- Answers come from: qwen3:4b",
    "qwen3:4b (4.0B · 2.5 GB · reads 32,768 tokens); big:cloud, not used: Runs in the cloud.",
    "- evil.example:443: refused for the chat: not allowed",
    "### binary (2)\n\n- big.bin\n- b.bin",
    "### may hold a secret (1)",
    "## Held back as secrets (1)",
    "- conf/server.ini:3 · password · 0123456789ab",
    "setting carrel.secrets.allow",
  ]) {
    assert.ok(text.includes(line), `${line}\nin\n${text}`);
  }
});

test("the report comes without an engine too", () => {
  const engine = { state: "failed", message: "It died." } as const;
  const down = {
    ...report,
    engine,
    status: undefined,
    skipped: [],
    server: undefined,
    connections: [],
    kept: [],
  };
  assert.match(statusReport(down), /State: engine failed: It died\./);
  assert.match(connectionsReport(down), /None: the engine does not run\./);
});

test("the report of connections lists each one", () => {
  const text = connectionsReport(report);
  assert.match(text, /12:00 · opened · 127\.0\.0\.1:11434 · chat/);
  assert.match(text, /12:01 · REFUSED · evil\.example:443 · chat · not allowed/);
  assert.match(text, /^## Since 10:00$/m);
  assert.match(text, /REFUSED · before\.example/, "another engine's");
  assert.doesNotMatch(statusReport(report), /before\.example/);
});

test("selected text that nobody could read at once is cut at the end of a line", () => {
  assert.equal(cutText("one\ntwo\n"), "one\ntwo\n");
  const line = `${"x".repeat(99)}\n`;
  assert.equal(cutText(line.repeat(1_000)), line.repeat(200).slice(0, -1));
  assert.equal(cutText("y".repeat(30_000)).length, 20_000);
});
