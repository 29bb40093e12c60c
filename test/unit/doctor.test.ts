import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { examine } from "../../engine/doctor.ts";
import { wallsCheck } from "../../engine/wallsCheck.ts";
import { CarrelError } from "../../protocol/channel.ts";
import type { ChatServer, Check } from "../../protocol/data.ts";

async function modelServer(server: Partial<ChatServer>): Promise<Check | undefined> {
  return (await checksOf(server)).find(({ name }) => name === "Model server");
}

async function checksOf(server: Partial<ChatServer>): Promise<Check[]> {
  return await examine({
    storage: tmpdir(),
    openEmbedding: async () => {
      throw new CarrelError("No such model.", "Choose another.");
    },
    walls: [],
    chatServer: async () => ({ url: "http://127.0.0.1:1", state: "ready", models: [], ...server }),
  });
}

test("the doctor names the server by what it calls itself, whatever kind it is", async () => {
  const chosen = { chosen: "tiny", models: [{ name: "tiny", sizeBytes: 0 }] };
  assert.deepEqual(await modelServer({ product: "Ollama", version: "0.40.0", ...chosen }), {
    name: "Model server",
    state: "ok",
    detail: "http://127.0.0.1:1, Ollama 0.40.0: 1 model, answers come from tiny",
  });
  assert.equal(
    (await modelServer({ product: "llama.cpp", ...chosen }))?.detail,
    "http://127.0.0.1:1, llama.cpp: 1 model, answers come from tiny",
  );
});

test("a server that is not there is a warning with its remedy, and says no name", async () => {
  const down = { state: "down", detail: "It sleeps.", remedy: "Wake it." } as const;
  assert.deepEqual(await modelServer(down), {
    name: "Model server",
    state: "warning",
    detail: "http://127.0.0.1:1: It sleeps.",
    remedy: "Wake it.",
  });
});

test("a second server is told of too, and is missed only where nobody answers", async () => {
  const down = {
    url: "http://127.0.0.1:2",
    state: "down",
    detail: "It sleeps.",
    remedy: "Wake it.",
  } as const;
  const far = {
    url: "http://192.168.1.20:8000",
    state: "ready",
    product: "vLLM",
    away: "192.168.1.20",
  } as const;
  const others = async (server: Partial<ChatServer>) =>
    (await checksOf(server)).filter(({ name }) => name === "Other model server");
  assert.deepEqual(await others({ chosen: "tiny", others: [down, far] }), [
    { name: "Other model server", state: "ok", detail: "http://127.0.0.1:2: It sleeps." },
    { name: "Other model server", state: "ok", detail: "http://192.168.1.20:8000, vLLM, not this machine" },
  ]);
  const [missed] = await others({ state: "down", others: [down] });
  assert.deepEqual([missed?.state, missed?.remedy], ["warning", "Wake it."]);
});

test("a remedy never stands without its reason", async () => {
  const chosen = { chosen: "tiny", models: [{ name: "tiny", sizeBytes: 0 }] };
  const old = await modelServer({ ...chosen, detail: "It has holes.", remedy: "Update it." });
  assert.equal(old?.detail, "http://127.0.0.1:1: 1 model, answers come from tiny. It has holes.");
  assert.equal(old?.remedy, "Update it.");
  const checks = await examine({
    storage: tmpdir(),
    openEmbedding: () => Promise.reject(new CarrelError("No such model.", "Choose another.")),
    walls: [],
    chatServer: async () => ({ url: "", state: "ready", models: [] }),
  });
  const embedding = checks.find(({ name }) => name === "Embedding model");
  assert.deepEqual([embedding?.detail, embedding?.remedy], ["No such model.", "Choose another."]);
});

const stopped = [
  { what: "a thread", wall: "seat belt", isStopped: true },
  { what: "any network", wall: "network", isStopped: true },
  { what: "writing a file", wall: "files", isStopped: true },
] as const;
const tryOut = (attempts: Awaited<ReturnType<Parameters<typeof wallsCheck>[0]["attempts"]>>) =>
  wallsCheck({ process: "file reader", kind: "closed", attempts: async () => attempts });

test("the doctor names each wall with what was tried, and what this machine does not have", async () => {
  const all = await tryOut([...stopped]);
  assert.deepEqual([all.name, all.state], ["Walls of the file reader", "ok"]);
  for (const { what } of stopped) assert.ok(all.detail.includes(what), what);
  const without = await tryOut([stopped[0], stopped[1], { ...stopped[2], isStopped: false }]);
  assert.equal(without.state, "warning");
  assert.match(without.detail, /does not have: Node's permission model \(possible: writing a file\)$/);
  const untried = await tryOut([stopped[0], stopped[2]]);
  assert.equal(untried.state, "warning", "what was not tried does not stand");
});

test("a seat belt that lets something through, or can't be tried, is a failure", async () => {
  const open = await tryOut([{ ...stopped[0], isStopped: false }, ...stopped.slice(1)]);
  assert.deepEqual([open.state, open.detail], ["failed", "The seat belt let through: a thread"]);
  assert.equal((await tryOut([])).state, "failed");
  const broken = await wallsCheck({
    process: "engine",
    kind: "connected",
    attempts: () => Promise.reject(new Error("It is gone.")),
  });
  assert.deepEqual([broken.state, broken.detail], ["failed", "They can't be tried: It is gone."]);
});
