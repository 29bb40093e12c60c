import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { WantedModel } from "../../engine/workspace/wantedModel.ts";
import { defaultSettings } from "../../protocol/data.ts";
import { bundled, last, modelNamed, settings, wantedModel } from "../support/wantedModels.ts";

/** Which models are opened, taken and closed. */

test("the wanted model is opened, with the one that refines it, and can be taken once", async (t) => {
  const refining = modelNamed("better");
  const made = wantedModel(t, async (embedding) => {
    assert.equal(embedding.id, "bundled");
    return refining;
  });
  const { wanted } = made;
  wanted.want(bundled);
  assert.equal(wanted.isSettled, false);
  assert.equal(wanted.hasArrived, false);
  const model = modelNamed("bundled");
  await last(made).succeed(model);
  assert.equal(made.changes(), 1);
  assert.equal(wanted.hasArrived, true);
  assert.equal(wanted.isSettled, false, "it is not in use before it was taken");
  const models = wanted.take();
  assert.equal(models?.embedding, model);
  assert.equal(models?.refining, refining);
  assert.equal(wanted.take(), undefined);
  assert.equal(wanted.isSettled, true);
  assert.equal(wanted.problem, undefined);
  assert.equal(wanted.fatalProblem, undefined);
});

test("a model that refines and can't be opened is done without, and the log says so", async (t) => {
  const made = wantedModel(t, () => Promise.reject(new Error("no file")));
  made.wanted.want(bundled);
  await last(made).succeed();
  assert.equal(made.wanted.take()?.refining, undefined);
  assert.match(made.logged.join(), /warn: .*no file/);
});

test("settings that mean the same model open it once", async (t) => {
  const made = wantedModel(t);
  made.wanted.want(bundled);
  made.wanted.want({ ...bundled, modelServerUrl: "http://elsewhere", maxFileBytes: 1, exclude: ["x"] });
  await last(made).succeed();
  made.wanted.want({ ...bundled, allowedHosts: ["a"] });
  assert.equal(made.attempts.length, 1);
});

test("a model of a server at another address, or that may be reached by another name, is another", async (t) => {
  const made = wantedModel(t);
  made.wanted.want(settings("ollama:m"));
  await last(made).succeed();
  made.wanted.want(settings("ollama:m", { exclude: ["x"] }));
  assert.equal(made.attempts.length, 1);
  made.wanted.want(settings("ollama:m", { modelServerUrl: "http://other" }));
  await last(made).succeed();
  made.wanted.want(settings("ollama:m", { modelServerUrl: "http://other", allowedHosts: ["other"] }));
  await last(made).succeed();
  assert.deepEqual(
    made.attempts.map((one) => [one.settings.modelServerUrl, one.settings.allowedHosts.length]),
    [
      [defaultSettings.modelServerUrl, 0],
      ["http://other", 0],
      ["http://other", 1],
    ],
  );
});

test("a model that arrives when the wish has changed is closed, and never used", async (t) => {
  const made = wantedModel(t);
  made.wanted.want(settings("/a"));
  made.wanted.want(settings("/b"));
  const [a, b] = [modelNamed("a"), modelNamed("b")];
  await made.attempts[0]?.succeed(a);
  assert.equal(a.closed, 1);
  assert.equal(made.wanted.hasArrived, false);
  await made.attempts[1]?.succeed(b);
  assert.equal(made.wanted.take()?.embedding, b);
  assert.equal(b.closed, 0);
});

test("a model that nobody has taken is closed when the next one arrives", async (t) => {
  const made = wantedModel(t);
  const [a, b] = [modelNamed("a"), modelNamed("b")];
  made.wanted.want(settings("/a"));
  await last(made).succeed(a);
  made.wanted.want(settings("/b"));
  await last(made).succeed(b);
  assert.deepEqual([a.closed, b.closed], [1, 0]);
  assert.equal(made.wanted.take()?.embedding, b);
});

test("a model that is being closed can't be taken", async (t) => {
  const made = wantedModel(t);
  const [a, b] = [modelNamed("a"), modelNamed("b")];
  let hasClosed: () => void = () => undefined;
  a.close = () =>
    new Promise((resolve) => {
      hasClosed = resolve;
    });
  made.wanted.want(settings("/a"));
  await last(made).succeed(a);
  made.wanted.want(settings("/b"));
  await last(made).succeed(b);
  assert.equal(made.wanted.take()?.embedding, b);
  hasClosed();
  await nextTurn();
  assert.equal(made.wanted.hasArrived, false);
});

test("closed, it closes what nobody has taken and what arrives later, tries nothing more and tells nobody", async (t) => {
  const made = wantedModel(t);
  const [a, b] = [modelNamed("a"), modelNamed("b")];
  made.wanted.want(settings("/a"));
  await last(made).succeed(a);
  made.wanted.want(settings("/b"));
  const changes = made.changes();
  await made.wanted.close();
  assert.equal(a.closed, 1);
  assert.equal(made.wanted.hasArrived, false);
  await last(made).succeed(b);
  assert.equal(b.closed, 1);
  assert.equal(made.changes(), changes);
  made.wanted.want(settings("/c"));
  assert.equal(made.attempts.length, 2);
});

test("closed while it waits or while a try fails, it makes no other", async (t) => {
  const made = wantedModel(t);
  made.wanted.want(settings("/a"));
  await last(made).fail();
  await last(made).succeed();
  await made.wanted.close();
  t.mock.timers.tick(600_000);
  assert.equal(made.attempts.length, 2);

  const second = new WantedModel(
    {
      openEmbedding: () => Promise.reject(new Error("no")),
      openRefining: () => Promise.resolve(undefined),
      log: assert.fail,
    },
    assert.fail,
  );
  second.want(settings("/a"));
  await second.close();
  await nextTurn();
});

test("closed while a stand-in is being opened, it closes that too, and has no problem", async (t) => {
  const made = wantedModel(t);
  made.wanted.want(settings("/a"));
  await last(made).fail();
  await made.wanted.close();
  const model = modelNamed("bundled");
  await last(made).succeed(model);
  assert.equal(model.closed, 1);
  assert.equal(made.wanted.problem, undefined);
  assert.deepEqual(made.logged, []);
});

test("a model that refuses to be closed keeps nobody from going on", async (t) => {
  const better = modelNamed("better");
  const made = wantedModel(t, async () => better);
  const a = modelNamed("a");
  a.close = () => Promise.reject(new Error("stuck"));
  made.wanted.want(settings("/a"));
  await last(made).succeed(a);
  await made.wanted.close();
  assert.equal(better.closed, 1);
});

test("with a model the one that refines it is closed too", async (t) => {
  const better = modelNamed("better");
  const made = wantedModel(t, async () => better);
  made.wanted.want(settings("/a"));
  await last(made).succeed();
  await made.wanted.close();
  assert.equal(better.closed, 1);
});
