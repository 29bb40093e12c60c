import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { minimumNode, nodeProblem } from "../../cli/nodeVersion.ts";

const text = (path: string): string => readFileSync(join(import.meta.dirname, "..", "..", path), "utf8");

test("the command refuses a Node that can't run it, and says what can", () => {
  for (const version of ["22.13.0", "22.14.1", "23.0.0", "24.21.0"])
    assert.equal(nodeProblem(version), undefined);
  for (const version of ["18.20.0", "20.20.2", "22.12.0", "22.9.0"]) {
    assert.match(nodeProblem(version) ?? "", new RegExp(`needs Node ${minimumNode} or newer.*${version}`));
  }
});

test("package.json, the pages and the code name the same versions of Node", () => {
  const { engines, devDependencies } = JSON.parse(text("package.json")) as {
    engines: { node: string };
    devDependencies: { node: string };
  };
  assert.equal(engines.node, `>=${minimumNode}`);
  const setUp = /minimumNode = (\d+);/.exec(text("scripts/setup.mjs"))?.[1];
  const own = devDependencies.node.split(".")[0];
  for (const page of ["README.md", "CONTRIBUTING.md"]) {
    const named = new Set([...text(page).matchAll(/Node (\d+(?:\.\d+)?)/g)].map((match) => match[1]));
    named.delete(own);
    assert.deepEqual(named, new Set([setUp, minimumNode]), page);
  }
});
