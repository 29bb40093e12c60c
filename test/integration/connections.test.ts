import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { workspaceOf } from "../support/workspace.ts";

const cli = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

async function carrel(...args: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [cli, ...args], { maxBuffer: 1e8 })).stdout;
}

test("what an earlier command was refused is listed by the next, and nothing of the question", async (t) => {
  const workspace = await workspaceOf(t, { "lease.md": "# Lease\n\nThe notice period is three months.\n" });
  const store = ["--store", workspace.storage];
  const asked = JSON.parse(
    await carrel(
      "ask",
      workspace.dir,
      "How long is the notice period of the xylophone?",
      ...store,
      "--json",
      "--ollama",
      "http://203.0.113.9:1234",
    ),
  );
  assert.deepEqual(
    asked.connections.map(({ host, allowed }: { host: string; allowed: boolean }) => [host, allowed]),
    [["203.0.113.9", false]],
    "an answer lists its own",
  );
  const local = ["--ollama", "http://127.0.0.1:9"];
  const text = await carrel("privacy", ...store, ...local);
  assert.match(text, /Connections refused: \d+\n.*203\.0\.113\.9:1234/);
  assert.match(text, /Since 20\d\d-/);
  const kept = JSON.parse(await carrel("privacy", ...store, ...local, "--json"));
  assert.deepEqual(
    kept
      .filter(({ purpose }: { purpose: string }) => !/test of the walls/.test(purpose))
      .map(({ host }: { host: string }) => host),
    ["203.0.113.9", "127.0.0.1"],
    "beside those that the doctor tries in order to see them refused",
  );
  assert.doesNotMatch(readFileSync(join(workspace.storage, "connections.jsonl"), "utf8"), /xylophone|notice/);
});
