import assert from "node:assert/strict";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { EngineClient } from "../../extension/engineClient.ts";
import { forkEngine } from "../../extension/forkEngine.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { defaultSettings } from "../../protocol/data.ts";
import { engineArguments } from "../../protocol/launch.ts";

/** An engine that answers three requests: one tells where it runs, one kills it, one makes it exit. */
const script = `
const status = { state: "ready", done: 0, total: 0, files: 0, chunks: 0, refined: 0, skipped: 0, writer: true, embedding: "" };
process.stderr.write("native code speaks\\n");
process.on("message", ({ type, id, method }) => {
  if (type !== "request") return;
  const reply = (value) => process.send({ type: "result", id, value });
  if (method === "initialize") reply({ version: "1", status });
  if (method === "search") process.kill(process.pid, "SIGKILL");
  if (method === "pause") process.exit(3);
  if (method === "document") {
    const text = JSON.stringify({ cwd: process.cwd(), env: process.env, execArgv: process.execArgv, pid: process.pid });
    reply({ text, pages: [] });
  }
});
process.on("disconnect", () => process.exit(0));
`;

let folder = "";
let entry = "";

before(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "carrel-fork-")));
  entry = join(folder, "engine.cjs");
  writeFileSync(entry, script);
});
after(() => rmSync(folder, { recursive: true }));

function client(logged: string[] = []): EngineClient {
  return new EngineClient({
    fork: () => forkEngine(entry),
    start: () => ({ storage: folder, folders: [], settings: defaultSettings }),
    log: (_, message) => logged.push(message),
    restarts: { waits: [1], deaths: 5, window: 60_000, startLimit: 30_000 },
  });
}

interface Place {
  readonly cwd: string;
  readonly env: Record<string, string>;
  readonly execArgv: string[];
  readonly pid: number;
}

async function placeOf(engine: EngineClient): Promise<Place> {
  return JSON.parse((await engine.document("", "")).text) as Place;
}

test("the engine runs beside its code, without the host's debug flags, hub tokens and telemetry", async () => {
  const engine = client();
  process.env["HF_TOKEN"] = "secret";
  process.env["NODE_OPTIONS"] = "--no-warnings";
  try {
    const { cwd, env, execArgv } = await placeOf(engine);
    assert.equal(cwd, folder);
    assert.deepEqual(execArgv, [...engineArguments]);
    assert.deepEqual([env["HF_TOKEN"], env["NODE_OPTIONS"]], [undefined, undefined]);
    assert.deepEqual([env["ELECTRON_RUN_AS_NODE"], env["ORT_DISABLE_TELEMETRY"]], ["1", "1"]);
  } finally {
    delete process.env["HF_TOKEN"];
    delete process.env["NODE_OPTIONS"];
    engine.dispose();
  }
});

test("a killed engine ends its request as gone and comes back as another process", async () => {
  const logged: string[] = [];
  const engine = client(logged);
  try {
    const { pid } = await placeOf(engine);
    const isGone = (error: unknown): boolean => error instanceof CarrelError && error.code === "gone";
    await assert.rejects(engine.search({ query: "x", k: 1, mode: "hybrid" }), isGone);
    assert.notEqual((await placeOf(engine)).pid, pid);
    await assert.rejects(engine.pause(), isGone);
    await placeOf(engine);
    assert.ok(logged.includes("The engine stopped: signal SIGKILL."));
    assert.ok(logged.includes("The engine stopped: exit code 3."));
    assert.ok(logged.includes("native code speaks"));
  } finally {
    engine.dispose();
  }
});

test("an entry that is not there leaves a message, not a loop", async () => {
  const logged: string[] = [];
  const engine = new EngineClient({
    fork: () => forkEngine(join(folder, "missing.js")),
    start: () => ({ storage: folder, folders: [], settings: defaultSettings }),
    log: (_, message) => logged.push(message),
    restarts: { waits: [1], deaths: 2, window: 60_000, startLimit: 30_000 },
  });
  await assert.rejects(engine.start(), /stopped 2 times.*exit code 1/);
  assert.ok(logged.some((line) => line.includes("Cannot find module")));
});
