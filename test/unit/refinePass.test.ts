import assert from "node:assert/strict";
import { test } from "node:test";
import { refine } from "../../indexer/refine.ts";
import type { RefinedVectors } from "../../indexer/store/refinedVectors.ts";
import { hashOfText, searchedText } from "../../indexer/store/searchedText.ts";
import type { Store, StoredChunk } from "../../indexer/store/store.ts";
import type { EmbeddingModel } from "../../models/embedding/embeddingModel.ts";

const chunk = (id: string, text: string): StoredChunk => ({
  id,
  fileHash: "h",
  path: "a.md",
  kind: "prose",
  language: "markdown",
  heading: null,
  page: null,
  place: null,
  startLine: 1,
  endLine: 1,
  text,
});
const hashOf = (one: StoredChunk): string => hashOfText(searchedText(one));

interface Pass {
  readonly progress: number[];
  readonly embedded: string[];
  /** Hashes of each commit. */
  readonly added: string[][];
  finished: Set<string> | undefined;
  readonly controller: AbortController;
  onEmbed: (text: string) => Float32Array[];
  onAdd: () => void;
  run(): Promise<void>;
}

/** A pass over `chunks`, of which those in `known` have a vector and those in `gone` have left the store meanwhile. */
function pass(
  chunks: readonly StoredChunk[],
  known: readonly StoredChunk[] = [],
  gone: readonly string[] = [],
): Pass {
  const made: Pass = {
    progress: [],
    embedded: [],
    added: [],
    finished: undefined,
    controller: new AbortController(),
    onEmbed: (text) => [Float32Array.of(text.length)],
    onAdd: () => undefined,
    run() {
      const store: Pick<Store, "textHashes" | "chunksById"> = {
        textHashes: async () => chunks.map((one) => ({ id: one.id, hash: hashOf(one) })),
        chunksById: async (ids) =>
          new Map(
            chunks.filter(({ id }) => ids.includes(id) && !gone.includes(id)).map((one) => [one.id, one]),
          ),
      };
      const refined: Pick<RefinedVectors, "hashes" | "add" | "finish" | "quiet"> = {
        quiet: async () => undefined,
        hashes: async () => new Set(known.map(hashOf)),
        async add(rows) {
          made.onAdd();
          made.added.push(rows.map(({ hash }) => hash));
        },
        async finish(kept) {
          made.finished = new Set(kept);
        },
      };
      const model: EmbeddingModel = {
        id: "better",
        dimension: 1,
        async embed(texts, input) {
          assert.equal(input, "passage");
          assert.equal(texts.length, 1);
          made.embedded.push(...texts);
          return made.onEmbed(texts[0] ?? "");
        },
        close: () => assert.fail(),
      };
      const options = {
        store: store as Store,
        refined: refined as RefinedVectors,
        model,
        onProgress: (done: number) => made.progress.push(done),
      };
      return refine(options, made.controller.signal);
    },
  };
  return made;
}

const many = Array.from({ length: 600 }, (_, n) => chunk(`${n}`, `text ${n}`));

test("each text gets a vector, some hundred to a commit, and what no text needs any more goes at the end", async () => {
  const made = pass(many);
  await made.run();
  assert.deepEqual(
    made.added.map((hashes) => hashes.length),
    [256, 256, 88],
  );
  assert.deepEqual(made.added.flat(), many.map(hashOf));
  assert.deepEqual(made.progress, [0, 256, 512, 600]);
  assert.deepEqual(made.finished, new Set(many.map(hashOf)));
});

test("texts that have a vector get no other, and when all have one none is embedded", async () => {
  const some = pass(many.slice(0, 3), many.slice(1, 2));
  await some.run();
  assert.deepEqual(
    some.embedded,
    [many[0], many[2]].map((one) => one && searchedText(one)),
  );
  assert.deepEqual(some.progress, [1, 3]);
  assert.equal(some.finished?.size, 3);

  const none = pass(many.slice(0, 2), many.slice(0, 2));
  await none.run();
  assert.deepEqual([none.progress, none.embedded], [[2], []]);
  // What is damaged or stale in the table is still put in order.
  assert.equal(none.finished?.size, 2);
});

test("a text that stands in two places is embedded once, and one that has gone meanwhile not at all", async () => {
  const made = pass([chunk("1", "same"), chunk("2", "same"), chunk("3", "gone")], [], ["3"]);
  await made.run();
  assert.deepEqual(made.added, [[hashOf(chunk("1", "same"))]]);
  assert.deepEqual(made.progress, [0, 3]);
});

test("a text that the model gives no vector for is left out", async () => {
  const made = pass(many.slice(0, 2));
  made.onEmbed = (text) => (made.embedded.length === 1 ? [] : [Float32Array.of(text.length)]);
  await made.run();
  assert.deepEqual(made.added, [many.slice(1, 2).map(hashOf)]);
});

test("aborted, it keeps what was made, reads no more, and takes nothing away", async () => {
  const made = pass(many);
  made.onEmbed = (text) => {
    if (made.embedded.length === 300) made.controller.abort();
    return [Float32Array.of(text.length)];
  };
  await made.run();
  assert.equal(made.embedded.length, 300);
  assert.equal(made.added.flat().length, 300);
  assert.deepEqual(made.progress, [0, 256]);
  assert.equal(made.finished, undefined);
});

test("aborted with the last commit, it takes nothing away either", async () => {
  const made = pass(many.slice(0, 2));
  made.onAdd = () => made.controller.abort();
  await made.run();
  assert.equal(made.added.flat().length, 2);
  assert.deepEqual(made.progress, [0]);
  assert.equal(made.finished, undefined);
});
