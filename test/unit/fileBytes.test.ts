import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { FileBytes, partBytes } from "../../webview/reader/fileBytes.ts";

interface Asked {
  readonly begin: number;
  readonly end: number;
  answer(): void;
  fail(): void;
}

/** A file that answers when it is told to, of which the page has got its two ends. */
function openFile(size: number): { bytes: FileBytes; content: Uint8Array; asked: Asked[] } {
  const content = new Uint8Array(size);
  for (let at = 0; at < size; at++) content[at] = at * 7 + (at >> 8);
  const asked: Asked[] = [];
  const ends = {
    size,
    version: "1",
    start: content.slice(0, partBytes),
    end: content.slice(-partBytes * 2 - 5),
  };
  const bytes = new FileBytes(ends, (begin, end) => {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    asked.push({
      begin,
      end,
      answer: () => resolve(content.slice(begin, end)),
      fail: () => reject(new Error("The file is another one.")),
    });
    return promise;
  });
  return { bytes, content, asked };
}

/** Answers all that is asked for, until nothing more is. */
async function answerAll(asked: readonly Asked[]): Promise<void> {
  await turn();
  for (let done = 0; done < asked.length; ) {
    asked[done++]?.answer();
    await turn();
    await turn();
  }
}

const parts = (count: number): number => count * partBytes;

test("a file is read ahead from its end, each byte once, and what is asked for later is there", async () => {
  const { bytes, content, asked } = openFile(parts(40) + 77);
  bytes.readAhead();
  await answerAll(asked);
  assert.equal(asked[0]?.end, parts(38) + partBytes, "the part in which the end begins, whole");
  const moved = asked.reduce((sum, { begin, end }) => sum + end - begin, 0);
  assert.equal(moved, parts(38));
  const count = asked.length;
  const read = await bytes.read(parts(1), content.length);
  assert.ok(Buffer.from(read).equals(content.subarray(parts(1))));
  assert.equal(asked.length, count, "nothing was asked for again");
});

test("what is asked for goes before what is read ahead, and is not read again", async () => {
  const { bytes, content, asked } = openFile(parts(60));
  bytes.readAhead();
  await turn();
  const underWay = asked.length;
  const reading = bytes.read(parts(3), parts(5));
  for (const one of asked.slice(0, underWay)) one.answer();
  await turn();
  assert.deepEqual(
    asked.slice(underWay).map(({ begin, end }) => [begin, end]),
    [[parts(3), parts(5)]],
    "nothing else before it is there",
  );
  asked.at(-1)?.answer();
  assert.ok(Buffer.from(await reading).equals(content.subarray(parts(3), parts(5))));
  await answerAll(asked);
  const times = asked.filter(({ begin, end }) => begin < parts(5) && end > parts(3)).length;
  assert.equal(times, 1);
});

test("of a large file no more than eight megabytes is read ahead, and nothing after the end of it", async () => {
  const large = openFile(parts(400));
  large.bytes.readAhead();
  await answerAll(large.asked);
  const moved = large.asked.reduce((sum, { begin, end }) => sum + end - begin, 0);
  assert.equal(moved, 8 << 20);
  const { bytes, asked } = openFile(parts(60));
  bytes.readAhead();
  await turn();
  const count = asked.length;
  bytes.stop();
  await answerAll(asked);
  assert.equal(asked.length, count);
  const reading = bytes.read(parts(50), parts(51));
  await answerAll(asked);
  await reading;
  assert.equal(asked.length, count + 1, "what was let go is read again");
});

test("much that is asked for comes in messages of two megabytes, two at a time", async () => {
  const { bytes, content, asked } = openFile(parts(100));
  const reading = bytes.read(0, content.length);
  assert.equal(asked.length, 2);
  await answerAll(asked);
  assert.ok(Buffer.from(await reading).equals(content));
  assert.ok(asked.every(({ begin, end }) => end - begin <= 2 << 20));
});

test("a failure of what was read ahead is told to who asks for it, and nothing more is read ahead", async () => {
  const { bytes, asked } = openFile(parts(60));
  bytes.readAhead();
  await turn();
  const [first] = asked;
  assert.ok(first);
  const reading = assert.rejects(bytes.read(first.begin, first.end), /another one/);
  for (const one of asked) one.fail();
  await reading;
  await turn();
  const count = asked.length;
  await turn();
  assert.equal(asked.length, count);
});

test("a file that is all start or empty is not read ahead", async () => {
  for (const size of [0, 500]) {
    const asked: number[] = [];
    const ends = { size, version: "1", start: new Uint8Array(size), end: new Uint8Array() };
    const bytes = new FileBytes(ends, (begin) => {
      asked.push(begin);
      return Promise.resolve(new Uint8Array());
    });
    bytes.readAhead();
    await turn();
    assert.deepEqual(asked, []);
  }
});
