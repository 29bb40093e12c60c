import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { makePlan } from "./plan.ts";
import { failureText } from "./report.ts";
import { runSequence } from "./sequence.ts";

/** Some 60 seconds' worth; `npm run soak` runs as many as one likes. */
const sampleSeeds = Array.from({ length: 24 }, (_, i) => i + 1);

test("a seed decides the whole plan", () => {
  assert.deepEqual(makePlan(7), makePlan(7));
  assert.notDeepEqual(makePlan(7), makePlan(8));
});

describe("after random sequences the index is what a fresh one would be", { concurrency: 2 }, () => {
  for (const seed of sampleSeeds) {
    test(`seed ${seed}`, async () => {
      const outcome = await runSequence(makePlan(seed));
      if (outcome.problems.length > 0) assert.fail(failureText(outcome));
    });
  }
});
