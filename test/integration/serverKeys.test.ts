import assert from "node:assert/strict";
import { basename } from "node:path";
import { test } from "node:test";
import { createEngine, type EngineParts } from "../../engine/handlers.ts";
import { parseFile } from "../../indexer/read/parseFile.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import type { RequestContext } from "../../protocol/channel.ts";
import { defaultSettings, type ServerKey } from "../../protocol/data.ts";
import { testModel } from "../support/inProcess.ts";
import { noRecogniser } from "../support/noRecogniser.ts";
import { testParser } from "../support/testParser.ts";
import { eventually, makeWorkspace } from "../support/workspace.ts";

const context: RequestContext<never> = { signal: new AbortController().signal, progress: () => undefined };

test("a key that changes is the embedding model's from then on, and costs no new index", async (t) => {
  const workspace = await makeWorkspace({ "a.md": "apples\n" });
  let keys: readonly ServerKey[] = [];
  let embedded = 0;
  /** A model of a server that takes one key only, as it was when the model was opened. */
  const openEmbedding = async (): Promise<EmbeddingModel> => {
    const model = testModel("served");
    const key = keys[0]?.key;
    model.onEmbed = (_, input) => {
      if (key !== "right") throw new Error("The key was refused.");
      if (input === "passage") embedded += 1;
    };
    return model;
  };
  const none = (): Promise<never> => Promise.reject(new Error("Nobody asks for it here."));
  const parts: EngineParts = {
    version: "1.2.3",
    parser: testParser((folder, path, maxFileBytes) => parseFile(folder, path, maxFileBytes)),
    recogniser: noRecogniser,
    openEmbedding,
    openRefining: async () => undefined,
    onStatus: () => undefined,
    log: () => undefined,
    applySettings: () => undefined,
    applyKeys: (given) => {
      keys = given;
    },
    answer: none,
    readAgain: none,
    chatServer: none,
    machine: none,
    keeper: () => undefined,
    connections: () => [],
    openStorage: () => undefined,
    keptConnections: none,
    doctor: none,
  };
  const { handlers, close } = createEngine(parts);
  t.after(async () => {
    await close();
    await workspace.remove();
  });
  const url = "http://127.0.0.1:9";
  const serverKeys = (key: string): ServerKey[] => [{ url, key }];
  await handlers.initialize(
    {
      storage: workspace.storage,
      folders: [{ path: workspace.dir, name: basename(workspace.dir) }],
      settings: { ...defaultSettings, embeddingModel: "openai:served", openaiUrl: url },
      serverKeys: serverKeys("wrong"),
    },
    context,
  );
  await assert.rejects(async () => handlers.index({}, context), /key was refused/);
  await handlers.setServerKeys({ serverKeys: serverKeys("right") }, context);
  assert.equal((await handlers.index({}, context)).files, 1);
  assert.equal(embedded, 1);
  await handlers.setServerKeys({ serverKeys: serverKeys("wrong") }, context);
  await eventually("asking with the new key", async () => {
    const search = { query: "apples", k: 3, mode: "vector" as const };
    return Promise.resolve(handlers.search(search, context)).then(
      () => false,
      (error: unknown) => /key was refused/.test(String(error)),
    );
  });
  await handlers.setServerKeys({ serverKeys: serverKeys("right") }, context);
  assert.equal((await handlers.index({}, context)).files, 1);
  assert.equal(embedded, 1);
});
