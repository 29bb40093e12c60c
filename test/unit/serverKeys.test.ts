import assert from "node:assert/strict";
import { test } from "node:test";
import { ServerKeys } from "../../extension/serverKeys.ts";
import { engineEnvironment } from "../../protocol/launch.ts";

const url = "http://127.0.0.1:8080";

function storage() {
  const kept = new Map<string, string>();
  return {
    kept,
    get: async (name: string) => kept.get(name),
    store: async (name: string, value: string) => void kept.set(name, value),
    delete: async (name: string) => void kept.delete(name),
  };
}

test("a key is kept for one address, and read again when that changes", async () => {
  const secrets = storage();
  let set = url;
  const keys = new ServerKeys(secrets, () => set);
  assert.equal(await keys.read(), false);
  await keys.keep(url, "  sk-1\n");
  assert.equal(await keys.read(), true);
  assert.deepEqual(keys.now(), [{ url, key: "sk-1" }]);
  assert.equal(await keys.read(), false, "nothing is new");
  for (const other of ["http://192.168.1.20:8080", ""]) {
    set = other;
    await keys.read();
    assert.deepEqual(keys.now(), [], `no key of another server for "${other}"`);
  }
  set = url;
  await keys.read();
  assert.equal(keys.now().length, 1);
  await keys.keep(url, " ");
  assert.equal(await keys.read(), true);
  assert.deepEqual([keys.now(), secrets.kept.size], [[], 0]);
});

test("of two looks at once the later one counts", async () => {
  const answers: ((key: string) => void)[] = [];
  const secrets = { ...storage(), get: () => new Promise<string>((resolve) => void answers.push(resolve)) };
  const keys = new ServerKeys(secrets, () => url);
  const looks = [keys.read(), keys.read()];
  answers[1]?.("new");
  answers[0]?.("old");
  assert.deepEqual(await Promise.all(looks), [false, true]);
  assert.deepEqual(keys.now(), [{ url, key: "new" }]);
});

test("a key of the terminal's environment is not handed on in an environment", () => {
  const env = engineEnvironment({ CARREL_OPENAI_KEY: "sk-1", PATH: "/bin" });
  assert.equal(env["PATH"], "/bin");
  assert.ok(!JSON.stringify(env).includes("sk-1"));
});
