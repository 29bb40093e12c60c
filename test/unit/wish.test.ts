import assert from "node:assert/strict";
import { test } from "node:test";
import { errorOf, problemOf } from "../../engine/workspace/problem.ts";
import { changesWalk, emptyWish } from "../../engine/workspace/wish.ts";
import { CarrelError } from "../../protocol/channel.ts";
import { defaultSettings } from "../../protocol/data.ts";

test("nothing is asked for, paused or deleted in the beginning", () => {
  const { folders, paused, asked, deleted, deleting, refineNow, revision, storage } = emptyWish();
  assert.deepEqual(
    { folders, paused, asked, deleted, deleting, refineNow, revision, storage },
    {
      folders: [],
      paused: false,
      asked: false,
      deleted: false,
      deleting: false,
      refineNow: false,
      revision: 0,
      storage: "",
    },
  );
  assert.deepEqual(emptyWish().settings, defaultSettings);
});

test("what is excluded and how large files may be decide which files are indexed, and nothing else", () => {
  const before = { ...defaultSettings, exclude: ["a", "b"] };
  assert.equal(changesWalk(before, { ...before, exclude: ["a", "b"] }), false);
  assert.equal(changesWalk(before, { ...before, exclude: ["ab"] }), true);
  assert.equal(changesWalk(before, { ...before, exclude: ["a"] }), true);
  assert.equal(changesWalk(before, { ...before, maxFileBytes: before.maxFileBytes + 1 }), true);
  assert.equal(changesWalk(before, { ...before, embeddingModel: "/other" }), false);
});

test("a problem says what and why, with the error's own remedy or the one that is given", () => {
  assert.deepEqual(problemOf("Stopped:", new CarrelError("No space.", "Free some.")), {
    message: "Stopped: No space.",
    remedy: "Free some.",
  });
  assert.deepEqual(problemOf("Stopped:", new Error("why"), "Do this."), {
    message: "Stopped: why",
    remedy: "Do this.",
  });
  assert.deepEqual(problemOf("Stopped:", new CarrelError("No space.", ""), "Do this.").remedy, "Do this.");
  const plain = problemOf("Stopped:", "a string");
  assert.equal(plain.message, "Stopped: a string");
  assert.match(plain.remedy, /Index Workspace Now/);
});

test("a problem that is thrown keeps its words", () => {
  const error = errorOf({ message: "No space.", remedy: "Free some." });
  assert.ok(error instanceof CarrelError);
  assert.deepEqual([error.message, error.remedy], ["No space.", "Free some."]);
});
