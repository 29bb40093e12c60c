import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Indexing } from "../../engine/workspace/indexing.ts";
import { createParser } from "../../indexer/read/pool.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { defaultSettings, type IndexStatus } from "../../protocol/data.ts";
import { makeWorkspace } from "../support/workspace.ts";

test("an embedding model that fails for a while is a problem with its remedy, and ends with the next update", async (t) => {
  const workspace = await makeWorkspace({ "a.md": "apples\n", "b.md": "bananas\n" });
  const entry = fileURLToPath(new URL("../../indexer/read/main.ts", import.meta.url));
  const parser = createParser({ entry, memoryMb: 256, timeoutMs: 20_000 });
  let fails = true;
  const statuses: IndexStatus[] = [];
  const indexing = new Indexing({
    parser,
    async openEmbedding() {
      return {
        id: "sometimes",
        dimension: 4,
        async embed(texts) {
          if (fails) throw new CarrelError("The model server went away.", "Start it again.");
          return texts.map(() => Float32Array.of(1, 0, 0, 0));
        },
        async close() {},
      };
    },
    openRefining: () => Promise.resolve(undefined),
    onStatus: (status) => statuses.push(status),
    log: () => undefined,
  });
  t.after(async () => {
    await indexing.close();
    await parser.close();
    await workspace.remove();
  });
  const { signal } = new AbortController();
  await indexing.open(workspace.storage, [{ path: workspace.dir, name: "x" }], defaultSettings);
  await assert.rejects(
    indexing.index(signal, () => undefined),
    /went away/,
  );
  const failed = indexing.status();
  assert.equal(failed.state, "problem");
  assert.match(failed.problem ?? "", /went away/);
  assert.equal(failed.remedy, "Start it again.");

  fails = false;
  const summary = await indexing.index(signal, () => undefined);
  assert.equal(summary.files, 2);
  assert.equal(indexing.status().state, "ready");
  assert.equal(indexing.status().problem, undefined);
});
