import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { createRecogniser, type Recogniser } from "../../indexer/scans/recogniser.ts";
import { Confinement } from "../../walls/confine.ts";
import { parserEntry } from "../support/parserEntry.ts";

/*
 * Reading scans gives way to everything else, so it is often ended, at any moment: while its process starts, too.
 */

const folder = tmpdir();
const place = { folder, path: "none.pdf", hash: "0", page: 1, languages: ["eng"], languageFolder: "" };
const never = new AbortController().signal;
const made: Recogniser[] = [];

after(() => Promise.all(made.map((recogniser) => recogniser.close())));

/** Walls that tell what is started behind them, and which of it is said not to have come up. */
class Watched extends Confinement {
  readonly launched: string[] = [];
  readonly failures: string[] = [];
  onLaunch: () => void = () => undefined;

  override launch(program: Parameters<Confinement["launch"]>[0]): ReturnType<Confinement["launch"]> {
    this.launched.push(program.readable.join());
    this.onLaunch();
    return super.launch(program);
  }

  override failed(launch: Parameters<Confinement["failed"]>[0]): boolean {
    this.failures.push(launch.execPath);
    return super.failed(launch);
  }
}

function make(confinement: Confinement): Recogniser {
  const recogniser = createRecogniser({ entry: parserEntry, memoryMb: 256, timeoutMs: 60_000, confinement });
  made.push(recogniser);
  return recogniser;
}

test("a page that is cancelled while its process starts takes no wall down, and starts no other process", async () => {
  const confinement = new Watched();
  const controller = new AbortController();
  confinement.onLaunch = () => setImmediate(() => controller.abort());
  await assert.rejects(make(confinement).read(place, controller.signal), { code: "cancelled" });
  assert.equal(confinement.launched.length, 1);
  assert.deepEqual(confinement.failures, []);
});

test("closing while the process starts takes no wall down either", async () => {
  const confinement = new Watched();
  const recogniser = make(confinement);
  confinement.onLaunch = () => setImmediate(() => void recogniser.close());
  await assert.rejects(recogniser.read(place, never), { code: "gone" });
  assert.equal(confinement.launched.length, 1);
  assert.deepEqual(confinement.failures, []);
});

test("one that is cancelled while another folder's process is ended starts none", async () => {
  const confinement = new Watched();
  const recogniser = make(confinement);
  assert.equal(await recogniser.read(place, never), undefined);
  const controller = new AbortController();
  const other = { ...place, folder: fileURLToPath(new URL("../fixtures/scans", import.meta.url)) };
  const reading = recogniser.read(other, controller.signal);
  // Its turn has come, and what ran for the other folder is being ended.
  await Promise.resolve().then(() => Promise.resolve());
  controller.abort();
  await assert.rejects(reading, { code: "cancelled" });
  assert.equal(confinement.launched.length, 1);
});
