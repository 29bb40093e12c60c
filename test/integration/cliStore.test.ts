import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { makeWorkspace } from "../support/workspace.ts";

const cli = fileURLToPath(new URL("../../cli/main.ts", import.meta.url));

interface Run {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function carrel(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Run> {
  const { CARREL_STORE: _, ...outer } = process.env;
  // The limit only ends what would go on for ever.
  const options = { maxBuffer: 1e8, env: { ...outer, ...env }, timeout: 120_000 };
  return new Promise((done) => {
    execFile(process.execPath, [cli, ...args], options, (error, stdout, stderr) => {
      done({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
  });
}

test("a store where no folder can be made is an error at once", async (t) => {
  if (process.platform !== "linux") return t.skip("needs /proc");
  const { dir, remove } = await makeWorkspace({ "a.md": "apples\n" });
  t.after(remove);
  for (const store of ["/proc/x", "/proc/x/y"]) {
    const run = await carrel({}, "index", dir, "--store", store);
    assert.equal(run.code, 1, run.stderr);
    assert.match(run.stderr, /No index can be kept in \/proc\b.*--store/s);
  }
});

test("a store within the folder is refused, the usual one in a home is left out", async (t) => {
  const { dir, remove } = await makeWorkspace({ "a.md": "apples\n" });
  t.after(remove);
  for (const store of [dir, join(dir, "sub", "store")]) {
    const run = await carrel({}, "index", dir, "--store", store);
    assert.equal(run.code, 2, run.stderr);
    assert.match(run.stderr, /would index itself/);
  }
  assert.deepEqual(await readdir(dir), ["a.md"]);
  if (process.platform !== "linux") return;
  const home = { XDG_DATA_HOME: join(dir, "data [1]") };
  for (const round of [1, 2]) {
    const run = await carrel(home, "index", dir, "--json");
    assert.equal(run.code, 0, run.stderr);
    assert.equal(JSON.parse(run.stdout).files, 1, `round ${round}`);
    assert.deepEqual(JSON.parse(run.stdout).skipped, [], `round ${round}`);
  }
  assert.ok((await stat(join(home.XDG_DATA_HOME, "carrel", "indexes"))).isDirectory());
});

test("nothing is left in the folder for temporary files", async (t) => {
  const { dir, storage, remove } = await makeWorkspace({ "a.md": "apples\n" });
  t.after(remove);
  const temporary = join(storage, "..", "temporary");
  await mkdir(temporary);
  const env = { TMPDIR: temporary, TMP: temporary, TEMP: temporary };
  for (const args of [["index", dir], ["search", dir, "apples"], ["doctor"]]) {
    const run = await carrel(env, ...args, "--store", storage, "--ollama", "http://127.0.0.1:9");
    assert.notEqual(run.stdout, "", run.stderr);
    assert.deepEqual(await readdir(temporary), [], args.join(" "));
  }
});
