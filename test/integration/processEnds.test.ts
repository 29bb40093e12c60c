import assert from "node:assert/strict";
import { type ChildProcess, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { engineArguments, engineEnvironment } from "../../protocol/launch.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "carrel-ends-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** Long for a busy machine; what hangs stays for ever. */
const mostMs = 60_000;

async function endsWithin(child: ChildProcess, ms = mostMs): Promise<boolean> {
  if (child.exitCode !== null || child.signalCode !== null) return true;
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), ms);
  try {
    await once(child, "exit", { signal: limit.signal });
    return true;
  } catch {
    child.kill("SIGKILL");
    return false;
  } finally {
    clearTimeout(timer);
  }
}

for (const program of [
  "engine/main.ts",
  "indexer/read/main.ts",
  "models/embedding/embedderMain.ts",
  "models/machine/surveyMain.ts",
]) {
  test(`${program} ends with its connection, though a thread of V8 waits for memory`, async () => {
    // With this a thread asks for memory all the time: ended by process.exit, one process in four stayed.
    const execArgv = [...engineArguments, "--stress-concurrent-allocation"];
    for (let round = 0; round < 8; round += 1) {
      const child = fork(join(root, program), [], {
        execArgv,
        env: engineEnvironment(process.env),
        stdio: ["ignore", "ignore", "ignore", "ipc"],
      });
      await once(child, "spawn");
      // As soon as it listens; what comes before waits for it.
      child.send({ type: "request", id: 1, method: "nothing", params: {} });
      await once(child, "message");
      child.disconnect();
      assert.ok(await endsWithin(child, 20_000), `it stayed in round ${round}`);
    }
  });
}

/** A program that starts an engine from `lines`, stops it, and says so. */
function stopper(name: string, lines: string): ChildProcess {
  const engine = join(folder, `${name}.engine.mjs`);
  writeFileSync(engine, lines);
  const program = join(folder, `${name}.mjs`);
  const childEngine = JSON.stringify(new URL("../../cli/childEngine.ts", import.meta.url).href);
  writeFileSync(
    program,
    `import { startEngine } from ${childEngine};
const engine = startEngine(${JSON.stringify(engine)});
await engine.channel.request("pause", {});
await engine.stop();
console.log("stopped");`,
  );
  return spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] });
}

const answers = `process.on("message", ({ id }) => process.send({ type: "result", id, value: {} }));\n`;

test("a process that outlives the engine keeps nobody from ending", async (t) => {
  const pidFile = join(folder, "pid");
  const child = stopper(
    "outlived",
    `import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
const left = spawn(process.execPath, ["-e", "setTimeout(() => 0, 600_000)"], { stdio: ["ignore", 1, 2], detached: true });
writeFileSync(${JSON.stringify(pidFile)}, String(left.pid));
process.on("disconnect", () => process.exit(0));
${answers}`,
  );
  t.after(() => process.kill(Number(readFileSync(pidFile, "utf8")), "SIGKILL"));
  assert.ok(await endsWithin(child));
  assert.equal(child.exitCode, 0);
});

test("an engine that does not end when it is asked to is ended", async () => {
  const child = stopper("stubborn", `setInterval(() => 0, 1_000);\n${answers}`);
  assert.ok(await endsWithin(child));
  assert.equal(child.exitCode, 0);
});
