/**
 * Loaded into an engine before all else (`node --import`): kills it, at once and without a word, before or after the
 * n-th commit that it makes, as `CARREL_KILL_AT` says: "before 3", "after 3". By SIGQUIT, which nothing in it listens
 * to: by SIGKILL it ends itself.
 */
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { MergeInsertBuilder, type Table } from "@lancedb/lancedb";

type Method = (this: unknown, ...args: unknown[]) => Promise<unknown>;

const [when, at] = (process.env["CARREL_KILL_AT"] ?? "").split(" ");
let commits = 0;

function killNow(): void {
  process.kill(process.pid, "SIGQUIT");
  // The signal ends the process before this does.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

function countCommits(prototype: object, names: readonly string[]): void {
  const methods = prototype as Record<string, Method>;
  for (const name of names) {
    const method = methods[name];
    if (!method) throw new Error(`LanceDB has no method ${name} any more.`);
    methods[name] = async function (...args) {
      commits += 1;
      const isIt = commits === Number(at);
      if (isIt && when === "before") killNow();
      const result = await method.apply(this, args);
      if (isIt) killNow();
      return result;
    };
  }
}

const require = createRequire(import.meta.url);
const table = require(join(dirname(require.resolve("@lancedb/lancedb")), "table.js")) as {
  LocalTable: { prototype: Table };
};
countCommits(MergeInsertBuilder.prototype, ["execute"]);
countCommits(table.LocalTable.prototype, ["add", "delete", "optimize", "createIndex"]);
