import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import * as v from "valibot";
import { CarrelError, Channel, type Contract, type Port } from "../../protocol/channel.ts";

const pair = v.object({ a: v.object({ b: v.number() }), c: v.string() });
const contract = {
  requests: {
    add: { params: pair, result: v.object({ sum: v.number() }), progress: v.number() },
    wait: { params: v.object({}), result: v.object({}) },
  },
  notifications: { news: v.string() },
} as const satisfies Contract;

/** One end of a channel; the test sees each message that it sends, and sends it what it likes. */
function oneEnd() {
  const sent: { type: string; id?: number; error?: { message: string } }[] = [];
  const errors: unknown[] = [];
  let [deliver, end]: [(message: unknown) => void, (reason: string) => void] = [
    () => undefined,
    () => undefined,
  ];
  let [answer, fail]: [() => void, () => void] = [() => undefined, () => undefined];
  let failures = 0;
  const port: Port = {
    send(message) {
      if (failures > 0) {
        failures -= 1;
        throw new Error("full");
      }
      sent.push(message as (typeof sent)[number]);
    },
    listen(onMessage, onClose) {
      [deliver, end] = [onMessage, onClose];
    },
  };
  const channel = new Channel(
    port,
    contract,
    contract,
    {
      add: ({ a, c }) => ({ sum: a.b + c.length }),
      wait: () =>
        new Promise((resolve, reject) => {
          answer = () => resolve({});
          fail = () => reject(new Error("too late"));
        }),
    },
    (error) => errors.push(error),
  );
  return {
    channel,
    sent,
    errors,
    deliver: (message: unknown) => deliver(message),
    end: (reason: string) => end(reason),
    answer: () => answer(),
    fail: () => fail(),
    failNext: (times: number) => {
      failures = times;
    },
  };
}

const params = { a: { b: 1 }, c: "two" };

/** A signal that tells how many listen to it. */
function watchedSignal(): { signal: AbortSignal; listening: () => number } {
  const { signal } = new AbortController();
  const listeners = new Set<unknown>();
  signal.addEventListener = (type: string, listener: unknown) => {
    if (type === "abort") listeners.add(listener);
  };
  signal.removeEventListener = (type: string, listener: unknown) => {
    if (type === "abort") listeners.delete(listener);
  };
  return { signal, listening: () => listeners.size };
}

test("an error has a name, and says that something failed unless it says what", () => {
  const error = new CarrelError("The disk is full.");
  assert.deepEqual([error.name, error.remedy, error.code], ["CarrelError", "", "failed"]);
});

test("a request that has ended listens to its signal no more", async () => {
  const { channel, deliver } = oneEnd();
  for (const [id, end] of [
    { type: "result", value: { sum: 3 } },
    { type: "error", error: { message: "no", remedy: "", code: "failed" } },
  ].entries()) {
    const { signal, listening } = watchedSignal();
    const asked = channel.request("add", params, { signal });
    assert.equal(listening(), 1);
    deliver({ id: id + 1, ...end });
    await Promise.allSettled([asked]);
    assert.equal(listening(), 0);
  }
});

test("of parameters that can't be sent the peer hears a cancellation", async () => {
  const { channel, sent, failNext } = oneEnd();
  failNext(1);
  await assert.rejects(channel.request("add", params), /can't be sent: full/);
  assert.deepEqual(sent, [{ type: "cancel", id: 1 }]);
});

test("a request that was cancelled is told to the peer once, by its number", async () => {
  const { channel, sent, deliver } = oneEnd();
  const controller = new AbortController();
  const asked = channel.request("wait", {}, { signal: controller.signal });
  controller.abort();
  await assert.rejects(asked, { code: "cancelled" });
  deliver({ type: "result", id: 1, value: {} });
  assert.deepEqual(sent.slice(1), [{ type: "cancel", id: 1 }]);
});

test("once it is closed nothing is sent and nothing is heard any more", async () => {
  const { channel, sent, errors, deliver, end, answer } = oneEnd();
  const heard: string[] = [];
  channel.on("news", (text) => heard.push(text));
  deliver({ type: "request", id: 1, method: "wait", params: {} });
  end("killed");
  answer();
  channel.notify("news", "late");
  deliver({ type: "notify", method: "news", params: "late" });
  deliver({ type: "request", id: 2, method: "add", params });
  deliver({ type: "request", id: 3, method: 7 });
  await turn();
  assert.deepEqual([sent, heard, errors], [[], [], []]);
});

test("a handler that fails after the end tells nobody", async () => {
  const { sent, deliver, end, fail } = oneEnd();
  deliver({ type: "request", id: 1, method: "wait", params: {} });
  end("killed");
  fail();
  await turn();
  assert.deepEqual(sent, []);
});

test("a broken message is answered only if it is a request whose number is free", async () => {
  const { sent, deliver, answer } = oneEnd();
  deliver({ type: "odd", id: 7 });
  deliver({ type: "notify", id: 8 });
  deliver({ type: "request", id: 1, method: "wait", params: {} });
  deliver({ type: "request", id: 1, method: 5 });
  await turn();
  assert.equal(sent.length, 0);
  deliver({ type: "request", id: 2, method: 5 });
  assert.equal(sent.length, 1);
  assert.deepEqual([sent[0]?.type, sent[0]?.id], ["error", 2]);
  assert.match(sent[0]?.error?.message ?? "", /^"request" carried something unexpected: method: /);
  answer();
  await turn();
  assert.deepEqual(sent[1], { type: "result", id: 1, value: {} });
});

test("a broken error ends the request that it names", async () => {
  const { channel, deliver } = oneEnd();
  const asked = channel.request("add", params);
  deliver({ type: "error", id: 1, error: "no" });
  await assert.rejects(asked, /^CarrelError: "error" carried something unexpected/);
});

test("progress of the wrong kind, or after the end, is not told", async () => {
  const { channel, deliver } = oneEnd();
  const seen: unknown[] = [];
  const asked = channel.request("add", params, { onProgress: (value) => seen.push(value) });
  deliver({ type: "progress", id: 1, value: "half" });
  deliver({ type: "progress", id: 1, value: 5 });
  deliver({ type: "progress", id: 2, value: 6 });
  deliver({ type: "result", id: 1, value: { sum: 4 } });
  deliver({ type: "progress", id: 1, value: 7 });
  assert.deepEqual(await asked, { sum: 4 });
  assert.deepEqual(seen, [5]);
});

test("progress for a request that reports none is not told", async () => {
  const { channel, deliver, errors } = oneEnd();
  const seen: unknown[] = [];
  const asked = channel.request("wait", {}, { onProgress: (value: unknown) => seen.push(value) });
  deliver({ type: "progress", id: 1, value: 5 });
  deliver({ type: "result", id: 1, value: {} });
  await asked;
  assert.deepEqual([seen, errors], [[], []]);
});

test("notifications of the wrong kind, or that nobody listens to, are no errors", () => {
  const { channel, deliver, errors } = oneEnd();
  deliver({ type: "notify", method: "news", params: "nobody hears" });
  const heard: string[] = [];
  channel.on("news", (text) => heard.push(text));
  deliver({ type: "notify", method: "news", params: 5 });
  deliver({ type: "notify", method: "toString", params: "x" });
  deliver({ type: "notify", method: "news", params: "heard" });
  assert.deepEqual([heard, errors], [["heard"], []]);
});

test("a number can be used again when its request was answered", async () => {
  const { sent, deliver } = oneEnd();
  for (let n = 0; n < 2; n++) {
    deliver({ type: "request", id: 1, method: "add", params });
    await turn();
  }
  assert.deepEqual(sent, [
    { type: "result", id: 1, value: { sum: 4 } },
    { type: "result", id: 1, value: { sum: 4 } },
  ]);
});

test("what was unexpected is named by its place and its kind", async () => {
  const { channel, deliver, sent } = oneEnd();
  deliver({ type: "request", id: 1, method: "add", params: { a: { b: "x" }, c: 5 } });
  deliver({ type: "request", id: 2, method: "add", params: 5 });
  await turn();
  const [both, whole] = sent.map(({ error }) => error?.message ?? "");
  assert.match(both ?? "", /^"add" carried something unexpected: a\.b: .+; c: .+/);
  assert.match(whole ?? "", /^"add" carried something unexpected: value: .+/);
  const asked = channel.request("add", params);
  deliver({ type: "result", id: 1, value: { sum: "x" } });
  await assert.rejects(asked, { code: "invalid", message: /^"add" carried something unexpected: sum: / });
});

test("a request to a peer that has gone says why, and what to do", async () => {
  const { channel, end, sent } = oneEnd();
  const asked = channel.request("wait", {});
  end("killed by a signal");
  for (const one of [asked, channel.request("wait", {})]) {
    await assert.rejects(one, { code: "gone", message: /killed by a signal/, remedy: /Try again/ });
  }
  assert.equal(sent.length, 1);
});

test("what listens for the end hears the reason once, also when it comes late", () => {
  const { channel, end } = oneEnd();
  const heard: string[] = [];
  channel.onClose((reason) => heard.push(`early ${reason}`));
  end("first");
  end("second");
  channel.close("third");
  channel.onClose((reason) => heard.push(`late ${reason}`));
  assert.deepEqual(heard, ["early first", "late first"]);
});
