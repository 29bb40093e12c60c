import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { test } from "node:test";
import { connect } from "@lancedb/lancedb";
import type { EngineProcess } from "../../cli/childEngine.ts";
import { defaultSettings, type Withheld } from "../../protocol/data.ts";
import { plantedKeys } from "../support/plantedKeys.ts";
import { eventually, type Workspace, workspaceOf } from "../support/workspace.ts";

const settings = { ...defaultSettings, modelServerUrl: "http://127.0.0.1:9", refine: false };
const password = "Zx81-qWerty-0451";

async function withheldBy({ channel }: EngineProcess): Promise<readonly Withheld[]> {
  return (await channel.request("status", {})).withheld;
}

async function textsFound({ channel }: EngineProcess, query: string): Promise<string> {
  const { hits } = await channel.request("search", { query, k: 5, mode: "lexical" });
  return hits.map(({ text }) => text).join("\n");
}

/** All bytes of the storage, each as one character. */
function stored({ storage }: Workspace): string {
  const entries = readdirSync(storage, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((file) => readFileSync(join(file.parentPath, file.name), "latin1")).join("\n");
}

/** The rows of all tables, but their vectors: on disk LanceDB compresses some of them. */
async function storedRows({ storage }: Workspace): Promise<string> {
  const folders = readdirSync(storage, { recursive: true, encoding: "utf8" });
  const tables = folders.filter(
    (folder) => /[/\\]lance[/\\]\w+\.lance$/.test(folder) || /refined-\w+[/\\]\w+\.lance$/.test(folder),
  );
  assert.ok(tables.length >= 2, tables.join());
  const rows: string[] = [];
  for (const table of tables) {
    const database = await connect(join(storage, dirname(table)));
    const all = await (await database.openTable(basename(table, ".lance"))).query().toArray();
    rows.push(JSON.stringify(all, (name, value: unknown) => (name === "vector" ? undefined : value)));
  }
  return rows.join("\n");
}

test("of no planted key is there anything in what is stored, read as bytes and as rows", async (t) => {
  const planted = plantedKeys("raw bytes").filter((_, i) => i % 5 === 0);
  const files = planted.map(({ text }, i) => [`notes/file${i}.txt`, `canary${i}x\n${text}`]);
  const workspace = await workspaceOf(t, Object.fromEntries(files));
  const engine = await workspace.start({ refine: true });
  const summary = await engine.channel.request("index", { refine: true });
  assert.equal(summary.files, planted.length);
  await engine.channel.request("search", { query: "last line", k: 5, mode: "hybrid" });
  await engine.stop();

  const rows = await storedRows(workspace);
  const unread = planted.filter((_, i) => !rows.includes(`canary${i}x`));
  assert.deepEqual(unread, [], "the texts are read there");
  const all = `${rows}\n${stored(workspace)}`;
  const values = planted.flatMap(({ kind, place, secrets }) =>
    secrets.map((secret) => ({ kind, place, secret })),
  );
  const inJson = (secret: string): string => JSON.stringify(secret).slice(1, -1);
  const found = values.filter(
    ({ secret }) => secret.length >= 8 && (all.includes(secret) || all.includes(inJson(secret))),
  );
  assert.deepEqual(
    found.map(({ kind, place }) => `${kind} in ${place}`),
    [],
  );
  const kinds = new Set(values.map(({ kind }) => kind));
  assert.ok(values.length >= 400 && kinds.size >= 60, `${values.length} keys of ${kinds.size} kinds`);
});

test("what was held back is listed with its place, also after a restart, and can be let through", async (t) => {
  const workspace = await workspaceOf(t, {
    "server.ini": `# the harbour server\n\npassword = "${password}"\n`,
    "other.ini": '# the other server\nname = "plain"\n',
  });
  const first = await workspace.start();
  await first.channel.request("index", {});
  const [one, ...more] = await withheldBy(first);
  assert.deepEqual(more, []);
  assert.deepEqual(
    { ...one, fingerprint: "" },
    { path: "server.ini", line: 3, kind: "password", fingerprint: "" },
  );
  assert.match(one?.fingerprint ?? "", /^[0-9a-f]{12}$/);
  assert.doesNotMatch(await textsFound(first, "harbour"), /Zx81/);
  await first.stop();

  const second = await workspace.start();
  assert.deepEqual(await withheldBy(second), [one], "known without reading the file again");
  const secretsAllow = [one?.fingerprint ?? ""];
  await second.channel.request("index", {});
  await second.channel.request("setSettings", { settings: { ...settings, secretsAllow } });
  await eventually("reading the file again", async () => (await withheldBy(second)).length === 0);
  assert.match(await textsFound(second, "harbour"), /Zx81-qWerty-0451/);
  const folder = workspace.dir;
  assert.match((await second.channel.request("document", { folder, path: "server.ini" })).text, /Zx81/);
  await second.stop();

  // Taken back while no engine runs.
  const third = await workspace.start();
  await third.channel.request("index", {});
  assert.deepEqual(await withheldBy(third), [one]);
  assert.doesNotMatch(await textsFound(third, "harbour"), /Zx81/);
});
