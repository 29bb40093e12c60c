import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate as nextTurn } from "node:timers/promises";
import { type ModelParts, WantedModel } from "../../engine/workspace/wantedModel.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { defaultSettings, type Settings } from "../../protocol/data.ts";

interface TestModel extends EmbeddingModel {
  closed: number;
}

function modelNamed(id: string): TestModel {
  const model: TestModel = {
    id,
    dimension: 4,
    closed: 0,
    embed: async () => [],
    async close() {
      model.closed += 1;
    },
  };
  return model;
}

/** One attempt to open a model, which the test lets succeed or fail. */
interface Attempt {
  readonly settings: Settings;
  succeed(model?: TestModel): Promise<void>;
  fail(error?: unknown): Promise<void>;
}

interface Wanted {
  readonly wanted: WantedModel;
  readonly attempts: Attempt[];
  readonly logged: string[];
  readonly changes: () => number;
}

const settings = (embeddingModel: string, more: Partial<Settings> = {}): Settings => ({
  ...defaultSettings,
  embeddingModel,
  ...more,
});
const bundled = defaultSettings;

function wantedModel(
  t: TestContext,
  openRefining: ModelParts["openRefining"] = () => Promise.resolve(undefined),
): Wanted {
  t.mock.timers.enable({ apis: ["setTimeout", "Date"], now: 1_000_000 });
  const attempts: Attempt[] = [];
  const logged: string[] = [];
  let changes = 0;
  const wanted = new WantedModel(
    {
      openEmbedding: (asked) =>
        new Promise((resolve, reject) => {
          attempts.push({
            settings: asked,
            async succeed(model = modelNamed(asked.embeddingModel)) {
              resolve(model);
              await nextTurn();
            },
            async fail(error = new CarrelError("Nothing listens there.", "Start the server.")) {
              reject(error);
              await nextTurn();
            },
          });
        }),
      openRefining,
      log: (level, message) => logged.push(`${level}: ${message}`),
    },
    () => {
      changes += 1;
    },
  );
  t.after(() => wanted.close());
  return { wanted, attempts, logged, changes: () => changes };
}

const last = ({ attempts }: Wanted): Attempt => {
  const attempt = attempts.at(-1);
  assert.ok(attempt);
  return attempt;
};

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
  const made = wantedModel(t, async () => modelNamed("better"));
  const a = modelNamed("a");
  a.close = () => Promise.reject(new Error("stuck"));
  made.wanted.want(settings("/a"));
  await last(made).succeed(a);
  await made.wanted.close();
});

test("with a model the one that refines it is closed too", async (t) => {
  const better = modelNamed("better");
  const made = wantedModel(t, async () => better);
  made.wanted.want(settings("/a"));
  await last(made).succeed();
  await made.wanted.close();
  assert.equal(better.closed, 1);
});
