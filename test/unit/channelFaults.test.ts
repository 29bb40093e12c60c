import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import * as v from "valibot";
import { CarrelError, Channel, type Contract, type Port } from "../../protocol/channel.ts";
import { portPair } from "../../protocol/port.ts";

const empty = { params: v.object({}), result: v.unknown() };
const server = {
  requests: {
    double: { params: v.object({ n: v.number() }), result: v.object({ n: v.number() }) },
    count: { params: v.object({}), result: v.string(), progress: v.number() },
    give: { params: v.object({ what: v.string() }), result: v.unknown() },
    wait: empty,
  },
  notifications: { news: v.string() },
} as const satisfies Contract;
const client = { requests: {}, notifications: {} } as const satisfies Contract;

const circular: { self?: unknown } = {};
circular.self = circular;
const unsendable: Record<string, unknown> = { circular, bigint: 1n };
const thrown: Record<string, unknown> = {
  undefined,
  string: "The disk is full.",
  null: null,
  bare: Object.create(null),
  oddMessage: Object.assign(new Error("x"), { message: { not: "text" } }),
};

/** Two channels; `errors` are those that `here` met and could tell nobody, `raw` sends it anything. */
function connect() {
  const [near, far] = portPair();
  const errors: unknown[] = [];
  let answer: (value: unknown) => void = () => undefined;
  const there = new Channel(far, client, server, {
    double: ({ n }) => ({ n: n * 2 }),
    async count(_, { progress }) {
      for (let i = 1; i <= 3; i++) progress(i);
      return "done";
    },
    give({ what }) {
      if (what in thrown) throw thrown[what];
      return unsendable[what];
    },
    wait: () => new Promise((resolve) => (answer = resolve)),
  });
  const here = new Channel(near, server, client, {}, (error) => errors.push(error));
  return { here, there, near, far, errors, answer: (value: unknown) => answer(value) };
}

/** One channel, with the other end in the hands of the test: what it sent, and a way to send it anything. */
function serve(handlers: Partial<Record<keyof typeof server.requests, () => unknown>> = {}) {
  const sent: unknown[] = [];
  let deliver: (message: unknown) => void = () => undefined;
  let end: (reason: string) => void = () => undefined;
  const port: Port = {
    send: (message) => sent.push(structuredClone(message)),
    listen(onMessage, onClose) {
      deliver = onMessage;
      end = onClose;
    },
  };
  const all = { double: () => ({ n: 1 }), count: () => "", give: () => 1, wait: () => 1, ...handlers };
  const channel = new Channel(port, server, server, all as never);
  return { channel, sent, deliver: (message: unknown) => deliver(message), end: () => end("it died") };
}

test("a listener that throws keeps nothing from the others, nor from later messages", async () => {
  const { here, there, errors } = connect();
  const heard: string[] = [];
  here.on("news", () => {
    throw new Error("first");
  });
  here.on("news", async () => {
    throw new Error("second");
  });
  here.on("news", (text) => heard.push(text));
  there.notify("news", "one");
  there.notify("news", "two");
  assert.deepEqual(await here.request("double", { n: 2 }), { n: 4 });
  await turn();
  assert.deepEqual(heard, ["one", "two"]);
  assert.deepEqual(errors.map(String).sort(), [
    "Error: first",
    "Error: first",
    "Error: second",
    "Error: second",
  ]);
});

test("what hears of errors may throw too", async () => {
  const [near, far] = portPair();
  const there = new Channel(far, client, server, { double: (params: unknown) => params } as never);
  const here = new Channel(near, server, client, {}, () => {
    throw new Error("no log");
  });
  here.on("news", () => {
    throw new Error("first");
  });
  there.notify("news", "one");
  assert.deepEqual(await here.request("double", { n: 2 }), { n: 2 });
});

test("a progress listener that throws does not end its request", async () => {
  const { here, errors } = connect();
  const seen: number[] = [];
  const onProgress = (n: number): void => {
    seen.push(n);
    throw new Error(`at ${n}`);
  };
  assert.equal(await here.request("count", {}, { onProgress }), "done");
  assert.deepEqual(seen, [1, 2, 3]);
  assert.equal(errors.length, 3);
});

test("a close listener that throws keeps nobody else from hearing, and every request ends", async () => {
  const { here, near, errors } = connect();
  const waiting = here.request("wait", {});
  const heard: string[] = [];
  here.onClose(() => {
    throw new Error("close");
  });
  here.onClose((reason) => heard.push(reason));
  near.close("killed");
  await assert.rejects(waiting, { code: "gone" });
  here.onClose((reason) => {
    heard.push(reason);
    throw new Error("late");
  });
  assert.deepEqual(heard, ["killed", "killed"]);
  assert.deepEqual(errors.map(String), ["Error: close", "Error: late"]);
});

const inherited = ["toString", "__proto__", "constructor", "hasOwnProperty", "valueOf"];

test("a method that every object has is no request", async () => {
  for (const method of inherited) {
    const { channel, sent, deliver } = serve();
    deliver({ type: "request", id: 7, method, params: {} });
    await turn();
    const [reply] = sent as { type: string; id: number; error: { code: string } }[];
    assert.equal(`${reply?.type} ${reply?.id} ${reply?.error?.code}`, "error 7 invalid", method);
    await assert.rejects(channel.request(method as never, {} as never), { code: "invalid" });
    deliver({ type: "notify", method, params: {} });
  }
});

test("a result that can't be sent ends its request, not the channel", async () => {
  const { here } = connect();
  for (const what of Object.keys(unsendable)) {
    await assert.rejects(here.request("give", { what }), { code: "failed" }, what);
  }
  assert.deepEqual(await here.request("double", { n: 2 }), { n: 4 });
});

test("parameters that can't be sent end their request, not the channel", async () => {
  const { here } = connect();
  const bad = { what: "x", circular } as { what: string };
  await assert.rejects(here.request("give", bad), { code: "invalid" });
  assert.deepEqual(await here.request("double", { n: 2 }), { n: 4 });
});

test("a notification or progress that can't be sent is reported, and nothing else happens", async () => {
  const [near, far] = portPair();
  const errors: unknown[] = [];
  const odd = {
    requests: { count: { params: v.object({}), result: v.string(), progress: v.unknown() } },
    notifications: { news: v.unknown() },
  } as const satisfies Contract;
  const handlers = {
    count(_: unknown, { progress }: { progress(value: unknown): void }) {
      progress(1n);
      return "done";
    },
  };
  const there = new Channel(far, client, odd, handlers, (error) => errors.push(error));
  const here = new Channel(near, odd, client, {});
  there.notify("news", circular);
  assert.equal(await here.request("count", {}), "done");
  assert.equal(errors.length, 2);
});

test("whatever a handler throws, its request ends", async () => {
  const { here } = connect();
  for (const what of Object.keys(thrown)) {
    await assert.rejects(here.request("give", { what }), (error) => {
      assert.ok(error instanceof CarrelError, what);
      assert.equal(error.code, "failed");
      if (what === "string") assert.equal(error.message, "The disk is full.");
      return true;
    });
  }
});

test("an answer of nothing is an answer", async () => {
  const { here } = connect();
  assert.equal(await here.request("give", { what: "nothing" }), undefined);
});

test("an answer that is no message ends the request that it names", async () => {
  for (const junk of [
    { type: "error", id: 1, error: {} },
    { type: "error", id: 1 },
  ]) {
    const { channel, deliver } = serve();
    const waiting = channel.request("wait", {});
    deliver(junk);
    await assert.rejects(waiting, { code: "invalid" });
  }
});

test("a request that is no message is answered, if it has a number", async () => {
  const { sent, deliver } = serve();
  deliver({ type: "request", id: 3 });
  deliver({ type: "request" });
  await turn();
  assert.deepEqual(
    (sent as { id: number }[]).map(({ id }) => id),
    [3],
  );
});

test("a second request or answer with the same number changes nothing about the first", async () => {
  let calls = 0;
  const ends: ((value: unknown) => void)[] = [];
  const wait = (): Promise<unknown> => {
    calls += 1;
    return new Promise((resolve) => ends.push(resolve));
  };
  const { channel, sent, deliver } = serve({ wait });
  for (let i = 0; i < 2; i++) deliver({ type: "request", id: 5, method: "wait", params: {} });
  await turn();
  assert.equal(calls, 1);
  ends[0]?.("first");
  await turn();
  assert.deepEqual(sent, [{ type: "result", id: 5, value: "first" }]);
  const asked = channel.request("give", { what: "" });
  for (const value of ["one", "two"]) deliver({ type: "result", id: 1, value });
  assert.equal(await asked, "one");
});

test("a peer that goes while it is being answered ends everything once", async () => {
  const { here, near, answer } = connect();
  const reasons: string[] = [];
  here.onClose((reason) => reasons.push(reason));
  const seen: number[] = [];
  const onProgress = (n: number): void => {
    seen.push(n);
    near.close("killed");
  };
  const counting = here.request("count", {}, { onProgress });
  const waiting = here.request("wait", {});
  await assert.rejects(counting, { code: "gone" });
  await assert.rejects(waiting, { code: "gone" });
  answer(1);
  await turn();
  assert.deepEqual(seen, [1]);
  assert.deepEqual(reasons, ["killed"]);
});

test("a port that can send nothing more ends the channel", async () => {
  const port: Port = {
    send() {
      throw new Error("the pipe is broken");
    },
    listen: () => undefined,
  };
  const channel = new Channel(port, server, client, {});
  await assert.rejects(channel.request("wait", {}), { code: "gone", message: /the pipe is broken/ });
  await assert.rejects(channel.request("wait", {}), { code: "gone" });
});

/** A generator of numbers in [0, 1) that a seed determines (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("no message, however odd, is thrown out of receive, and every request ends", async () => {
  for (let seed = 1; seed <= 200; seed++) {
    const next = random(seed);
    const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
    const { channel, deliver, end, sent } = serve();
    channel.on("news", () => {
      throw new Error("listener");
    });
    const methods = [...Object.keys(server.requests), "news", ...inherited, "", 7, undefined];
    const values = [undefined, null, 1, "x", {}, [], { n: 1 }, { message: "m", remedy: "", code: "gone" }];
    const waiting: Promise<unknown>[] = [];
    for (let step = 0; step < 60; step++) {
      if (next() < 0.2) {
        const onProgress = (): void => {
          throw new Error("progress");
        };
        const asked = channel.request(pick(["wait", "count"] as const), {}, { onProgress });
        // Looked at when all have ended; until then a rejection is not forgotten.
        asked.catch(() => undefined);
        waiting.push(asked);
        continue;
      }
      const type = pick(["request", "cancel", "progress", "result", "error", "notify", "else", undefined]);
      const id = pick([1, 2, 3, 4, 5, -1, 0.5, Number.NaN, "1", null, undefined]);
      const message = { type, id, method: pick(methods), params: pick(values), value: pick(values) };
      const odd = pick([message, { ...message, error: pick(values) }, pick(values), () => 1]);
      assert.doesNotThrow(() => deliver(odd), `seed ${seed}: ${JSON.stringify(odd)}`);
      if (next() < 0.1) await turn();
    }
    end();
    const ended = await Promise.allSettled(waiting);
    assert.equal(ended.length, waiting.length, `seed ${seed}`);
    await turn();
    assert.ok(sent.length > 0);
  }
});
