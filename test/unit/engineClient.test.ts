import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { EngineClient } from "../../extension/engineClient.ts";
import type { RestartPolicy, SupervisedState } from "../../extension/engineSupervisor.ts";
import { CarrelError, type Handlers } from "../../protocol/channel.ts";
import { defaultSettings, type ServerKey } from "../../protocol/data.ts";
import type { EngineContract } from "../../protocol/engine.ts";
import { readyStatus, ScriptedEngine } from "./scriptedEngine.ts";

type Script = Partial<Handlers<EngineContract>>;

const quick: RestartPolicy = { waits: [1, 2, 3], deaths: 4, window: 60_000, startLimit: 10_000 };
const never = (): Promise<never> => new Promise(() => undefined);
const query = { query: "notice", k: 3, mode: "hybrid" } as const;

/** A client whose n-th engine follows the n-th script, the last one for all after it. */
function clientOf(scripts: readonly Script[], restarts: Partial<RestartPolicy> = {}) {
  const children: ScriptedEngine[] = [];
  const states: SupervisedState[] = [];
  const logged: string[] = [];
  let settings = defaultSettings;
  let serverKeys: ServerKey[] = [];
  const client = new EngineClient({
    fork: () => {
      const child = new ScriptedEngine(scripts[Math.min(children.length, scripts.length - 1)]);
      children.push(child);
      return child;
    },
    start: () => ({
      storage: "/storage",
      folders: [{ path: "/work", name: "work" }],
      settings,
      serverKeys,
    }),
    log: (_, message) => logged.push(message),
    restarts: { ...quick, ...restarts },
  });
  client.onState((state) => states.push(state));
  const reached = (state: SupervisedState["state"]): Promise<void> =>
    new Promise((resolve) => {
      if (client.state.state === state) return resolve();
      const stop = client.onState((now) => {
        if (now.state !== state) return;
        stop();
        resolve();
      });
    });
  return {
    client,
    children,
    states,
    logged,
    reached,
    set: (change: Partial<typeof settings>) => {
      settings = { ...settings, ...change };
    },
    setKeys: (keys: ServerKey[]) => {
      serverKeys = keys;
    },
  };
}

function isGone(error: unknown): boolean {
  return error instanceof CarrelError && error.code === "gone" && error.message !== "";
}

test("starts no process before it is needed, and one alone for many calls", async () => {
  const { client, children } = clientOf([{ search: () => ({ hits: [], nearest: [], ms: 1 }) }]);
  assert.equal(client.state.state, "stopped");
  await client.filesChanged(["/ws/a.txt"]);
  await client.settingsChanged();
  assert.equal(children.length, 0);
  await Promise.all([client.start(), client.search(query), client.search(query)]);
  assert.equal(children.length, 1);
  assert.equal(client.state.state, "running");
});

test("each engine has the keys of model servers, also one that is started again, and no log has them", async () => {
  const seen: unknown[] = [];
  const script: Script = {
    initialize({ serverKeys }) {
      seen.push(serverKeys);
      return { version: "1", status: readyStatus };
    },
    setServerKeys({ serverKeys }) {
      seen.push(serverKeys);
      return {};
    },
  };
  const { client, setKeys, logged } = clientOf([script]);
  const keys = [{ url: "http://127.0.0.1:8080", key: "sk-very-secret" }];
  await client.serverKeysChanged();
  assert.deepEqual(seen, [], "no engine is started for them");
  await client.start();
  setKeys(keys);
  await client.serverKeysChanged();
  await client.restart();
  assert.deepEqual(seen, [[], keys, keys]);
  assert.ok(!logged.join().includes("sk-very-secret"));
});

test("tells the engine where to work before anything else", async () => {
  const seen: unknown[] = [];
  const script: Script = {
    initialize(params) {
      seen.push(params);
      return { version: "1", status: readyStatus };
    },
    search: () => {
      seen.push("search");
      return { hits: [], nearest: [], ms: 0 };
    },
  };
  const { client } = clientOf([script]);
  await client.search(query);
  const folders = [{ path: "/work", name: "work" }];
  assert.deepEqual(seen, [
    { storage: "/storage", folders, settings: defaultSettings, serverKeys: [] },
    "search",
  ]);
  assert.deepEqual(client.status, readyStatus);
});

test("a death ends the pending requests as gone, and the engine is started again", async () => {
  const { client, children, states, reached } = clientOf([
    { search: never, ask: never },
    { search: () => ({ hits: [], nearest: [], ms: 7 }) },
  ]);
  await client.start();
  const pending = [client.search(query), client.ask({ question: "?", history: [] })];
  setImmediate(() => children[0]?.die(139));
  for (const result of await Promise.allSettled(pending)) {
    assert.ok(result.status === "rejected" && isGone(result.reason));
  }
  await reached("restarting");
  await reached("running");
  assert.equal((await client.search(query)).ms, 7);
  assert.equal(children.length, 2);
  assert.deepEqual(
    states.map(({ state }) => state),
    ["starting", "running", "restarting", "starting", "running"],
  );
  assert.match(states[2]?.message ?? "", /exit code 139.*again in 1 s/);
});

test("a request that comes while the engine is down waits for the restart", async () => {
  const { client, children } = clientOf([{}, { search: () => ({ hits: [], nearest: [], ms: 5 }) }]);
  await client.start();
  children[0]?.die(1);
  assert.equal((await client.search(query)).ms, 5);
});

test("an engine that keeps dying stays down, with a message; a restart forgets the deaths", async () => {
  const { client, children, reached, logged } = clientOf([{}]);
  for (let death = 1; death <= quick.deaths; death++) {
    await client.start();
    children.at(-1)?.die(null, "SIGSEGV");
    await reached(death < quick.deaths ? "restarting" : "failed");
  }
  assert.match(client.state.message ?? "", /4 times.*signal SIGSEGV/);
  await assert.rejects(client.search(query), isGone);
  assert.equal(children.length, 4);
  assert.equal(logged.filter((line) => line.includes("signal SIGSEGV")).length, 5);
  await client.restart();
  assert.equal(client.state.state, "running");
  children.at(-1)?.die(1);
  await reached("restarting");
});

test("an engine that dies while it starts counts as dead, and its waiters are told in the end", async () => {
  const children: ScriptedEngine[] = [];
  const client = new EngineClient({
    fork: () => {
      const child = new ScriptedEngine({ initialize: never });
      children.push(child);
      setImmediate(() => child.die(7));
      return child;
    },
    start: () => ({ storage: "/storage", folders: [], settings: defaultSettings }),
    log: () => undefined,
    restarts: quick,
  });
  await assert.rejects(client.start(), isGone);
  assert.equal(children.length, 4);
  assert.equal(client.state.state, "failed");
});

test("waits grow with each death", async () => {
  const { client, children, states, reached } = clientOf([{}], { waits: [1, 1_500], deaths: 3 });
  await client.start();
  children[0]?.die(1);
  await reached("restarting");
  await reached("running");
  children[1]?.die(1);
  await reached("restarting");
  assert.match(states.at(-1)?.message ?? "", /again in 2 s/);
  client.dispose();
});

test("an engine that refuses to start is not tried again, until the settings change", async () => {
  const refuse: Script = {
    initialize: () => {
      throw new CarrelError("The storage can't be written.", "Free some space.");
    },
  };
  const { client, children, set } = clientOf([refuse, {}]);
  await assert.rejects(client.start(), /The storage can't be written\. Free some space\./);
  assert.equal(client.state.state, "failed");
  assert.deepEqual(children[0]?.killed, ["SIGTERM"]);
  await assert.rejects(client.start(), isGone);
  assert.equal(children.length, 1);
  set({ chatModel: "other" });
  await client.settingsChanged();
  assert.equal(client.state.state, "running");
});

test("an engine that does not answer its first request is killed", async () => {
  const { client, children } = clientOf([{ initialize: never }, {}], { startLimit: 5 });
  await client.start();
  assert.deepEqual(children[0]?.killed, ["SIGTERM"]);
  assert.equal(children.length, 2);
});

test("a process that can't be started is a failure with a message", async () => {
  const client = new EngineClient({
    fork: () => {
      throw new Error("spawn ENOENT");
    },
    start: () => ({ storage: "", folders: [], settings: defaultSettings }),
    log: () => undefined,
  });
  await assert.rejects(client.start(), /could not be started: spawn ENOENT/);
  assert.equal(client.state.state, "failed");
});

test("dispose kills the engine, ends what is pending and starts nothing any more", async () => {
  const { client, children, states } = clientOf([{ search: never }]);
  await client.start();
  const pending = client.search(query);
  setImmediate(() => client.dispose());
  await assert.rejects(pending, isGone);
  assert.deepEqual(children[0]?.killed, ["SIGTERM"]);
  await assert.rejects(client.search(query), isGone);
  assert.equal(children.length, 1);
  assert.equal(states.at(-1)?.state, "stopped");
});

test("dispose during a back-off ends the wait", async () => {
  const { client, children, reached } = clientOf([{}], { waits: [60_000] });
  await client.start();
  children[0]?.die(1);
  await reached("restarting");
  const waiting = client.search(query);
  setImmediate(() => client.dispose());
  await assert.rejects(waiting, isGone);
  assert.equal(children.length, 1);
});

test("a restart replaces a running engine without counting a death", async () => {
  const { client, children, logged } = clientOf([{}]);
  await client.start();
  await client.restart();
  assert.equal(children.length, 2);
  assert.equal(client.state.state, "running");
  assert.ok(!logged.some((line) => line.includes("stopped")));
});

test("a lost connection ends a process that lives on", async () => {
  const { client, children, reached } = clientOf([{}]);
  await client.start();
  children[0]?.emit("disconnect");
  assert.deepEqual(children[0]?.killed, ["SIGTERM"]);
  await reached("restarting");
  await reached("running");
});

test("cancelling a request is its caller's business alone", async () => {
  const { client, children } = clientOf([{ search: never }]);
  await client.start();
  const cancel = new AbortController();
  const pending = client.search(query, cancel.signal);
  setImmediate(() => cancel.abort());
  await assert.rejects(pending, (error) => error instanceof CarrelError && error.code === "cancelled");
  assert.equal(client.state.state, "running");
  assert.equal(children.length, 1);
});

test("status and log of the engine are passed on", async () => {
  const { client, children, logged } = clientOf([{}]);
  await client.start();
  const status = once(children[0] ?? new ScriptedEngine(), "message");
  children[0]?.engine.notify("status", { ...readyStatus, state: "paused" });
  children[0]?.engine.notify("log", { level: "warn", message: "slow disk" });
  await status;
  await new Promise(setImmediate);
  assert.equal(client.status?.state, "paused");
  assert.ok(logged.includes("slow disk"));
});
