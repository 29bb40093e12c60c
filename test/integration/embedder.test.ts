import assert from "node:assert/strict";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Embedder } from "../../models/embedding/embedder.ts";
import { openEncoder } from "../../models/embedding/encoder.ts";
import { loadEncoder } from "../../models/embedding/loadEncoder.ts";
import { openEmbeddingModel } from "../../models/embedding/open.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { eventually } from "../support/workspace.ts";

const encoderDir = fileURLToPath(new URL("../../models/bundled/encoder", import.meta.url));
const tiny = fileURLToPath(new URL("../fixtures/tinyModel", import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), "carrel-embedder-"));
after(() => rm(scratch, { recursive: true, force: true }));

/** Processes that this one has started and that still run, or ended a moment ago. */
function processes(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "ProcessWrap").length;
}

async function whenProcesses(count: number): Promise<void> {
  await eventually(`${count} processes`, async () => processes() === count);
}

/** A program in the place of the embedder's: answers `load`, and does as told when it is to embed. */
async function standIn(name: string, onEmbed: string, id = '"model@1"'): Promise<string> {
  const file = join(scratch, `${name}.mjs`);
  await writeFile(
    file,
    `import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
     const once = (file) => !existsSync(file) && (writeFileSync(file, ""), true);
     process.on("message", ({ id, method, type }) => {
       const answer = (value) => process.send({ type: "result", id, value });
       if (type === "request" && method === "load") answer({ id: ${id}, dimension: 2 });
       if (type === "request" && method === "embed") { ${onEmbed} }
     });
     process.on("disconnect", () => process.exit(0));`,
  );
  return file;
}

const idle = (ms: number) => ({ passage: ms, query: ms });
const source = { kind: "bundled", dir: encoderDir } as const;
const text = ["Sick leave is paid for six weeks."];

test("the bundled transformer runs in a process of its own, which goes when idle and comes back", async () => {
  const here = await loadEncoder(encoderDir);
  const [expected] = await here.embed(text, "passage");
  await here.close();
  const model = await openEncoder(encoderDir, idle(50));
  assert.equal(processes(), 0, "nothing is loaded before it is needed");
  for (let round = 0; round < 2; round++) {
    const [vector] = await model.embed(text, "passage");
    assert.deepEqual(vector, expected);
    assert.equal(processes(), 1);
    await whenProcesses(0);
  }
  await model.close();
});

test("work that lasts longer than the idle time is not cut off", async (t) => {
  const asked = join(scratch, "asked");
  const entry = await standIn(
    "slow",
    `appendFileSync(${JSON.stringify(asked)}, "x");
     const count = readFileSync(${JSON.stringify(asked)}, "utf8").length;
     const timer = setInterval(() => {
       if (count <= 2 && !existsSync(${JSON.stringify(asked)} + count)) return;
       clearInterval(timer);
       answer([new Float32Array([1, 0])]);
     }, 10);`,
  );
  const embedder = new Embedder({ source, idleMs: idle(20), entry });
  t.after(() => embedder.close());
  const requests = async (): Promise<number> => (await readFile(asked, "utf8").catch(() => "")).length;
  await embedder.describe();
  const embedded = [embedder.embed(text, "query"), embedder.embed(text, "query")];
  await eventually("both requests", async () => (await requests()) >= 2);
  // Each lasts for more than the idle time, the second also after the first has ended.
  for (const [n, one] of embedded.entries()) {
    await sleep(150);
    await writeFile(`${asked}${n + 1}`, "");
    await one;
    assert.equal(await requests(), 2, "what is cut off is asked for again");
  }
});

test("who searched is expected to search again: it stays longer than after passages", async () => {
  const entry = await standIn("kept", "answer([new Float32Array([1, 0])]);");
  const embedder = new Embedder({ source, idleMs: { passage: 1, query: 600_000 }, entry });
  await embedder.embed(text, "passage");
  await whenProcesses(0);
  await embedder.embed(text, "query");
  await embedder.embed(text, "passage");
  await sleep(100);
  assert.equal(processes(), 1);
  await embedder.close();
});

test("a process that dies at its work is started once more", async () => {
  const mark = JSON.stringify(join(scratch, "died"));
  const entry = await standIn(
    "once",
    `once(${mark}) ? process.kill(process.pid, "SIGKILL") : answer([new Float32Array([1, 0])]);`,
  );
  const embedder = new Embedder({ source, idleMs: idle(5_000), entry });
  assert.deepEqual(await embedder.embed(text, "query"), [new Float32Array([1, 0])]);
  await embedder.close();
});

test("one that always dies is an error with what to do, and the next text tries again", async () => {
  const entry = await standIn("always", 'process.kill(process.pid, "SIGKILL");');
  const embedder = new Embedder({ source, idleMs: idle(5_000), entry });
  for (let round = 0; round < 2; round++) {
    await assert.rejects(embedder.embed(text, "query"), (error) => {
      assert.ok(error instanceof CarrelError);
      assert.match(error.message, /ended while it was needed/);
      assert.match(error.remedy, /memory/);
      return true;
    });
  }
  await embedder.close();
  await whenProcesses(0);
});

test("a model whose files have changed since is not mixed with the old one", async () => {
  const mark = JSON.stringify(join(scratch, "changed"));
  const entry = await standIn(
    "changing",
    "answer([new Float32Array([1, 0])]);",
    `once(${mark}) ? "model@1" : "model@2"`,
  );
  const embedder = new Embedder({ source, idleMs: idle(20), entry });
  assert.equal((await embedder.describe()).id, "model@1");
  await whenProcesses(0);
  await assert.rejects(embedder.embed(text, "query"), /its files have changed/);
  await embedder.close();
});

test("cancelling ends the request, closing ends the process and all that waits", async () => {
  const entry = await standIn("silent", "");
  const embedder = new Embedder({ source, idleMs: idle(5_000), entry });
  await embedder.describe();
  const controller = new AbortController();
  const cancelled = embedder.embed(text, "query", controller.signal);
  const waiting = embedder.embed(text, "query");
  waiting.catch(() => undefined);
  controller.abort();
  await assert.rejects(cancelled, { code: "cancelled" });
  await embedder.close();
  await assert.rejects(waiting, CarrelError);
  await assert.rejects(embedder.embed(text, "query"), { code: "gone" });
  await whenProcesses(0);
});

test("a damaged model is named, and leaves no process", async () => {
  const dir = join(scratch, "damaged");
  await cp(encoderDir, dir, { recursive: true });
  await writeFile(join(dir, "onnx", "model_quantized.onnx"), "not a model");
  const model = await openEncoder(dir);
  await assert.rejects(model.embed(text, "query"), /model_quantized\.onnx is not the file/);
  await whenProcesses(0);
  await model.close();
});

test("a chosen folder's model is opened in a process, and a folder without one says what is missing", async () => {
  const places = { bundledDir: join(encoderDir, ".."), url: "http://127.0.0.1:9", fetch };
  const model = await openEmbeddingModel(tiny, places);
  assert.match(model.id, /^tinyModel-fp32@/);
  assert.equal((await model.embed(["law"], "query"))[0]?.length, model.dimension);
  assert.equal(processes(), 1);
  await model.close();
  await assert.rejects(openEmbeddingModel(scratch, places), /config\.json is missing/);
  await whenProcesses(0);
});
