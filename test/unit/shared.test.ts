import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Shared } from "../../engine/workspace/shared.ts";

test("what is shared is ended once, when its last holder lets go of it", async () => {
  const ended: string[] = [];
  const shared = new Shared("thing", async (value) => void ended.push(value), String);
  const [first, second] = [shared.hold(), shared.hold()];
  assert.equal(shared.value, "thing");
  first();
  // Twice the same is once.
  first();
  await nextTurn();
  assert.deepEqual(ended, []);
  second();
  second();
  await shared.ended;
  assert.deepEqual(ended, ["thing"]);
});

test("it has ended when its end has, and can't be held from its beginning on", async () => {
  let finish: () => void = () => undefined;
  const shared = new Shared(
    1,
    () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
    String,
  );
  let hasEnded = false;
  void shared.ended.then(() => {
    hasEnded = true;
  });
  shared.hold()();
  assert.throws(() => shared.hold(), /ended/);
  await nextTurn();
  assert.equal(hasEnded, false);
  finish();
  await shared.ended;
  assert.throws(() => shared.hold(), /ended/);
});

test("one that fails to end is told, and has ended all the same", async () => {
  const failure = new Error("stuck");
  const told: unknown[] = [];
  const shared = new Shared(
    1,
    async () => {
      throw failure;
    },
    (error) => told.push(error),
  );
  shared.hold()();
  await shared.ended;
  assert.deepEqual(told, [failure]);
});
