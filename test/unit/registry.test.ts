import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { markLanguages } from "../../models/embedding/manyLanguages.ts";
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
    "bge-m3:567m": "bge-m3",
    "granite-embedding:278m": "granite-embedding-278m-multilingual",
    // This one knows English alone, though its name without the tag is the same.
    "granite-embedding:30m": undefined,
    "snowflake-arctic-embed2": "snowflake-arctic-embed-l-v2.0",
    "nomic-embed-text-v2-moe:latest": "nomic-embed-text-v2-moe",
    "qwen3-embedding:0.6b": "Qwen3-Embedding-0.6B",
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

test("of a server's embedding models those are marked that know many languages", () => {
  const names = [
    ...["bge-m3:567m", "granite-embedding:278m", "embeddinggemma:300m", "qwen3-embedding:4b"],
    ...["nomic-embed-text-v2-moe:latest", "paraphrase-multilingual:278m", "snowflake-arctic-embed2:568m"],
    ...["granite-embedding:30m", "all-minilm:latest", "nomic-embed-text:latest", "mine:latest"],
  ];
  const models = names.map((name) => ({ name, sizeBytes: 1, embeds: true }));
  const chat = { name: "bge-m3:chat", sizeBytes: 1 };
  const marked = markLanguages({ url: "", state: "ready", models: [...models, chat] });
  assert.deepEqual(
    marked.models.filter(({ manyLanguages }) => manyLanguages).map(({ name }) => name),
    names.slice(0, 7),
  );
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
