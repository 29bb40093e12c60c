import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { CarrelError } from "../../protocol/channel.ts";
import { bundled, last, modelNamed, settings, wantedModel } from "../support/wantedModels.ts";

/** What stands in for a model that can't be had, and when that one is tried again. */

test("the failure of a model that nobody wants any more is nobody's problem", async (t) => {
  const made = wantedModel(t);
  made.wanted.want(settings("/a"));
  made.wanted.want(bundled);
  await made.attempts[0]?.fail();
  assert.equal(made.wanted.problem, undefined);
  assert.equal(made.attempts.length, 2);
  assert.deepEqual(made.logged, []);
});

test("the bundled model stands in for the first one that can't be had, which is tried again", async (t) => {
  const made = wantedModel(t);
  const { wanted, attempts } = made;
  wanted.want(settings("ollama:late"));
  await last(made).fail();
  assert.equal(attempts[1]?.settings.embeddingModel, "bundled");
  assert.equal(wanted.problem?.message, undefined, "it is said when the stand-in is there");
  await last(made).succeed();
  assert.equal(wanted.take()?.embedding.id, "bundled");
  const message = wanted.problem?.message ?? "";
  assert.match(message, /"ollama:late" can't be used, the bundled one stands in\. Nothing listens there/);
  assert.equal(wanted.problem?.remedy, "Start the server.");
  assert.deepEqual(made.logged, [`warn: ${message}`]);
  assert.equal(wanted.isSettled, true);
  assert.equal(made.changes(), 1);

  t.mock.timers.tick(1_999);
  assert.equal(attempts.length, 2);
  t.mock.timers.tick(1);
  assert.equal(attempts.length, 3);
  await last(made).succeed();
  assert.equal(wanted.problem, undefined);
  assert.equal(wanted.take()?.embedding.id, "ollama:late");
  assert.equal(wanted.isSettled, true);
});

test("it is tried again after growing waits, with no second stand-in, and the waits begin anew with a new wish", async (t) => {
  const made = wantedModel(t);
  const { wanted, attempts } = made;
  wanted.want(settings("/late"));
  await last(made).fail();
  await last(made).succeed();
  for (const wait of [2_000, 4_000, 8_000]) {
    const count = attempts.length;
    t.mock.timers.tick(wait - 1);
    assert.equal(attempts.length, count);
    t.mock.timers.tick(1);
    assert.equal(attempts.length, count + 1);
    assert.equal(last(made).settings.embeddingModel, "/late");
    await last(made).fail();
    assert.match(wanted.problem?.message ?? "", /the bundled one stands in/);
  }
  assert.equal(attempts.length, 5);
  wanted.want(settings("/other"));
  assert.equal(wanted.problem, undefined);
  await last(made).fail();
  t.mock.timers.tick(2_000);
  assert.equal(attempts.length, 7);
});

test("a model that was in use goes on while the next one can't be had, and is not opened again for that", async (t) => {
  const made = wantedModel(t);
  made.wanted.want(settings("/first"));
  await last(made).succeed();
  made.wanted.take();
  made.wanted.want(settings("/second"));
  await last(made).fail(new Error("no such file"));
  assert.equal(made.attempts.length, 2);
  assert.match(
    made.wanted.problem?.message ?? "",
    /"\/second" can't be used, the one before it is used until then\. no such file/,
  );
  assert.match(made.wanted.problem?.remedy ?? "", /another embedding model/);
  // Back to what is in use: nothing is to be opened, and nothing is wrong.
  made.wanted.want(settings("/first"));
  assert.equal(made.wanted.problem, undefined);
  assert.equal(made.wanted.isSettled, true);
  t.mock.timers.tick(600_000);
  await nextTurn();
  assert.equal(made.attempts.length, 2);
});

test("the bundled model in use stands in for the next one that can't be had", async (t) => {
  const made = wantedModel(t);
  made.wanted.want(bundled);
  await last(made).succeed();
  made.wanted.take();
  made.wanted.want(settings("/second"));
  await last(made).fail();
  assert.match(made.wanted.problem?.message ?? "", /the bundled one stands in/);
  assert.equal(made.attempts.length, 2);
});

test("without the bundled model there is no hope, until something else is wanted", async (t) => {
  const made = wantedModel(t);
  const { wanted } = made;
  wanted.want(bundled);
  await last(made).fail(new CarrelError("A file is missing.", "Install Carrel again."));
  assert.match(
    wanted.fatalProblem?.message ?? "",
    /bundled embedding model can't be used.*A file is missing/,
  );
  assert.equal(wanted.fatalProblem?.remedy, "Install Carrel again.");
  assert.equal(wanted.isSettled, true);
  assert.equal(wanted.problem, undefined);
  assert.equal(made.attempts.length, 1);
  assert.equal(made.changes(), 1);
  wanted.want(settings("/other"));
  assert.equal(wanted.fatalProblem, undefined);
  assert.equal(wanted.isSettled, false);
});

test("when the stand-in can't be had either, that is said, and the wanted one is tried again", async (t) => {
  const made = wantedModel(t);
  made.wanted.want(settings("/late"));
  await last(made).fail();
  await last(made).fail(new Error("no file"));
  assert.match(made.wanted.fatalProblem?.message ?? "", /bundled embedding model.*no file/);
  assert.match(made.wanted.problem?.message ?? "", /\/late/);
  t.mock.timers.tick(2_000);
  assert.equal(last(made).settings.embeddingModel, "/late");
  assert.equal(made.attempts.length, 3);
});

test("a stand-in that arrives when something else is wanted is closed, and says nothing of what was wanted", async (t) => {
  const made = wantedModel(t);
  const { wanted } = made;
  wanted.want(settings("/late"));
  await last(made).fail();
  const standIn = last(made);
  wanted.want(settings("/other"));
  await last(made).succeed();
  assert.equal(wanted.take()?.embedding.id, "/other");
  const model = modelNamed("bundled");
  await standIn.succeed(model);
  assert.equal(model.closed, 1);
  assert.equal(wanted.hasArrived, false);
  assert.equal(wanted.problem, undefined);
  assert.equal(wanted.isSettled, true);
  t.mock.timers.tick(600_000);
  assert.equal(made.attempts.length, 3);
});

test("a stand-in that fails when something else is wanted is no problem", async (t) => {
  const made = wantedModel(t);
  const { wanted } = made;
  wanted.want(settings("/late"));
  await last(made).fail();
  const standIn = last(made);
  wanted.want(settings("/other"));
  await standIn.fail();
  assert.equal(wanted.fatalProblem, undefined);
  assert.equal(wanted.problem, undefined);
  await last(made).succeed();
  assert.equal(wanted.take()?.embedding.id, "/other");
});

test("hastened, what waits for its next try is tried at once, and what is being opened is not opened twice", async (t) => {
  const made = wantedModel(t);
  const { wanted, attempts } = made;
  wanted.want(settings("/late"));
  wanted.hasten();
  assert.equal(attempts.length, 1);
  await last(made).fail();
  await last(made).succeed();
  wanted.hasten();
  assert.equal(attempts.length, 3);
  wanted.hasten();
  assert.equal(attempts.length, 3);
  await last(made).succeed();
  wanted.hasten();
  assert.equal(attempts.length, 3);
  // The try that it was hastened from is not made as well.
  t.mock.timers.tick(600_000);
  assert.equal(attempts.length, 3);
});
