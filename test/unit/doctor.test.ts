import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { examine } from "../../engine/doctor.ts";
import { CarrelError } from "../../protocol/channel.ts";
import type { ChatServer, Check } from "../../protocol/data.ts";

async function modelServer(server: Partial<ChatServer>): Promise<Check | undefined> {
  const checks = await examine({
    storage: tmpdir(),
    openEmbedding: async () => {
      throw new CarrelError("No such model.", "Choose another.");
    },
    chatServer: async () => ({ url: "http://127.0.0.1:1", state: "ready", models: [], ...server }),
  });
  return checks.find(({ name }) => name === "Model server");
}

test("the doctor names the server by what it calls itself, whatever kind it is", async () => {
  const chosen = { chosen: "tiny", models: [{ name: "tiny", sizeBytes: 0 }] };
  assert.deepEqual(await modelServer({ product: "Ollama", version: "0.40.0", ...chosen }), {
    name: "Model server",
    state: "ok",
    detail: "http://127.0.0.1:1, Ollama 0.40.0: 1 models, answers come from tiny",
  });
  assert.equal(
    (await modelServer({ product: "llama.cpp", ...chosen }))?.detail,
    "http://127.0.0.1:1, llama.cpp: 1 models, answers come from tiny",
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
