import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Patience, type Reading } from "../../engine/workspace/questionPatience.ts";

/** For how many seconds a question waits that looks four times a second, at most half a minute. */
function waits(readingAt: (seconds: number) => Reading): number {
  const patience = new Patience(1_000);
  for (let ms = 0; ms < 30_000; ms += 250) {
    if (!patience.goesOn(1_000 + ms, readingAt(ms / 1_000))) return ms / 1_000;
  }
  return Number.POSITIVE_INFINITY;
}

/** Batches of so many files, one each `every` seconds, the first of which is small. */
const batches =
  (of: number, size: number, every: number) =>
  (seconds: number): Reading => ({
    files: Math.min(of, seconds < 1 ? 0 : 50 + Math.floor((seconds - 1) / every) * size),
    of,
  });

describe("a question that waits for the first index", () => {
  it("waits on while that comes within seconds, though the first batch is small and late", () => {
    assert.ok(waits(batches(4_000, 1_000, 0.5)) > 10);
    assert.ok(waits(batches(4_000, 500, 1)) > 8);
  });

  it("goes on after three seconds where it takes minutes", () => {
    assert.equal(waits(batches(4_000, 20, 1)), 3);
    assert.equal(
      waits(() => ({ files: 0, of: 4_000 })),
      3,
    );
  });

  it("does not wait at all for what no machine reads in ten seconds", () => {
    assert.equal(
      waits(() => ({ files: 10, of: 200_000 })),
      0,
    );
  });

  it("goes on soon after the index has slowed down", () => {
    const fast = batches(4_000, 500, 1);
    const slowed = waits((seconds) => fast(Math.min(seconds, 4)));
    assert.ok(slowed > 4 && slowed < 12, `${slowed}`);
  });

  it("waits no longer than a quarter of a minute, whatever was expected", () => {
    assert.equal(
      waits(() => ({ files: 4_000, of: 4_000 })),
      15.25,
    );
    assert.equal(
      waits((seconds) => ({ files: 900 + seconds, of: 901 + seconds })),
      15.25,
    );
  });

  it("waits five seconds for files to be found", () => {
    assert.equal(
      waits(() => ({ files: 0, of: 0 })),
      5.25,
    );
    assert.equal(
      waits((seconds) => ({ files: 0, of: seconds < 2 ? 0 : 4_000 })),
      5,
    );
  });

  it("counts from when it was asked where the index is half built", () => {
    assert.ok(waits((seconds) => ({ files: 90_000 + 1_000 * seconds, of: 100_000 })) >= 10);
    assert.equal(
      waits((seconds) => ({ files: 90_000 + 100 * seconds, of: 100_000 })),
      3,
    );
  });
});
