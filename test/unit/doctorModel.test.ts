import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { test } from "node:test";
import { examine } from "../../engine/doctor.ts";
import { CarrelError } from "../../protocol/channel.ts";

test("the model that the doctor has tried is closed, also when it can't embed", async () => {
  let closed = 0;
  const model = {
    id: "m",
    dimension: 4,
    embed: async () => Promise.reject(new CarrelError("The server is out of memory.", "Restart it.")),
    close: async () => {
      closed += 1;
    },
  };
  const checks = await examine({
    storage: tmpdir(),
    openEmbedding: async () => model,
    chatServer: async () => ({ url: "", state: "ready", models: [] }),
    walls: [],
  });
  const check = checks.find(({ name }) => name === "Embedding model");
  assert.deepEqual(
    [check?.state, check?.detail, check?.remedy],
    ["failed", "The server is out of memory.", "Restart it."],
  );
  assert.equal(closed, 1);
});
