import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Reading } from "../../engine/workspace/questionPatience.ts";
import type { CarrelError, RequestOptions } from "../../protocol/channel.ts";
import type { Answer, AnswerEvent } from "../../protocol/data.ts";
import { gate } from "../support/gate.ts";
import { openInProcess, signal, testModel } from "../support/inProcess.ts";
import { eventually, makeWorkspace, workspaceOf } from "../support/workspace.ts";

/* A question that is asked while the first index is being built, and all that may happen to it while it waits. */

const note = (i: number): string =>
  `# Note ${i}\n\nCrate ${i} holds ${i * 7} apples and stands in hall ${i % 9}.\n`;
const notes = (count: number): Record<string, string> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`d${i % 40}/n${i}.md`, note(i)]));

/** An index that stops growing after `most` chunks, until `held` is opened; 200 chunks are the first commit. */
async function heldIndex(t: TestContext, files: number, most: number) {
  const workspace = await makeWorkspace(notes(files));
  const held = gate();
  const model = testModel("m");
  let embedded = 0;
  model.onEmbed = async (texts, input) => {
    if (input === "query") return;
    embedded += texts.length;
    if (embedded > most) await held.wait;
  };
  const opened = await openInProcess(t, workspace, { open: async () => model });
  // Whatever a test does, the loop must be able to end.
  t.after(() => held.open());
  const { indexes } = opened;
  const seen: Reading[] = [];
  return {
    ...opened,
    model,
    held,
    seen,
    index: () => indexes.index(signal, () => undefined).catch((error: unknown) => error),
    ask: (own = signal) => indexes.untilRead(own, (reading) => seen.push(reading)),
    waiting: () =>
      eventually("the question waits for files", async () => seen.some(({ of }) => of === files)),
  };
}

test("a question waits until all is read, and hears how far it is", async (t) => {
  const { indexes, index, ask, waiting, held, seen } = await heldIndex(t, 300, 250);
  const built = index();
  const asked = ask();
  await waiting();
  await eventually("the first batch is there", async () => seen.some(({ files }) => files === 200));
  held.open();
  await asked;
  await built;
  assert.equal(indexes.readShare(), undefined);
  assert.ok(seen.every(({ files }, i) => files >= (seen[i - 1]?.files ?? 0)));
  // A whole index is waited for no more.
  await indexes.untilRead(signal, () => assert.fail("There is nothing to wait for."));
});

test("a question that takes too long to wait for is asked of what is there, and says of how much", async (t) => {
  const { indexes, index, ask, held } = await heldIndex(t, 300, 250);
  const built = index();
  await ask();
  assert.deepEqual(indexes.readShare(), { files: 200, of: 300 });
  held.open();
  await built;
});

test("a question of two is cancelled alone, and the index goes on", async (t) => {
  const { indexes, index, ask, waiting, held } = await heldIndex(t, 50, 10);
  const built = index();
  const controller = new AbortController();
  const [first, second] = [ask(controller.signal), ask()];
  await waiting();
  controller.abort();
  await assert.rejects(first, { code: "cancelled" });
  held.open();
  await second;
  await built;
  assert.equal(indexes.status().files, 50);
});

test("a question ends with its index: deleted, paused before there was anything, failed", async (t) => {
  const stories: [(one: Awaited<ReturnType<typeof heldIndex>>) => void, Partial<CarrelError>, RegExp][] = [
    [
      ({ indexes }) => void indexes.clear(),
      { code: "unindexed" },
      /^The index of this workspace was deleted/,
    ],
    [({ indexes }) => indexes.pause(), { code: "unindexed" }, /^Indexing is paused before any file was read/],
    [
      ({ model }) => {
        model.onEmbed = () => Promise.reject(new Error("The disk is full."));
      },
      { code: "failed" },
      /^Indexing stopped: The disk is full\./,
    ],
  ];
  for (const [happens, { code }, message] of stories) {
    const one = await heldIndex(t, 50, 10);
    const built = one.index();
    const asked = Promise.allSettled([one.ask(), one.ask()]);
    await one.waiting();
    happens(one);
    one.held.open();
    for (const end of await asked) {
      assert.ok(end.status === "rejected" && end.reason.code === code, String(message));
      assert.match(end.reason.message, message);
    }
    await one.indexes.clear().catch(() => undefined);
    await built;
  }
});

test("a question is asked of what is there when indexing is paused or fails in the middle", async (t) => {
  for (const happens of ["pause", "fail"] as const) {
    const one = await heldIndex(t, 300, 250);
    const built = one.index();
    const asked = one.ask();
    await eventually("the first batch is there", async () => one.seen.some(({ files }) => files === 200));
    if (happens === "pause") one.indexes.pause();
    else one.model.onEmbed = (_, input) => (input === "query" ? undefined : Promise.reject(new Error("No.")));
    one.held.open();
    await asked;
    assert.deepEqual(one.indexes.readShare(), { files: 200, of: 300 });
    // Nor does the next one wait for what does not go on.
    const told = one.seen.length;
    await one.ask();
    assert.equal(one.seen.length, told);
    one.indexes.pause();
    await built;
  }
});

test("a question that nobody has asked an index for says so, and goes on once somebody has", async (t) => {
  const { indexes, ask, held } = await heldIndex(t, 50, 1_000);
  await assert.rejects(ask(), { code: "unindexed", message: /^No file was read yet\./ });
  indexes.resume();
  held.open();
  await ask();
  assert.equal(indexes.status().files, 50);
  await indexes.clear();
  await assert.rejects(ask(), { code: "unindexed", message: /was deleted/ });
});

test("in a folder without files a question does not wait", async (t) => {
  const { indexes, index, ask } = await heldIndex(t, 0, 0);
  await index();
  await ask();
  assert.equal(indexes.readShare(), undefined);
});

const files = 4_000;
const question = { question: "How many apples does crate 3999 hold?", history: [], model: "" };
type Asked = { readonly answer: Promise<Answer>; readonly events: AnswerEvent[] };

/** A real engine that has just begun to read 4,000 files. */
async function busyEngine(t: TestContext) {
  const workspace = await workspaceOf(t, notes(files));
  const engine = await workspace.start({ refine: false });
  const built = engine.channel.request("index", {}).catch((error: unknown) => error);
  const ask = (options: RequestOptions<AnswerEvent> = {}): Asked => {
    const events: AnswerEvent[] = [];
    const onProgress = (event: AnswerEvent): void => void events.push(event);
    return { answer: engine.channel.request("ask", question, { ...options, onProgress }), events };
  };
  return { workspace, engine, built, ask };
}

const isRight = ({ passages }: Answer): boolean => passages.some(({ path }) => path.endsWith("/n3999.md"));

/** The answer is right, or says of how many files it is. */
function assertHonest(answer: Answer): void {
  const { read, passages } = answer;
  if (read) assert.ok(read.files > 0 && read.files < read.of && read.of === files, JSON.stringify(read));
  else assert.ok(isRight(answer), passages.map(({ path }) => path).join());
}

test("a question in the first second of 4,000 files waits for its file, or says what it was asked of", async (t) => {
  const { built, ask } = await busyEngine(t);
  const all = [ask(), ask()];
  for (const { answer, events } of all) {
    const asked = await answer;
    const readings = events.flatMap((event) => (event.type === "reading" ? [event] : []));
    assert.ok(
      readings.some(({ of }) => of === files),
      JSON.stringify(readings),
    );
    assertHonest(asked);
  }
  await built;
  const whole = await ask().answer;
  assert.ok(isRight(whole) && whole.read === undefined);
});

test("a question whose engine is killed while it waits ends, and the next engine answers it", async (t) => {
  const { workspace, engine, ask } = await busyEngine(t);
  const { answer, events } = ask();
  const ended = assert.rejects(answer, { code: "gone" });
  await eventually("the question waits", async () => events.some(({ type }) => type === "reading"));
  process.kill(engine.pid, "SIGKILL");
  await ended;
  const next = await workspace.start({ refine: false });
  const [again] = await Promise.all([
    next.channel.request("ask", question, {}),
    next.channel.request("index", {}),
  ]);
  assertHonest(again);
});
