import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { spaced } from "../../webview/reader/spaced.ts";

/** All that waits for promises has gone on. */
async function settle(): Promise<void> {
  for (let i = 0; i < 10; i++) await Promise.resolve();
}

async function pass(t: TestContext, ms: number): Promise<void> {
  t.mock.timers.tick(ms);
  await settle();
}

test("work is done at once, then once for all that is asked for in the pause", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  let done = 0;
  const ask = spaced(1_000, async () => {
    done += 1;
  });
  ask();
  assert.equal(done, 1);
  await settle();
  ask();
  ask();
  await pass(t, 999);
  assert.equal(done, 1);
  await pass(t, 1);
  assert.equal(done, 2);
  await pass(t, 5_000);
  assert.equal(done, 2, "nothing is done unasked");
  ask();
  assert.equal(done, 3);
});

test("what is asked for while it is being done is done again, also after it has failed", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const turns: PromiseWithResolvers<void>[] = [];
  const ask = spaced(1_000, () => {
    const turn = Promise.withResolvers<void>();
    turns.push(turn);
    return turn.promise;
  });
  ask();
  ask();
  await pass(t, 5_000);
  assert.equal(turns.length, 1, "never two at a time");
  turns[0]?.reject(new Error("The engine has gone."));
  await settle();
  await pass(t, 1_000);
  assert.equal(turns.length, 2);
});
