import assert from "node:assert/strict";
import { test } from "node:test";
import { sendAhead } from "../../extension/sendAhead.ts";

const bytes = Uint8Array.of(1, 2, 3);
const ends = { size: 3, version: "1", start: bytes, end: new Uint8Array() };

function listen(): { names: string[]; channel: { notify(name: string): void } } {
  const names: string[] = [];
  return { names, channel: { notify: (name) => void names.push(name) } };
}

test("the worker is sent before the file's ends, whichever is read first", async () => {
  const { names, channel } = listen();
  const worker = Promise.withResolvers<typeof bytes>();
  const sent = sendAhead(channel, { worker: worker.promise, ends: Promise.resolve(ends) });
  await Promise.resolve();
  assert.deepEqual(names, []);
  worker.resolve(bytes);
  await sent;
  assert.deepEqual(names, ["worker", "ends"]);
});

test("what can't be read is left out, and the rest is sent", async () => {
  for (const [worker, file, expected] of [
    [Promise.reject(new Error("no worker")), Promise.resolve(ends), ["ends"]],
    [Promise.resolve(bytes), Promise.reject(new Error("no file")), ["worker"]],
    [Promise.reject(new Error("no worker")), Promise.reject(new Error("no file")), []],
  ] as const) {
    const { names, channel } = listen();
    await sendAhead(channel, { worker, ends: file });
    assert.deepEqual(names, expected);
  }
});
