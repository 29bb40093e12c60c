import assert from "node:assert/strict";
import { test } from "node:test";
import { processorProblem } from "../../engine/processor.ts";

test("an x64 processor without AVX2 or FMA is named before it crashes", () => {
  const problem = processorProblem("processor\t: 0\nflags\t\t: fpu sse4_2 avx\n", "x64");
  assert.match(problem?.message ?? "", /AVX2 and FMA/);
  assert.ok(problem?.remedy);
});

test("a processor that has both, another architecture, or an unknown one is fine", () => {
  assert.equal(processorProblem("flags : avx avx2 fma", "x64"), undefined);
  assert.equal(processorProblem("flags : fpu", "arm64"), undefined);
  assert.equal(processorProblem("no such line", "x64"), undefined);
});
