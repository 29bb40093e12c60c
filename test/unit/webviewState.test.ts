import assert from "node:assert/strict";
import { test } from "node:test";
import type { Answer } from "../../protocol/data.ts";
import { type Action, reduce } from "../../webview/session/reduce.ts";
import { fromSaved, toSaved } from "../../webview/session/savedState.ts";
import { current, historyOf, initialState, type PanelState, readingOf } from "../../webview/session/state.ts";
import { answer, passageAnswer, passages } from "../webview/conversations.ts";

function run(...actions: Action[]): PanelState {
  return actions.reduce(reduce, initialState);
}

function ask(id: number, question = "Why?"): Action {
  return { type: "ask", id, question, selection: undefined };
}

function text(id: number, piece: string): Action {
  return { type: "event", id, event: { type: "text", text: piece } };
}

const finished: Action[] = [ask(1), { type: "answered", id: 1, answer }];

test("an answer grows piece by piece and is replaced by the checked one", () => {
  const asked = run(
    ask(1),
    { type: "event", id: 1, event: { type: "stage", stage: "writing" } },
    { type: "event", id: 1, event: { type: "passages", passages: [...passages] } },
    text(1, "It is "),
    text(1, "so [1]."),
  );
  assert.equal(current(asked)?.text, "It is so [1].");
  assert.equal(current(asked)?.stage, "writing");
  assert.equal(current(asked)?.passages.length, passages.length);
  assert.equal(asked.announcement, "Writing…");

  const done = reduce(asked, { type: "answered", id: 1, answer });
  assert.equal(current(done), undefined);
  assert.equal(done.exchanges[0]?.text, answer.text);
  assert.equal(done.exchanges[0]?.stage, undefined);
});

test("thoughts stand beside the answer, also those that were shown as one, and no question is told of them", () => {
  const thought: Action = { type: "event", id: 1, event: { type: "thought", text: "Hm. " } };
  const state = run(ask(1), thought, text(1, "Or so?"), { type: "event", id: 1, event: { type: "unsaid" } });
  assert.equal(current(state)?.thoughts, "Hm. Or so?");
  assert.equal(current(state)?.text, "");
  const done = reduce(state, { type: "answered", id: 1, answer });
  assert.equal(done.exchanges[0]?.thoughts, "Hm. Or so?");
  assert.deepEqual(historyOf(done.exchanges), [{ question: "Why?", answer: answer.text }]);
  const restored = fromSaved(initialState, JSON.parse(JSON.stringify(toSaved(done))));
  assert.equal(restored.exchanges[0]?.thoughts, "Hm. Or so?");
});

test("asking empties the ask box and drops the selection that went with the question", () => {
  const selection = { path: "a.ts", language: "typescript", startLine: 1, endLine: 2, text: "x" };
  const filled = run({ type: "prefill", question: "What is this?", selection });
  assert.equal(filled.draft, "What is this?");
  assert.equal(filled.focusRequests, 1);
  const asked = reduce(filled, { type: "ask", id: 1, question: filled.draft, selection });
  assert.equal(asked.draft, "");
  assert.equal(asked.selection, undefined);
  assert.deepEqual(asked.exchanges[0]?.selection, selection);
});

test("what comes after the end of an answer, or for a question that is gone, changes nothing", () => {
  const done = run(...finished);
  for (const late of [
    text(1, "more"),
    text(7, "more"),
    { type: "stopped", id: 1 } as const,
    { type: "answered", id: 7, answer } as const,
  ]) {
    assert.equal(reduce(done, late), done, JSON.stringify(late).slice(0, 60));
  }
});

test("exchanges that did not change keep their identity, so that they are not drawn again", () => {
  const before = run(...finished, ask(2));
  const after = reduce(before, text(2, "More"));
  assert.equal(after.exchanges[0], before.exchanges[0]);
  assert.notEqual(after.exchanges[1], before.exchanges[1]);
});

test("stopping keeps what was written", () => {
  const stopped = run(ask(1), text(1, "Half an"), { type: "stopped", id: 1 });
  assert.equal(stopped.exchanges[0]?.state, "stopped");
  assert.equal(stopped.exchanges[0]?.text, "Half an");
  assert.equal(stopped.announcement, "Stopped.");
});

test("a failure is shown and announced with its remedy", () => {
  const failure = { message: "The model server is busy.", remedy: "Try again in a minute." };
  const failed = run(ask(1), { type: "failed", id: 1, failure });
  assert.deepEqual(failed.exchanges[0]?.failure, failure);
  assert.equal(failed.announcement, "The model server is busy. Try again in a minute.");
});

test("history holds what was answered, in order, and no failures", () => {
  const failure = { message: "No.", remedy: "" };
  const state = run(
    ask(1, "one"),
    { type: "answered", id: 1, answer },
    ask(2, "two"),
    { type: "failed", id: 2, failure },
    ask(3, "three"),
    { type: "answered", id: 3, answer: passageAnswer },
    ask(4, "four"),
    { type: "stopped", id: 4 },
    ask(5, "five"),
    text(5, "part"),
    { type: "stopped", id: 5 },
    ask(6, "six"),
  );
  const selection = { path: "a.ts", language: "typescript", startLine: 1, endLine: 2, text: "let a;" };
  const about = run({ type: "ask", id: 1, question: "Why?", selection }, { type: "answered", id: 1, answer });
  assert.deepEqual(historyOf(about.exchanges), [{ question: "Why?", answer: answer.text, selection }]);
  assert.deepEqual(historyOf(state.exchanges), [
    { question: "one", answer: answer.text },
    { question: "three", answer: "" },
    { question: "five", answer: "part" },
  ]);
});

test("a new conversation keeps the engine, the index and what is being typed", () => {
  const state = run(
    ...finished,
    { type: "engine", engine: { state: "running" } },
    { type: "draft", text: "And then?" },
    { type: "newConversation" },
  );
  assert.equal(state.exchanges.length, 0);
  assert.equal(state.engine.state, "running");
  assert.equal(state.draft, "And then?");
});

test("a conversation comes back as it was saved; an unfinished question is stopped", () => {
  const state = run(...finished, ask(2, "And?"), text(2, "Half"), { type: "draft", text: "next" });
  const restored = fromSaved(initialState, JSON.parse(JSON.stringify(toSaved(state))));
  assert.equal(restored.draft, "next");
  assert.deepEqual(restored.exchanges[0], JSON.parse(JSON.stringify(state.exchanges[0])));
  assert.equal(restored.exchanges[1]?.state, "stopped");
  assert.equal(restored.exchanges[1]?.text, "Half");
  assert.equal(current(restored), undefined);
});

test("what cannot be read as a saved conversation begins an empty one", () => {
  for (const value of [
    undefined,
    null,
    7,
    "x",
    {},
    { version: 2 },
    { version: 1, draft: "", exchanges: [{}] },
  ]) {
    assert.equal(fromSaved(initialState, value), initialState);
  }
});

test("a conversation that is too long to save loses its beginning, not its end", () => {
  const long: Answer = { ...answer, text: "x".repeat(300_000) };
  const state = [1, 2, 3, 4, 5].reduce(
    (before, id) => reduce(reduce(before, ask(id, `question ${id}`)), { type: "answered", id, answer: long }),
    initialState,
  );
  const saved = toSaved(state);
  assert.ok(JSON.stringify(saved).length < 2_000_000);
  const questions = fromSaved(initialState, saved).exchanges.map(({ question }) => question);
  assert.ok(questions.length < 5 && questions.length > 0);
  assert.equal(questions.at(-1), "question 5");
});

test("what was said before goes on without its filters", () => {
  const state = run(ask(1, "Why? path:src lang:py"), { type: "answered", id: 1, answer });
  assert.deepEqual(historyOf(state.exchanges), [{ question: "Why?", answer: answer.text }]);
});

test("a second reading replaces the sentences of its answer, and leaves them where it ends early", () => {
  const done = run(...finished);
  const reading = reduce(done, { type: "reading", id: 1, progress: { done: 1, of: 2 } });
  assert.equal(readingOf(reading)?.id, 1);
  assert.deepEqual(
    fromSaved(initialState, JSON.parse(JSON.stringify(toSaved(reading)))).exchanges[0]?.answer,
    answer,
  );
  const stopped = reduce(reading, { type: "readingEnded", id: 1 });
  assert.equal(readingOf(stopped), undefined);
  assert.equal(stopped.exchanges[0]?.answer, answer);
  const failed = reduce(reading, {
    type: "readingEnded",
    id: 1,
    failure: { message: "Gone.", remedy: "Wait." },
  });
  assert.deepEqual(failed.exchanges[0]?.rereading, { notice: "Gone. Wait." });
  const sentences = answer.sentences.slice(0, 1);
  const read = reduce(reading, { type: "readAgain", id: 1, reading: { sentences, reader: "big" } });
  assert.deepEqual(read.exchanges[0]?.answer, { ...answer, sentences, reader: "big" });
  assert.equal(read.announcement, "Read again by big: none of 0 sentences confirmed");
  // One that is no longer shown changes nothing.
  const gone = reduce(reading, { type: "newConversation" });
  assert.equal(reduce(gone, { type: "readAgain", id: 1, reading: { sentences } }), gone);
});

test("an answer that is read again as part of its question stays when that is stopped, fails, or the page ends", () => {
  const checked = run(ask(1), text(1, "It is"), { type: "event", id: 1, event: { type: "checked", answer } });
  assert.equal(current(checked)?.answer, answer);
  const [stopped] = reduce(checked, { type: "stopped", id: 1 }).exchanges;
  assert.equal(stopped?.state, "done");
  assert.equal(stopped?.answer, answer);
  const failure = { message: "Gone.", remedy: "" };
  const [failed] = reduce(checked, { type: "failed", id: 1, failure }).exchanges;
  assert.equal(failed?.state, "done");
  assert.deepEqual(failed?.rereading, { notice: "Gone." });
  const [restored] = fromSaved(initialState, JSON.parse(JSON.stringify(toSaved(checked)))).exchanges;
  assert.equal(restored?.state, "done");
});
