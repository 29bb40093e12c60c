import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { Embedder } from "../../models/embedding/embedder.ts";
import { tryEncoderWalls } from "../../models/embedding/encoder.ts";
import { Confinement } from "../../walls/confine.ts";

const encoderDir = fileURLToPath(new URL("../../models/bundled/encoder", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "carrel-embedder-walls-"));
const noTrial = process.platform === "linux" ? false : "only Linux surely has no sandbox-exec";

after(() => rmSync(folder, { recursive: true, force: true }));

/** Walls of a machine that is said to have all but that of memory, with what is started behind which. */
class Hoped extends Confinement {
  readonly launched: string[] = [];
  private readonly instead: string | undefined;

  /** @param instead Runs in place of the program that takes the network away. */
  constructor(platform: NodeJS.Platform, instead?: string) {
    const has = (path: string): boolean => !path.endsWith("prlimit");
    super({ platform, isRoot: false, execPath: process.execPath, knows: () => false, has });
    this.instead = instead;
  }

  override launch(program: Parameters<Confinement["launch"]>[0]): ReturnType<Confinement["launch"]> {
    const launch = super.launch(program);
    const isWrapped = launch.execPath !== process.execPath;
    this.launched.push(isWrapped ? "no network" : "nothing");
    return isWrapped && this.instead !== undefined
      ? Object.assign(launch, { execPath: this.instead, execArgv: [] })
      : launch;
  }
}

test("on a machine without a wall that was hoped for the model runs behind the others", {
  skip: noTrial,
}, async () => {
  // There is no such program here.
  const confinement = new Hoped("darwin");
  assert.ok((await tryEncoderWalls(encoderDir, confinement)).length > 0);
  assert.deepEqual(confinement.launched, ["no network", "nothing"]);
});

test("so it does where the program of that wall is there and refuses", { skip: noTrial }, async () => {
  // As unshare does where users may make no namespaces: it starts, and ends.
  const confinement = new Hoped("linux", "/bin/false");
  assert.ok((await tryEncoderWalls(encoderDir, confinement)).length > 0);
  assert.deepEqual(confinement.launched, ["no network", "nothing"]);
});

test("a process that comes up and dies of its model is no sign of a wall that is missing", async () => {
  const entry = join(folder, "dies.mjs");
  writeFileSync(
    entry,
    `process.on("message", () => process.kill(process.pid, "SIGKILL"));
     process.send({ type: "notify", method: "ready", params: {} });`,
  );
  const confinement = new Hoped("linux", process.execPath);
  const source = { kind: "bundled", dir: encoderDir } as const;
  const embedder = new Embedder({ source, idleMs: { passage: 10, query: 10 }, entry, confinement });
  await assert.rejects(embedder.describe(), /ended while it was needed/);
  assert.deepEqual(confinement.launched, ["no network", "no network"]);
  await embedder.close();
});
