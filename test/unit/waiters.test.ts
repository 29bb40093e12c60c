import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Waiters } from "../../engine/workspace/waiters.ts";

test("what is so already is not waited for", async () => {
  let asked = 0;
  await new Waiters().until(() => {
    asked += 1;
    return true;
  });
  assert.equal(asked, 1);
});

test("each waiter goes on when its own question is answered, and is not asked again", async () => {
  const waiters = new Waiters();
  const [first, second] = [
    { isSo: false, asked: 0 },
    { isSo: false, asked: 0 },
  ];
  const wait = (one: typeof first): Promise<void> =>
    waiters.until(() => {
      one.asked += 1;
      return one.isSo;
    });
  const ended: string[] = [];
  const both = [wait(first).then(() => ended.push("first")), wait(second).then(() => ended.push("second"))];
  waiters.askAll();
  first.isSo = true;
  waiters.askAll();
  await both[0];
  assert.deepEqual(ended, ["first"]);
  second.isSo = true;
  waiters.askAll();
  await both[1];
  waiters.askAll();
  assert.deepEqual([first.asked, second.asked], [3, 4]);
});

test("what a question throws is the waiter's alone, at once and later", async () => {
  const waiters = new Waiters();
  const failure = new Error("hopeless");
  await assert.rejects(
    waiters.until(() => {
      throw failure;
    }),
    failure,
  );
  let isHopeless = false;
  let isSo = false;
  const hopeless = waiters.until(() => {
    if (isHopeless) throw failure;
    return false;
  });
  const other = waiters.until(() => isSo);
  isHopeless = true;
  isSo = true;
  waiters.askAll();
  await assert.rejects(hopeless, failure);
  await other;
});

test("a waiter that is cancelled ends, whether before or while it waits", async () => {
  const waiters = new Waiters();
  const controller = new AbortController();
  let asked = 0;
  const isDone = (): boolean => {
    asked += 1;
    return false;
  };
  const waiting = waiters.until(isDone, controller.signal);
  controller.abort();
  await assert.rejects(waiting, { code: "cancelled" });
  waiters.askAll();
  assert.equal(asked, 1);
  await assert.rejects(
    waiters.until(() => true, controller.signal),
    { code: "cancelled" },
  );
});

test("one that is done hears no more of its signal", async () => {
  const controller = new AbortController();
  const { signal } = controller;
  const listening = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (type: string, listener: EventListener) => {
    listening.add(listener);
    add(type, listener);
  };
  signal.removeEventListener = (type: string, listener: EventListener) => {
    listening.delete(listener);
    remove(type, listener);
  };
  const waiters = new Waiters();
  let isSo = false;
  const waiting = waiters.until(() => isSo, signal);
  assert.equal(listening.size, 1);
  isSo = true;
  waiters.askAll();
  await waiting;
  assert.equal(listening.size, 0);
});

test("all that wait are told when nothing will come any more", async () => {
  const waiters = new Waiters();
  const waiting = [waiters.until(() => false), waiters.until(() => false)];
  const end = new Error("the end");
  waiters.rejectAll(end);
  for (const one of waiting) await assert.rejects(one, end);
  waiters.rejectAll(end);
});

test("a question that brings more waiters does not ask them twice in the same round", async () => {
  const waiters = new Waiters();
  const asked: string[] = [];
  let isFirstDone = false;
  const first = waiters.until(() => {
    if (isFirstDone && !asked.includes("second")) {
      void waiters.until(() => {
        asked.push("second");
        return asked.length > 1;
      });
    }
    return isFirstDone;
  });
  isFirstDone = true;
  waiters.askAll();
  await first;
  assert.deepEqual(asked, ["second"]);
});

test("who waits for some time at most is answered when it is done, when that fails, or when the time is over", async (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const waiters = new Waiters();
  await waiters.within(3_000, () => true);
  const failing = waiters.within(3_000, () => {
    throw new Error("no model");
  });
  await assert.rejects(failing, /no model/);
  let isOver = false;
  const waiting = waiters
    .within(3_000, () => false)
    .then(() => {
      isOver = true;
    });
  t.mock.timers.tick(2_999);
  waiters.askAll();
  await nextTurn();
  assert.equal(isOver, false);
  t.mock.timers.tick(1);
  await waiting;
});
