import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { openEmbeddingModel } from "../../models/embedding/open.ts";
import { findModelRow, knownModels } from "../../models/embedding/registry.ts";
import { CarrelError } from "../../protocol/channel.ts";

test("a model is found by its name on a hub, on Ollama, or as a folder", () => {
  const cases: Record<string, string | undefined> = {
    "all-MiniLM-L6-v2": "all-MiniLM-L6-v2",
    "sentence-transformers/all-MiniLM-L6-v2": "all-MiniLM-L6-v2",
    "/home/me/models/bge-small-en-v1.5": "bge-small-en-v1.5",
    "C:\\models\\BGE-M3": "bge-m3",
    "all-minilm:l6-v2": "all-MiniLM-L6-v2",
    "library/nomic-embed-text:latest": "nomic-embed-text-v1.5",
    "embeddinggemma:300m": "embeddinggemma-300m",
    "my-own-model": undefined,
    "": undefined,
  };
  for (const [name, expected] of Object.entries(cases))
    assert.equal(findModelRow(name)?.name, expected, name);
});

test("no two models share a name, and each row is whole", () => {
  const names = knownModels.flatMap((row) =>
    [row.name, ...(row.aliases ?? [])].map((one) => one.toLowerCase()),
  );
  assert.equal(new Set(names).size, names.length);
  for (const row of knownModels) {
    assert.ok(row.dimension >= 128 && row.context >= 256, row.name);
    assert.notEqual(row.licence, "", row.name);
  }
});

const places = {
  bundledDir: fileURLToPath(new URL("../../models/bundled", import.meta.url)),
  url: "http://127.0.0.1:1",
  fetch: () => Promise.reject(new TypeError("nothing is fetched here")),
};

test("the setting chooses the model", async () => {
  const bundled = await openEmbeddingModel("bundled", places);
  assert.match(bundled.id, /^carrel-static-\d+@/);
  await assert.rejects(openEmbeddingModel("gpt-4", places), (error) => {
    assert.ok(error instanceof CarrelError);
    assert.match(error.remedy, /"bundled", "ollama:"/);
    return true;
  });
});
