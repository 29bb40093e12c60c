import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type Damage, DamagedIndex } from "../support/damagedIndex.ts";

/** A sample of what `node test/soak/damage.ts` does to every file of an index, through the commands of a terminal. */
const index = await DamagedIndex.make(false);
after(() => index.remove());

/** A file's pattern, what is done to it, and whether `carrel index` must say that it was damaged. */
const sample: readonly (readonly [RegExp, Damage, boolean])[] = [
  [/index\.json$/, "half", true],
  [/index\.json$/, "gone", true],
  [/checksums\.json$/, "zeroed", false],
  [/chunks\.lance\/data\//, "with a bit turned", true],
  [/files\.lance\/data\//, "empty", true],
  [/chunks\.lance\/_versions\/.*manifest$/, "with a bit turned", true],
  [/_indices\/.*_invert/, "zeroed", true],
  [/_deletions\//, "with a bit turned", true],
];

/** At this place of the largest file of passages a row has its vector, of which a bit changes no other thing. */
function fixedRandom(): number {
  return 0.7;
}

for (const [pattern, damage, isSaid] of sample) {
  test(`${String(pattern)} ${damage}: the next update mends it, and nothing wrong is shown before`, async () => {
    const files = index.files.filter((one) => pattern.test(one));
    assert.ok(files.length > 0);
    let isNoticed = false;
    // Some may be of an older version, which nobody reads any more: damage to these is none.
    for (const file of isSaid ? files : files.slice(0, 1)) {
      const outcome = await index.try(file, damage, fixedRandom, []);
      assert.deepEqual(outcome.problems, [], file);
      isNoticed = outcome.isNoticed;
      if (isNoticed) break;
    }
    assert.equal(isNoticed, isSaid);
  });
}

test("index --rebuild makes a damaged index whole", async () => {
  const file = index.files.find((one) => /chunks\.lance\/data\//.test(one));
  assert.ok(file);
  const { problems } = await index.try(file, "half", fixedRandom, ["--rebuild"]);
  assert.deepEqual(problems, []);
});
