import assert from "node:assert/strict";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Pooling } from "../../models/embedding/registry.ts";
import { loadTransformersModel } from "../../models/embedding/transformers.ts";
import { CarrelError } from "../../protocol/channel.ts";

const fixture = fileURLToPath(new URL("../fixtures/tinyModel", import.meta.url));
let scratch = "";
before(async () => {
  scratch = await mkdtemp(join(tmpdir(), "carrel-transformers-"));
});
after(() => rm(scratch, { recursive: true, force: true }));

/** What PyTorch itself makes of the same weights (scripts/train/tinyModel.py). */
const expected = JSON.parse(await readFile(join(fixture, "expected.json"), "utf8")) as {
  texts: string[];
} & Record<Pooling, number[][]>;

async function copy(name: string): Promise<string> {
  const dir = join(scratch, name);
  await cp(fixture, dir, { recursive: true });
  return dir;
}

function distance(vector: Float32Array, other: readonly number[]): number {
  return Math.max(...[...vector].map((value, i) => Math.abs(value - other[i]!)));
}

for (const pooling of ["mean", "cls", "last"] as const) {
  test(`a batch of texts of different lengths has PyTorch's vectors, pooling: ${pooling}`, async () => {
    const dir = await copy(`pooling-${pooling}`);
    const flag = { mean: "mean_tokens", cls: "cls_token", last: "lasttoken" }[pooling];
    const config = JSON.stringify({ [`pooling_mode_${flag}`]: true });
    await writeFile(join(dir, "1_Pooling/config.json"), config);
    const model = await loadTransformersModel(dir);
    const vectors = await model.embed(expected.texts, "passage");
    assert.equal(model.dimension, 32);
    for (const [i, vector] of vectors.entries()) {
      assert.ok(distance(vector, expected[pooling][i]!) < 1e-4, expected.texts[i]);
    }
    await model.close();
  });
}

test("prefixes come from the folder, and are part of the model's identity", async () => {
  const plain = await loadTransformersModel(await copy("plain"));
  const dir = await copy("prefixed");
  const prompts = { prompts: { query: "the law ", document: "" } };
  await writeFile(join(dir, "config_sentence_transformers.json"), JSON.stringify(prompts));
  const prefixed = await loadTransformersModel(dir);
  assert.notEqual(plain.id.split("@")[1], prefixed.id.split("@")[1]);
  const [asked] = await prefixed.embed(["ends"], "query");
  const [same] = await plain.embed(["the law ends"], "query");
  assert.ok(distance(asked!, [...same!]) < 1e-6);
  await plain.close();
  await prefixed.close();
});

test("a text beyond the context is cut, not an error; an empty one has a vector", async () => {
  const model = await loadTransformersModel(fixture);
  const [long, empty] = await model.embed(["contract ".repeat(500), ""], "passage");
  for (const vector of [long!, empty!]) assert.ok(Math.abs(Math.hypot(...vector) - 1) < 1e-5);
  await model.close();
});

test("a cancelled embedding ends as cancelled", async () => {
  const model = await loadTransformersModel(fixture);
  await assert.rejects(
    model.embed(["law"], "query", AbortSignal.abort()),
    (error) => error instanceof CarrelError && error.code === "cancelled",
  );
  await model.close();
});

const faults: Record<string, { readonly harm: (dir: string) => Promise<unknown>; readonly says: RegExp }> = {
  "no folder": { harm: (dir) => rm(dir, { recursive: true }), says: /There is no folder/ },
  "an empty folder": {
    harm: async (dir) => {
      await rm(dir, { recursive: true });
      await mkdir(dir);
    },
    says: /config\.json is missing/,
  },
  "no tokenizer": { harm: (dir) => rm(join(dir, "tokenizer.json")), says: /tokenizer\.json is missing/ },
  "no weights": {
    harm: (dir) => rm(join(dir, "onnx"), { recursive: true }),
    says: /model\.onnx.*is missing/,
  },
  "weights that are none": {
    harm: (dir) => writeFile(join(dir, "onnx/model.onnx"), "version https://git-lfs.github.com/spec/v1"),
    says: /can't be run/,
  },
  "a tokenizer that is none": {
    harm: (dir) => writeFile(join(dir, "tokenizer.json"), "{}"),
    says: /can't be run/,
  },
  "a config that is none": {
    harm: (dir) => writeFile(join(dir, "config.json"), "[]"),
    says: /is not the file/,
  },
  "an unknown way of pooling": {
    harm: (dir) => rm(join(dir, "1_Pooling"), { recursive: true }),
    says: /does not say how its vectors are made/,
  },
};
for (const [name, { harm, says }] of Object.entries(faults)) {
  test(`a folder with ${name} is an error with a remedy`, async () => {
    const dir = await copy(name.replaceAll(/\W+/g, "-"));
    await harm(dir);
    await assert.rejects(loadTransformersModel(dir), (error) => {
      assert.ok(error instanceof CarrelError);
      assert.match(error.message, says);
      assert.notEqual(error.remedy, "");
      return true;
    });
  });
}
