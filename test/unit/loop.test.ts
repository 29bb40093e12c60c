import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { Loop, type Step } from "../../engine/workspace/loop.ts";

interface Looped {
  readonly loop: Loop;
  /** What happened, in order: names of steps, "after", and "failed: …". */
  readonly events: string[];
  /** How often the loop asked for a step. */
  readonly asked: number[];
  /** Steps that wait for their turn. */
  readonly steps: Step[];
  dueAt: number;
  after: () => void;
}

/** A loop over steps that the test puts there, under a clock that stands still until the test moves it. */
function looped(t: TestContext, steps: Step[] = []): Looped {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const events: string[] = [];
  const asked: number[] = [];
  const made: Looped = {
    events,
    asked,
    steps,
    dueAt: Number.POSITIVE_INFINITY,
    after: () => undefined,
    loop: new Loop({
      next(now) {
        asked.push(now);
        return steps.shift();
      },
      dueAt: () => made.dueAt,
      after() {
        events.push("after");
        made.after();
      },
      onFailure: (what, error) => events.push(`failed: ${what} ${String(error)}`),
    }),
  };
  t.after(() => made.loop.close());
  return made;
}

interface HeldStep extends Step {
  readonly started: boolean;
  readonly signal: AbortSignal;
  readonly isYielding: () => boolean;
  finish(): void;
  fail(error: unknown): void;
}

/** A step that goes on until the test ends it. */
function held(what: string, isIdleWork = false): HeldStep {
  let finish: () => void = () => undefined;
  let fail: (error: unknown) => void = () => undefined;
  const step = {
    what,
    isIdleWork,
    started: false,
    signal: new AbortController().signal,
    isYielding: () => false,
    run(signal: AbortSignal, isYielding: () => boolean): Promise<void> {
      Object.assign(step, { started: true, signal, isYielding });
      return new Promise((resolve, reject) => {
        finish = resolve;
        fail = reject;
      });
    },
    finish: () => finish(),
    fail: (error: unknown) => fail(error),
  };
  return step;
}

const quick = (events: string[], what: string): Step => ({
  what,
  run: async () => void events.push(what),
});

test("steps are done one after another, and each is followed by a look at what has become of it", async (t) => {
  const made = looped(t);
  made.steps.push(quick(made.events, "one"), quick(made.events, "two"));
  made.loop.start();
  await nextTurn();
  assert.deepEqual(made.events, ["one", "after", "two", "after", "after"]);
});

test("a step begins when the one before has ended, and not earlier", async (t) => {
  const [first, second] = [held("first"), held("second")];
  const { loop, steps, events } = looped(t, [first, second]);
  loop.start();
  await nextTurn();
  assert.deepEqual([first.started, second.started], [true, false]);
  assert.deepEqual(events, []);
  first.finish();
  await nextTurn();
  assert.equal(second.started, true);
  second.finish();
  await nextTurn();
  assert.equal(steps.length, 0);
});

test("to start it again starts no second one", async (t) => {
  const [first, second] = [held("first"), held("second")];
  const { loop } = looped(t, [first, second]);
  loop.start();
  loop.start();
  await nextTurn();
  assert.deepEqual([first.started, second.started], [true, false]);
  first.finish();
  await nextTurn();
  second.finish();
});

test("it sleeps until something is due", async (t) => {
  const made = looped(t);
  made.dueAt = 1_005_000;
  made.loop.start();
  await nextTurn();
  assert.deepEqual(made.asked, [1_000_000]);
  t.mock.timers.tick(4_999);
  await nextTurn();
  assert.equal(made.asked.length, 1);
  t.mock.timers.tick(1);
  await nextTurn();
  assert.deepEqual(made.asked.slice(1), [1_005_000]);
});

test("what was due already is looked at at once", async (t) => {
  const made = looped(t);
  made.dueAt = 900_000;
  made.after = () => {
    made.dueAt = made.asked.length < 2 ? 900_000 : Number.POSITIVE_INFINITY;
  };
  made.loop.start();
  await nextTurn();
  t.mock.timers.tick(1);
  await nextTurn();
  assert.equal(made.asked.length, 2);
});

test("it looks again after half a minute though nothing is due", async (t) => {
  const made = looped(t);
  made.loop.start();
  await nextTurn();
  t.mock.timers.tick(29_999);
  await nextTurn();
  assert.equal(made.asked.length, 1);
  t.mock.timers.tick(1);
  await nextTurn();
  assert.equal(made.asked.length, 2);
});

test("waking ends its sleep", async (t) => {
  const made = looped(t);
  made.loop.start();
  await nextTurn();
  made.steps.push(quick(made.events, "woken"));
  made.loop.wake();
  await nextTurn();
  assert.deepEqual(made.events, ["after", "woken", "after", "after"]);
});

test("a wake before it falls asleep is not lost", async (t) => {
  const made = looped(t);
  made.after = () => {
    if (made.asked.length > 1) return;
    made.steps.push(quick(made.events, "late"));
    made.loop.wake();
  };
  made.loop.start();
  await nextTurn();
  assert.deepEqual(made.events, ["after", "late", "after", "after"]);
});

test("a wake lets a step finish what it has begun; the next one has all its time", async (t) => {
  const [first, second] = [held("first"), held("second")];
  const { loop } = looped(t, [first, second]);
  loop.start();
  await nextTurn();
  assert.equal(first.isYielding(), false);
  loop.wake();
  assert.equal(first.isYielding(), true);
  assert.equal(first.signal.aborted, false);
  first.finish();
  await nextTurn();
  assert.equal(second.isYielding(), false);
  second.finish();
});

test("idle work gives way to a wake at once", async (t) => {
  const idle = held("idle", true);
  const { loop } = looped(t, [idle]);
  loop.start();
  await nextTurn();
  assert.equal(idle.signal.aborted, false);
  loop.wake();
  assert.equal(idle.signal.aborted, true);
  idle.finish();
});

test("an interrupted step ends; that it throws then is no failure, and nothing waits for it", async (t) => {
  const [first, second] = [held("first"), held("second")];
  const { loop, events } = looped(t, [first, second]);
  loop.start();
  await nextTurn();
  loop.interrupt();
  assert.equal(first.signal.aborted, true);
  first.fail(new Error("aborted"));
  await nextTurn();
  assert.equal(second.started, true);
  assert.equal(second.signal.aborted, false);
  assert.deepEqual(events, ["after"]);
  second.finish();
});

test("an interruption ends its sleep", async (t) => {
  const { loop, asked } = looped(t);
  loop.start();
  await nextTurn();
  loop.interrupt();
  await nextTurn();
  assert.equal(asked.length, 2);
});

test("a step that fails is told, and half a second goes by before the next", async (t) => {
  const [first, second] = [held("It stopped."), held("second")];
  const { loop, events } = looped(t, [first, second]);
  loop.start();
  await nextTurn();
  first.fail(new Error("no luck"));
  await nextTurn();
  assert.deepEqual(events, ["failed: It stopped. Error: no luck"]);
  t.mock.timers.tick(499);
  await nextTurn();
  assert.equal(second.started, false);
  t.mock.timers.tick(1);
  await nextTurn();
  assert.equal(second.started, true);
  second.finish();
});

test("a wake ends the wait after a failure", async (t) => {
  const [first, second] = [held("first"), held("second")];
  const { loop } = looped(t, [first, second]);
  loop.start();
  await nextTurn();
  first.fail(new Error("no luck"));
  await nextTurn();
  loop.wake();
  await nextTurn();
  assert.equal(second.started, true);
  second.finish();
});

test("closing ends the step that runs, waits for it, and begins no other", async (t) => {
  const [first, second] = [held("first"), held("second")];
  const { loop } = looped(t, [first, second]);
  loop.start();
  await nextTurn();
  let isClosed = false;
  const closed = loop.close().then(() => {
    isClosed = true;
  });
  await nextTurn();
  assert.equal(first.signal.aborted, true);
  assert.equal(isClosed, false);
  first.finish();
  await closed;
  assert.equal(second.started, false);
});

test("closing ends its sleep, and one that was never started is closed at once", async (t) => {
  const { loop, asked } = looped(t);
  loop.start();
  await nextTurn();
  await loop.close();
  assert.equal(asked.length, 1);
  const never = new Loop({
    next: () => undefined,
    dueAt: () => 0,
    after: () => undefined,
    onFailure: () => undefined,
  });
  await never.close();
});

test("closed from what follows a look, it does not fall asleep", async (t) => {
  const made = looped(t);
  let closing: Promise<void> | undefined;
  made.after = () => {
    closing = made.loop.close();
  };
  made.loop.start();
  await closing;
  assert.equal(made.asked.length, 1);
});
