import assert from "node:assert/strict";
import { cp, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import type { EngineChannel } from "../../cli/childEngine.ts";
import { CarrelError } from "../../protocol/channel.ts";
import type { Hit } from "../../protocol/data.ts";
import { killedEngine } from "../support/killedEngine.ts";
import { type Workspace, workspaceOf } from "../support/workspace.ts";

/**
 * An engine is killed after each of its commits, or at random moments; then the edit that it had begun with is undone,
 * with the old time. `CARREL_KILLS` makes more random kills than the few of a usual run.
 */
const randomKills = Number(process.env["CARREL_KILLS"] ?? 2);

const before: Readonly<Record<string, string>> = {
  "lease.md": "# Lease\n\nThe lease runs for two years.\n",
  "rent.md": "# Rent\n\nThe rent is due on the third day of the month.\n",
  "keys.md": "# Keys\n\nEach tenant gets two keys and gives them back.\n",
};
/** As long as what was there. */
const after: Readonly<Record<string, string | undefined>> = {
  "lease.md": "# Lease\n\nThe lease runs for ten years.\n",
  "rent.md": undefined,
  "garden.md": "# Garden\n\nThe garden belongs to all tenants.\n",
};

interface State {
  /** Passages that a search finds before an update. */
  readonly before: readonly string[];
  readonly after: readonly string[];
  readonly counts: object;
}

function noHitsIfUnindexed(error: unknown): { hits: Hit[] } {
  if (error instanceof CarrelError && error.code === "unindexed") return { hits: [] };
  throw error;
}

/** Opens an index as it was left, searches, brings it up to date, and searches again. */
async function stateOf(workspace: Workspace, storage: string): Promise<State> {
  const engine = await workspace.start({ refine: false }, storage);
  const passages = async (): Promise<string[]> => {
    const query = "lease rent keys garden tenant";
    const { hits } = await engine.channel
      .request("search", { query, k: 1000, mode: "hybrid" })
      // Killed before its first commit it left nothing, and says so.
      .catch(noHitsIfUnindexed);
    return hits
      .map(({ path, startLine, endLine, heading, text }) =>
        JSON.stringify([path, startLine, endLine, heading, text]),
      )
      .sort();
  };
  try {
    const before = await passages();
    await engine.channel.request("index", {});
    const { status, skipped } = await engine.channel.request("status", {});
    const counts = { state: status.state, files: status.files, chunks: status.chunks, skipped };
    return { before, after: await passages(), counts };
  } finally {
    await engine.stop();
  }
}

const update = (channel: EngineChannel): Promise<unknown> => channel.request("index", {});

test("killed after any commit, and the edit undone: search says what the disk says", async (t) => {
  const workspace = await workspaceOf(t, before);
  const { dir, storage } = workspace;
  const { after: right, counts } = await stateOf(workspace, storage);
  const whole = `${storage}-whole`;
  await cp(storage, whole, { recursive: true });
  const times = new Map<string, Date>();
  for (const path of Object.keys(before)) times.set(path, (await stat(join(dir, path))).mtime);

  let kills = 0;
  let inDoubt = 0;
  for (let n = 1, end = "killed"; end === "killed"; n++) {
    for (const [path, text] of Object.entries(after)) {
      if (text === undefined) await rm(join(dir, path));
      else await workspace.write(path, text);
    }
    end = await killedEngine(workspace, `after ${n}`, update);
    for (const [path, text] of Object.entries(before)) {
      await writeFile(join(dir, path), text);
      const time = times.get(path) ?? new Date();
      await utimes(join(dir, path), time, time);
    }
    await rm(join(dir, "garden.md"));
    const state = await stateOf(workspace, storage);
    const where = `killed after commit ${n}`;
    assert.deepEqual(state.after, right, where);
    assert.deepEqual(state.counts, counts, where);
    if (end === "killed") kills = n;
    // Between the commits of its passages and of its row it is in doubt, and shown neither as it was nor as it is.
    if (!state.before.some((one) => one.includes("years"))) inDoubt += 1;
    await rm(storage, { recursive: true });
    await cp(whole, storage, { recursive: true });
  }
  assert.ok(kills >= 4, "it was killed at several commits");
  assert.ok(inDoubt > 0, "between the commits of chunks and files neither text was shown");
  t.diagnostic(
    `killed after each of ${kills} commits; in ${inDoubt} the edited file was in doubt until the update`,
  );
});

test("killed at random moments of indexing, edits and the second pass: what is left becomes a fresh index", async (t) => {
  const workspace = await workspaceOf(t, before);
  await cp(new URL("../../sample", import.meta.url), workspace.dir, { recursive: true });
  let killed = 0;
  for (let n = 0; n < randomKills; n++) {
    // Every fourth begins with no index.
    if (n % 4 === 0) await rm(workspace.storage, { recursive: true, force: true });
    const work = async (channel: EngineChannel): Promise<void> => {
      for (let edit = 0; edit < 5; edit++) {
        await channel.request("index", { refine: edit > 2 });
        const path = edit === 3 ? "garden.md" : "lease.md";
        await workspace.write(path, `# Edit ${n}\n\nThe garden and the lease, ${n} ${edit}.\n`);
        await channel.request("filesChanged", { paths: [join(workspace.dir, path)] });
      }
    };
    if ((await killedEngine(workspace, Math.random() * 3000, work)) === "killed") killed += 1;
    if (n % 3 === 0) await rm(join(workspace.dir, "garden.md"), { force: true });
    const left = await stateOf(workspace, workspace.storage);
    const fresh = await stateOf(workspace, `${workspace.storage}-fresh`);
    assert.deepEqual(left.counts, fresh.counts);
    assert.deepEqual(left.after, fresh.after);
    assert.ok(left.after.length > 80);
    await rm(`${workspace.storage}-fresh`, { recursive: true });
  }
  t.diagnostic(`${killed} of ${randomKills} were killed before they had finished`);
});
