import assert from "node:assert/strict";
import { test } from "node:test";
import * as v from "valibot";
import { CarrelError, Channel, type Contract } from "../../protocol/channel.ts";
import { portPair } from "../../protocol/port.ts";

const server = {
  requests: {
    double: { params: v.object({ n: v.number() }), result: v.object({ n: v.number() }) },
    count: { params: v.object({ to: v.number() }), result: v.string(), progress: v.number() },
    wait: { params: v.object({}), result: v.object({}) },
    fail: { params: v.object({}), result: v.object({}) },
    lie: { params: v.object({}), result: v.object({ n: v.number() }) },
  },
  notifications: { news: v.string() },
} as const satisfies Contract;
const client = { requests: {}, notifications: {} } as const satisfies Contract;

function connect() {
  const [near, far] = portPair();
  const aborted: string[] = [];
  const there = new Channel(far, client, server, {
    double: ({ n }) => ({ n: n * 2 }),
    async count({ to }, { progress }) {
      for (let i = 1; i <= to; i++) progress(i);
      return "done";
    },
    wait: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => {
          aborted.push("wait");
          reject(new Error("aborted"));
        });
      }),
    fail() {
      throw new CarrelError("The disk is full.", "Free some space.");
    },
    lie: () => ({ n: "three" }) as never,
  });
  const here = new Channel(near, server, client, {});
  return { here, there, near, aborted };
}

test("a request is answered", async () => {
  const { here } = connect();
  assert.deepEqual(await here.request("double", { n: 21 }), { n: 42 });
});

test("progress arrives before the result", async () => {
  const { here } = connect();
  const seen: number[] = [];
  assert.equal(await here.request("count", { to: 3 }, { onProgress: (n) => seen.push(n) }), "done");
  assert.deepEqual(seen, [1, 2, 3]);
});

test("an error keeps its message and remedy", async () => {
  const { here } = connect();
  await assert.rejects(here.request("fail", {}), {
    message: "The disk is full.",
    remedy: "Free some space.",
  });
});

test("a cancelled request ends at once, and its handler hears of it", async () => {
  const { here, aborted } = connect();
  const controller = new AbortController();
  const waiting = here.request("wait", {}, { signal: controller.signal });
  await here.request("double", { n: 1 });
  controller.abort();
  await assert.rejects(waiting, { code: "cancelled" });
  await here.request("double", { n: 1 });
  assert.deepEqual(aborted, ["wait"]);
});

test("when the peer goes, every pending request ends, and so do later ones", async () => {
  const { here, near, aborted } = connect();
  const waiting = here.request("wait", {});
  await here.request("double", { n: 1 });
  near.close("killed");
  await assert.rejects(waiting, { code: "gone" });
  await assert.rejects(here.request("double", { n: 1 }), { code: "gone" });
  assert.deepEqual(aborted, ["wait"]);
});

test("wrong parameters, wrong results and unknown methods are errors, not silence", async () => {
  const { here } = connect();
  await assert.rejects(here.request("double", { n: "x" } as never), { code: "invalid" });
  await assert.rejects(here.request("lie", {}), { code: "invalid" });
  await assert.rejects(here.request("nothing" as never, {} as never), { code: "invalid" });
});

test("what is not a message is ignored", async () => {
  const { here, there, near } = connect();
  for (const junk of [null, 7, "x", {}, { type: "result" }, { type: "error", id: 99, error: {} }])
    near.send(junk);
  assert.deepEqual(await here.request("double", { n: 2 }), { n: 4 });
  assert.ok(there);
});

test("notifications reach listeners until they stop listening", async () => {
  const { here, there } = connect();
  const heard: string[] = [];
  const stop = here.on("news", (text) => heard.push(text));
  there.notify("news", "one");
  await here.request("double", { n: 1 });
  stop();
  there.notify("news", "two");
  await here.request("double", { n: 1 });
  assert.deepEqual(heard, ["one"]);
});
