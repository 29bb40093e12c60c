import assert from "node:assert/strict";
import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { type FolderIndexOptions, openRefined } from "../../indexer/openIndex.ts";
import { shortHash } from "../../indexer/store/indexPlace.ts";
import { RefinedVectors } from "../../indexer/store/refinedVectors.ts";

const base = await mkdtemp(join(tmpdir(), "carrel-open-refined-"));
after(() => rm(base, { recursive: true, force: true }));

const dimension = 4;

/** Refined vectors of which the list of versions is away, as while another process makes or tidies them. */
async function halfMade(
  name: string,
): Promise<{ options: FolderIndexOptions; logged: string[]; finish(): Promise<void> }> {
  const dir = join(base, name);
  const refining = { id: "model", dimension };
  const place = join(dir, `refined-${shortHash(refining.id)}`);
  const writer = await RefinedVectors.open(place, dimension);
  await writer.add([{ hash: "a", vector: Float32Array.of(1, 0, 0, 0) }]);
  writer.close();
  const versions = join(place, "refined.lance", "_versions");
  await rename(versions, `${versions}-away`);
  const logged: string[] = [];
  const log = (line: string): void => void logged.push(line);
  const options = {
    folder: "/workspace",
    dir,
    writes: false,
    refining,
    log,
  } as unknown as FolderIndexOptions;
  return { options, logged, finish: () => rename(`${versions}-away`, versions) };
}

test("who reads opens refined vectors again that are being written, and calls them damaged no more", async () => {
  const { options, logged, finish } = await halfMade("passing");
  const opening = openRefined(options, true);
  await setTimeout(100);
  await finish();
  const opened = await opening;
  assert.deepEqual(await opened?.hashes(), new Set(["a"]));
  assert.deepEqual(logged, []);
  opened?.close();
});

test("who reads does without refined vectors that stay damaged, says so, and deletes nothing", async () => {
  const { options, logged, finish } = await halfMade("lasting");
  assert.equal(await openRefined(options, true), undefined);
  assert.match(logged.join(), /can't be read, so searches do without them/);
  await finish();
  const opened = await openRefined(options, true);
  assert.deepEqual(await opened?.hashes(), new Set(["a"]));
  opened?.close();
});
