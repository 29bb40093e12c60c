import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Example } from "../../protocol/data.ts";
import { ExampleKeeper } from "../../webview/session/exampleKeeper.ts";
import { reduce } from "../../webview/session/reduce.ts";
import { initialState, type PanelState } from "../../webview/session/state.ts";
import { readyIndex } from "../webview/conversations.ts";

const running: PanelState = { ...initialState, engine: { state: "running" }, index: readyIndex };

interface Made {
  readonly signal: AbortSignal;
  readonly answer: (examples: Example[]) => void;
  readonly fail: () => void;
}

function keeper(t: TestContext) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const requests: Made[] = [];
  const shown: (readonly Example[])[] = [];
  const keeping = new ExampleKeeper(
    (signal) =>
      new Promise((resolve, reject) => {
        requests.push({ signal, answer: resolve, fail: () => reject(new Error("gone")) });
      }),
    (examples) => shown.push(examples),
  );
  return {
    requests,
    shown,
    /** The state lasts for so long. */
    async follow(state: PanelState, ms = 1_000) {
      keeping.follow(state);
      t.mock.timers.tick(ms);
      await Promise.resolve();
    },
  };
}

const one: Example[] = [{ question: "What is in this workspace?" }];
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("examples are made once for an index, when it has come to rest", async (t) => {
  const { requests, shown, follow } = keeper(t);
  await follow(running, 10);
  await follow({ ...running, index: { ...readyIndex, chunks: 1 } }, 10);
  assert.equal(requests.length, 0, "the index was not at rest");
  await follow(running);
  assert.equal(requests.length, 1);
  requests[0]?.answer(one);
  await settled();
  assert.deepEqual(shown, [one]);
  await follow({ ...running });
  assert.equal(requests.length, 1, "they are there");
});

test("a change of the index ends a request and makes another", async (t) => {
  const { requests, shown, follow } = keeper(t);
  await follow(running);
  await follow({ ...running, index: { ...readyIndex, state: "indexing" } });
  assert.equal(requests[0]?.signal.aborted, true);
  requests[0]?.answer(one);
  await settled();
  assert.deepEqual(shown, [], "what is late is not shown");
  await follow(running);
  requests[1]?.answer(one);
  await settled();
  assert.deepEqual(shown, [one]);
  // An edit that leaves all counts as they are.
  await follow({ ...running, index: { ...readyIndex, state: "indexing" } });
  await follow(running);
  assert.equal(requests.length, 3);
});

test("nothing is asked while somebody types, in a conversation, without an index or an engine", async (t) => {
  const { requests, follow } = keeper(t);
  const asked = reduce(running, { type: "ask", id: 1, question: "Why?", selection: undefined });
  for (const state of [
    { ...running, draft: "Wh" },
    asked,
    { ...running, index: { ...readyIndex, files: 0 } },
    { ...running, engine: { state: "restarting" } as const },
    { ...running, hasFolder: false },
  ])
    await follow(state);
  assert.equal(requests.length, 0);
  await follow(running, 10);
  await follow({ ...running, draft: "W" });
  assert.equal(requests.length, 0, "typing ends the wait");
});

test("a failure shows nothing, and is tried again with the next change", async (t) => {
  const { requests, shown, follow } = keeper(t);
  await follow(running);
  requests[0]?.fail();
  await settled();
  await follow({ ...running, index: { ...readyIndex, chunks: 7 } });
  requests[1]?.answer(one);
  await settled();
  assert.deepEqual(shown, [one]);
});

test("examples go with the index that they were made from", () => {
  const shown = reduce(running, { type: "examples", examples: one });
  assert.deepEqual(shown.examples, one);
  assert.deepEqual(reduce(shown, { type: "index", index: { ...readyIndex, files: 0 } }).examples, []);
});
