import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { withSetupLock } from "../../scripts/lock.mjs";
import { eventually } from "../support/workspace.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const scratch = await mkdtemp(join(tmpdir(), "carrel-setup-"));
after(() => rm(scratch, { recursive: true, force: true }));

function ended(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => child.once("exit", (code) => resolve(code)));
}

function build(outdir: string): Promise<number | null> {
  const args = [join(root, "esbuild.config.mjs"), "--outdir", outdir];
  return ended(spawn(process.execPath, args, { stdio: ["ignore", "ignore", "inherit"] }));
}

/** Files that the bundles import from beside them. */
async function importedFiles(outdir: string): Promise<string[]> {
  const names = (await readdir(outdir)).filter((name) => name.endsWith(".js"));
  const code = await Promise.all(names.map((name) => readFile(join(outdir, name), "utf8")));
  return code.flatMap((text) => [...text.matchAll(/"\.\/([\w-]+-[A-Z0-9]{8}\.js)"/g)].map((m) => m[1] ?? ""));
}

test("builds into the same folder at once all succeed, and leave what is needed and nothing else", async () => {
  const outdir = join(scratch, "dist");
  await mkdir(outdir);
  const old = join(outdir, "chunk-OLDOLD23.js");
  await writeFile(old, "");
  await utimes(old, 1, 1);
  assert.deepEqual(await Promise.all([1, 2, 3].map(() => build(outdir))), [0, 0, 0]);
  const imported = await importedFiles(outdir);
  assert.ok(imported.length > 5);
  for (const name of imported) assert.ok(existsSync(join(outdir, name)), name);
  for (const entry of ["engine", "parser", "embedder", "cli"]) {
    assert.ok(existsSync(join(outdir, `${entry}.js`)), entry);
  }
  assert.equal(existsSync(old), false, "chunks of earlier builds go");
  let isBuilding = true;
  const again = build(outdir).finally(() => {
    isBuilding = false;
  });
  while (isBuilding) {
    for (const name of imported)
      assert.ok(existsSync(join(outdir, name)), "it can be used while it is built");
    await sleep(5);
  }
  assert.equal(await again, 0);
  assert.deepEqual(await readdir(scratch), ["dist"]);
});

/** A process that takes the lock, writes what it does to a file, and holds it for some time. */
function holder(lock: string, log: string, ms: number): ChildProcess {
  const code = `
    import { appendFileSync } from "node:fs";
    import { withSetupLock } from ${JSON.stringify(join(root, "scripts/lock.mjs"))};
    const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
    const note = (text) => appendFileSync(${JSON.stringify(log)}, text + " " + process.pid + "\\n");
    const options = { file: ${JSON.stringify(lock)}, onWait: () => note("wait") };
    const inner = () => withSetupLock(() => note("nested"), options);
    withSetupLock(() => { note("begin"); pause(${ms}); inner(); note("end"); }, options);`;
  return spawn(process.execPath, ["--input-type=module", "--eval", code], { stdio: "inherit" });
}

async function linesOf(file: string): Promise<string[]> {
  return (await readFile(file, "utf8").catch(() => "")).split("\n").filter(Boolean);
}

test("set-ups at once come one after the other, and say that they wait", async () => {
  const [lock, log] = [join(scratch, "a.lock"), join(scratch, "a.log")];
  const codes = await Promise.all([1, 2, 3, 4].map(() => ended(holder(lock, log, 150))));
  assert.deepEqual(codes, [0, 0, 0, 0]);
  const lines = await linesOf(log);
  const inside = lines.filter((line) => !line.startsWith("wait"));
  for (let at = 0; at < inside.length; at += 3) {
    const [begin = "", nested = "", end = ""] = inside.slice(at, at + 3);
    assert.match(`${begin} ${nested} ${end}`, /^begin (\d+) nested \1 end \1$/);
  }
  assert.equal(inside.length, 12);
  assert.ok(lines.some((line) => line.startsWith("wait")));
  assert.equal(existsSync(lock), false);
});

test("a set-up that was killed blocks nobody", async () => {
  const [lock, log] = [join(scratch, "b.lock"), join(scratch, "b.log")];
  const killed = holder(lock, log, 600_000);
  await eventually("the lock is held", async () => (await linesOf(log)).length > 0);
  const gone = ended(killed);
  killed.kill("SIGKILL");
  await gone;
  assert.ok((await stat(lock)).size > 0);
  const codes = await Promise.all([1, 2, 3].map(() => ended(holder(lock, log, 50))));
  assert.deepEqual(codes, [0, 0, 0]);
  const text = (await linesOf(log)).slice(1).filter((line) => !line.startsWith("wait"));
  assert.equal(text.length, 9);
  for (let at = 0; at < 9; at += 3) assert.match(text[at] ?? "", /^begin/);
});

test("a process that has the id of a killed one is not mistaken for it", {
  skip: process.platform !== "linux",
}, () => {
  const file = join(scratch, "c.lock");
  // This process's own id, with a start that is not its own.
  return writeFile(file, `${process.pid} 1`).then(() => {
    assert.equal(
      withSetupLock(() => "done", { file }),
      "done",
    );
  });
});

test("what the task throws comes out, and the lock is given back", () => {
  const file = join(scratch, "d.lock");
  const fail = (): never => {
    throw new Error("no network");
  };
  assert.throws(() => withSetupLock(fail, { file }), /no network/);
  assert.equal(existsSync(file), false);
});
