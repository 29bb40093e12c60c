import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { WantedModel } from "../../engine/workspace/wantedModel.ts";
import { defaultSettings, type Settings } from "../../protocol/data.ts";

/** Opens models as long as their setting is not in the way. */
function wantedModel(t: TestContext, failing: Set<string>): WantedModel {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const wanted = new WantedModel(
    {
      async openEmbedding({ embeddingModel: id }: Settings) {
        if (failing.has(id)) throw new Error("too many open files");
        return { id, dimension: 4, embed: async () => [], close: async () => undefined };
      },
      openRefining: async () => undefined,
      log: () => undefined,
    },
    () => undefined,
  );
  t.after(() => wanted.close());
  return wanted;
}

test("there is hope again as soon as the bundled model is tried again, and no problem when it is there", async (t) => {
  const failing = new Set(["bundled"]);
  const wanted = wantedModel(t, failing);
  wanted.want(defaultSettings);
  await nextTurn();
  assert.match(wanted.fatalProblem?.message ?? "", /too many open files/);
  failing.clear();
  wanted.hasten();
  assert.equal(wanted.fatalProblem, undefined, "who asks now waits for what comes of it");
  assert.equal(wanted.isSettled, false);
  await nextTurn();
  assert.equal(wanted.take()?.embedding.id, "bundled");
  assert.equal(wanted.fatalProblem, undefined);
  assert.equal(wanted.isSettled, true);
});

test("a chosen model that arrives after the bundled one has failed to stand in ends that problem too", async (t) => {
  const failing = new Set(["bundled", "/late"]);
  const wanted = wantedModel(t, failing);
  wanted.want({ ...defaultSettings, embeddingModel: "/late" });
  await nextTurn();
  assert.ok(wanted.fatalProblem);
  failing.delete("/late");
  t.mock.timers.tick(2_000);
  await nextTurn();
  assert.equal(wanted.take()?.embedding.id, "/late");
  assert.equal(wanted.fatalProblem, undefined);
  assert.equal(wanted.problem, undefined);
});

test("other keys open a server's model anew, and not the bundled one", async (t) => {
  const wanted = wantedModel(t, new Set());
  wanted.renew();
  await nextTurn();
  assert.equal(wanted.hasArrived, false, "nothing is wanted yet");
  wanted.want(defaultSettings);
  await nextTurn();
  assert.ok(wanted.take());
  wanted.renew();
  await nextTurn();
  assert.equal(wanted.hasArrived, false);
  assert.equal(wanted.isSettled, true);
  wanted.want({ ...defaultSettings, embeddingModel: "openai:served" });
  await nextTurn();
  assert.ok(wanted.take());
  wanted.renew();
  assert.equal(wanted.isSettled, false);
  await nextTurn();
  assert.equal(wanted.take()?.embedding.id, "openai:served");
});
