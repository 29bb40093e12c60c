import assert from "node:assert/strict";
import { appendFileSync, lstatSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { ConnectionFile } from "../../engine/connectionFile.ts";
import { createGate } from "../../models/egress/gate.ts";
import type { Connection } from "../../protocol/data.ts";

function scratch(t: TestContext): string {
  const storage = mkdtempSync(join(tmpdir(), "carrel-connections-"));
  t.after(() => rmSync(storage, { recursive: true }));
  return storage;
}

function opened(storage: string, log: string[] = []): ConnectionFile {
  const file = new ConnectionFile((message) => log.push(message));
  file.open(storage);
  return file;
}

const attempt = (host: string, time = "2026-01-02T03:04:05.000Z"): Connection => ({
  time,
  host,
  port: 443,
  purpose: "chat model",
  allowed: false,
  opened: false,
  reason: "neither this machine nor on your list of allowed hosts",
});

const hosts = async (file: ConnectionFile): Promise<string[]> =>
  (await file.read()).connections.map(({ host }) => host);

test("what one process wrote another reads, the newest last, with the process and since when", async (t) => {
  const storage = scratch(t);
  opened(storage).add(attempt("one.example", "2026-01-02T00:00:00.000Z"));
  opened(storage).add(attempt("two.example", "2026-01-03T00:00:00.000Z"));
  const { connections, since } = await opened(storage).read();
  assert.deepEqual(
    connections.map(({ host, process: id }) => [host, id]),
    [
      ["one.example", process.pid],
      ["two.example", process.pid],
    ],
  );
  assert.equal(since, "2026-01-02T00:00:00.000Z");
  assert.deepEqual(await opened(scratch(t)).read(), { connections: [] });
});

test("what is tried before the storage is known is kept too", async (t) => {
  const storage = scratch(t);
  const file = new ConnectionFile(() => undefined);
  file.add(attempt("early.example"));
  assert.deepEqual(await file.read(), { connections: [] });
  file.open(storage);
  assert.deepEqual(await hosts(file), ["early.example"]);
});

test("repeats are counted, and the latest counts", async (t) => {
  const file = opened(scratch(t));
  for (const day of [1, 2, 3]) file.add(attempt("one.example", `2026-01-0${day}T00:00:00.000Z`));
  const { connections } = await file.read();
  assert.equal(connections.length, 1);
  assert.match(connections[0]?.reason ?? "", /\(3 times\)$/);
  assert.equal(connections[0]?.time, "2026-01-03T00:00:00.000Z");
});

test("damaged and torn lines are passed over, and harm no other", async (t) => {
  const storage = scratch(t);
  const file = opened(storage);
  file.add(attempt("one.example"));
  const path = join(storage, "connections.jsonl");
  appendFileSync(path, '\nno JSON\n{"host":"half.example"}\n{"time":"2026-01-02T03:0');
  file.add(attempt("two.example"));
  assert.deepEqual(await hosts(file), ["one.example", "two.example"]);
});

test("the files stay small, however much is tried, and the newest is kept", async (t) => {
  const storage = scratch(t);
  const file = opened(storage);
  for (let i = 0; i < 6_000; i++) file.add(attempt(`host${i}.example`));
  for (const name of ["connections.jsonl", "connections.old.jsonl"]) {
    assert.ok(statSync(join(storage, name)).size < 520_000, name);
  }
  const found = await hosts(file);
  assert.equal(found.length, 500);
  assert.equal(found.at(-1), "host5999.example");
});

test("a line is short, whatever a server or a library calls itself", async (t) => {
  const storage = scratch(t);
  const file = opened(storage);
  const long = String.fromCharCode(1).repeat(5_000);
  file.add({ ...attempt(long), purpose: long, reason: long });
  assert.ok(statSync(join(storage, "connections.jsonl")).size < 4_096);
  assert.equal((await file.read()).connections.length, 1);
});

test("the file is private, and a link in its place is not followed", {
  skip: process.platform === "win32",
}, (t) => {
  const before = process.umask(0o022);
  t.after(() => process.umask(before));
  const storage = scratch(t);
  opened(storage).add(attempt("one.example"));
  const target = join(storage, "connections.jsonl");
  assert.equal(lstatSync(target).mode & 0o777, 0o600);

  const other = scratch(t);
  symlinkSync(target, join(other, "connections.jsonl"));
  const log: string[] = [];
  const file = opened(other, log);
  file.add(attempt("two.example"));
  file.add(attempt("three.example"));
  assert.equal(log.length, 1, "it is told once");
  assert.doesNotMatch(readFileSync(target, "utf8"), /two\.example/);
});

test("the gate hands on each attempt, and of its address the host and port alone", async () => {
  const handed: Connection[] = [];
  const gate = createGate({ allowedHosts: [], record: (connection) => handed.push(connection) });
  await assert.rejects(gate.fetchFor("chat model")("http://203.0.113.9/?question=when"));
  gate.refused({ host: "evil.example", port: 1, purpose: "a library" });
  gate.refused({ host: "evil.example", port: 1, purpose: "a library" });
  assert.deepEqual(
    handed.map(({ host }) => host),
    ["203.0.113.9", "evil.example", "evil.example"],
  );
  assert.doesNotMatch(JSON.stringify(handed), /question/);
});
